"""Staff pages of what was measured: activities, their files, health days, and the numbers of today."""

from metrics.admin import activities, health, snapshots

__all__ = ["activities", "health", "snapshots"]
