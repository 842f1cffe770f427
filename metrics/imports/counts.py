"""How many files of an import had which outcome. Two statements for all imports of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, Sum
from prometheus_client.core import GaugeMetricFamily, Metric

from metrics.imports.files.progress import TimeEstimate, WorkState, estimate_time
from metrics.models import Import, ImportedActivity, ImportFile

WAITING = "waiting"


@dataclass(slots=True)
class ImportCounts:
    """`kinds` and `outcomes` by their values; `unknown_sports`: stored activities without a sport."""

    kinds: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    undone: Counter[str] = field(default_factory=Counter)
    days_stored: int = 0
    retriable: int = 0
    unknown_sports: int = 0


def load_import_counts(imports: Iterable[Import]) -> dict[UUID, ImportCounts]:
    counts = {parent.pk: ImportCounts() for parent in imports}
    groups = (
        ImportFile.objects.filter(parent__in=counts)
        .order_by()
        .values_list("parent", "kind", "status", "undo_outcome")
        .annotate(
            number=Count("pk"),
            day_count=Sum("days_stored"),
            retriable=Count("pk", filter=Q(kept_bytes__gt=0) & ~Q(status="")),
        )
    )
    for parent, kind, status, undone, number, days, retriable in groups:
        found = counts[parent]
        found.kinds[kind] += number
        found.outcomes[status or WAITING] += number
        found.days_stored += days
        found.retriable += retriable
        if undone:
            found.undone[undone] += number
    unknown = ImportedActivity.objects.filter(
        file__parent__in=counts, file__undo_outcome="", is_sport_unknown=True
    )
    for parent, number in unknown.values_list("file__parent").annotate(Count("pk")).order_by():
        counts[parent].unknown_sports = number
    return counts


def estimate_import_time(parent: Import) -> TimeEstimate:
    """The share that is done, and the seconds that are left."""
    if parent.status == Import.Status.DONE and not parent.is_dry_run:
        return TimeEstimate(1.0, 0.0)
    return estimate_time(
        WorkState(
            parent.planned_share,
            parent.planned_at is not None,
            parent.planning_s,
            parent.worked_s,
            parent.work_done,
            parent.work_total,
        )
    )


def read_import_gauges(now: datetime) -> Iterator[Metric]:
    """For `/metrics`: the number of imports of each status, also of those without any."""
    gauge = GaugeMetricFamily("astral_imports", "Imports by their status.", labels=("status",))
    counts = dict(Import.objects.order_by().values_list("status").annotate(Count("pk")))
    for status in Import.Status.values:
        gauge.add_metric((status,), counts.get(status, 0))
    yield gauge
