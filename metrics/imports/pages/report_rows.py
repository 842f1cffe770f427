"""The report of an import for its page: a row for each file, with links to what was stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, Value, When

from astral.dates.local_time import format_date
from metrics.formatting import format_number
from metrics.imports.counts import WAITING
from metrics.imports.pages.words import ADVICE_BY_CODE, OUTCOME_WORDS, name_outcome
from metrics.models import Activity, Import, ImportedActivity, ImportFile
from metrics.pace_or_speed import format_sport_distance


@dataclass(frozen=True, slots=True)
class ActivityLink:
    activity_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One file. `badge` is the colour of its outcome. `undo` says what the undo did with it."""

    name: str
    outcome: str
    badge: str
    reason: str
    activities: Sequence[ActivityLink]
    days: str
    undo: str


def order_by_outcome(files: QuerySet[ImportFile]) -> QuerySet[ImportFile]:
    """Grouped by outcome, in each group as in the archive."""
    places = [
        When(status="" if status == WAITING else status, then=Value(place))
        for place, status in enumerate(OUTCOME_WORDS)
    ]
    return files.order_by(Case(*places, output_field=IntegerField()), "position")


def build_report_rows(parent: Import, files: Sequence[ImportFile], units: str) -> list[ReportRow]:
    """Two statements, for the activities of all rows."""
    activities = _load_activity_links(parent, files, units)
    return [_build_row(parent, file, activities.get(file.pk, [])) for file in files]


def _build_row(parent: Import, file: ImportFile, activities: Sequence[ActivityLink]) -> ReportRow:
    outcome, badge = name_outcome(file.status, parent.is_dry_run)
    days = f"{format_number(file.days_stored)} day{'s' if file.days_stored > 1 else ''} of health data"
    undo = {"removed": "Undone.", "kept": f"Stays. {file.undo_reason}".strip()}.get(file.undo_outcome, "")
    advice = ADVICE_BY_CODE.get(file.code, "") if file.status == ImportFile.Status.REFUSED else ""
    return ReportRow(
        file.name,
        outcome,
        badge,
        f"{file.reason} {advice}".strip(),
        activities,
        days if file.days_stored else "",
        undo,
    )


def _load_activity_links(
    parent: Import, files: Iterable[ImportFile], units: str
) -> dict[UUID, list[ActivityLink]]:
    """By file: the activities that are still stored."""
    imported = list(ImportedActivity.objects.filter(file__in=[file.pk for file in files]).order_by("pk"))
    stored = Activity.objects.filter(
        athlete=parent.athlete_id, pk__in={row.activity_id for row in imported}
    ).only("activity_type", "name", "local_date", "distance_m")
    texts = {activity.pk: _build_link(activity, units) for activity in stored}
    links: dict[UUID, dict[UUID, ActivityLink]] = {}  # a recording may have joined an entry
    for row in imported:
        if row.activity_id in texts:
            links.setdefault(row.file_id, {})[row.activity_id] = texts[row.activity_id]
    return {file_id: list(by_activity.values()) for file_id, by_activity in links.items()}


def _build_link(activity: Activity, units: str) -> ActivityLink:
    parts = [activity.name or activity.get_activity_type_display(), format_date(activity.local_date)]
    if activity.distance_m is not None:
        parts.append(format_sport_distance(activity.distance_m, activity.activity_type, units))
    return ActivityLink(activity.public_id, ", ".join(parts))
