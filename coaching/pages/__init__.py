"""What coaches look at: server-rendered pages on the readers of the API."""
