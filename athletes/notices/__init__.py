"""Notices: the inbox of a person, its e-mails, and the switches for them."""
