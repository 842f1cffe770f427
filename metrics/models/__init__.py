"""Models of measured data: activities with streams and original files, health days, and snapshots."""

from metrics.models.activities import Activity, OriginalFile, Streams
from metrics.models.activity_bin import BinActivity, BinStreams
from metrics.models.health import HealthDay
from metrics.models.remeasuring import MeasurementState, Remeasuring
from metrics.models.snapshots import Snapshot

__all__ = [
    "Activity",
    "BinActivity",
    "BinStreams",
    "HealthDay",
    "MeasurementState",
    "OriginalFile",
    "Remeasuring",
    "Snapshot",
    "Streams",
]
