"""WHAT WAS MEASURED: activities with their streams and original files."""

from metrics.models.activities import Activity, OriginalFile, Streams

__all__ = ["Activity", "OriginalFile", "Streams"]
