"""Notices about imports that have ended: who gets them, and their words."""
