"""Read exports of health services. One module per service; `reading` detects the service. Pure."""
