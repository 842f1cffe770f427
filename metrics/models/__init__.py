"""Models of measured data: activities, their recordings, streams and files, health days, snapshots."""

from metrics.models.activities import Activity, OriginalFile, Streams
from metrics.models.activity_bin import BinActivity, BinRecording, BinStreams
from metrics.models.health import HealthDay
from metrics.models.imports import Import, ImportedActivity, ImportedDay, ImportFile
from metrics.models.recordings import ActivityRecording
from metrics.models.remeasuring import MeasurementState, Remeasuring
from metrics.models.snapshots import Snapshot

__all__ = [
    "Activity",
    "ActivityRecording",
    "BinActivity",
    "BinRecording",
    "BinStreams",
    "HealthDay",
    "Import",
    "ImportFile",
    "ImportedActivity",
    "ImportedDay",
    "MeasurementState",
    "OriginalFile",
    "Remeasuring",
    "Snapshot",
    "Streams",
]
