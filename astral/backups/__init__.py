"""Back the database up into a folder, and restore it from there."""
