"""How the admin writes days and instants: FORMAT_MODULE_PATH, by language."""
