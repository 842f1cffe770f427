"""What a planner gets and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from .items import ImportItem, UploadKind
from .members import Members


@dataclass(frozen=True, slots=True)
class PlanningContext:
    """An upload to plan.

    `work_folder` belongs to this import alone: a planner may write files there, and a locator that begins
    with “work/” finds them. `zone` is the athlete's time zone, for times without one.
    `advance` reports the planned share, from 0 to 1. It may raise to stop the planning.
    """

    members: Members
    work_folder: Path
    zone: tzinfo
    advance: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """What one planner found. `used_paths` are the members that no other planner should look at."""

    items: list[ImportItem]
    used_paths: frozenset[str]


@dataclass(frozen=True, slots=True)
class UploadPlan:
    """All items of an upload, in the order in which they are stored."""

    kind: UploadKind
    items: list[ImportItem]
