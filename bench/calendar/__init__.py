"""Time to load a calendar."""
