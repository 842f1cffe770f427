"""WHAT WAS MEASURED: activities with their streams and original files, and health days."""

from metrics.models.activities import Activity, OriginalFile, Streams
from metrics.models.health import HealthDay
from metrics.models.remeasuring import Remeasuring
from metrics.models.snapshots import Snapshot

__all__ = ["Activity", "HealthDay", "OriginalFile", "Remeasuring", "Snapshot", "Streams"]
