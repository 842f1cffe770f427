"""Recorded files: bytes in, Recordings out. `reading.read` is the door, `archive.members` opens a ZIP."""
