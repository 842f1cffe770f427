"""Checks of an installation, for the person who runs it (`manage.py doctor`)."""
