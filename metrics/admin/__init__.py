"""Staff pages of activities, original files, health days and snapshots."""

from metrics.admin import activities, health, snapshots

__all__ = ["activities", "health", "snapshots"]
