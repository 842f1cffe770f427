"""Staff pages of activities, the bin, original files, health days, imports and snapshots."""

from metrics.admin import activities, activity_bin, health, imports, snapshots

__all__ = ["activities", "activity_bin", "health", "imports", "snapshots"]
