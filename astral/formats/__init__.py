"""Date and time formats of the admin, by language (FORMAT_MODULE_PATH)."""
