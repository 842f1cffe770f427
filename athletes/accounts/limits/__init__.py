"""Limits of calls and uses of one account."""
