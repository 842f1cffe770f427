"""Staff pages of activities, the bin, original files, health days and snapshots."""

from metrics.admin import activities, activity_bin, health, snapshots

__all__ = ["activities", "activity_bin", "health", "snapshots"]
