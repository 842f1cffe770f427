"""Pages: rendered on the server, from the same readers as the API."""
