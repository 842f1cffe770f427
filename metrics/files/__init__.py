"""Recorded files: bytes in, Recordings out. Start at `read.read_recordings`."""
