"""Page with an athlete's records over standard distances, in the viewer's units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from astral.ids import encode
from athletes.access.protected_page import OneAthletePage
from metrics.activities.pages.tables import name_distance
from metrics.formatting import format_duration, format_pace
from metrics.models import Activity
from metrics.records.records import DistanceRecord, RecordEffort, load_records
from metrics.records.serializers import RecordsQuery
from metrics.science.pace import average_pace


@dataclass(frozen=True, slots=True)
class RecordRow:
    """The best of the range. `best_time`: of all time, empty if it is the same effort.

    `beaten_time` and `beaten_on`: the best before it; empty and None for the first effort.
    """

    distance_name: str
    time: str
    pace: str
    on: date
    address: str
    beaten_time: str
    beaten_on: date | None
    best_time: str


class RecordsPage(OneAthletePage):
    template_name = "metrics/records/records.html"
    query_serializer_class = RecordsQuery

    def get(self, request: HttpRequest, user_id: str) -> HttpResponse:
        query = self.parse_query()
        first, last = query.get("from"), query.get("to")
        records, units = load_records(self.athlete, first, last), self.page_user.units
        return self.page(
            rows=[_build_row(record, record.in_range, units) for record in records if record.in_range],
            has_records=bool(records),
            is_ranged=bool(query),
            first=first,
            last=last,
        )


def _build_row(record: DistanceRecord, effort: RecordEffort, units: str) -> RecordRow:
    beaten = effort.beaten
    return RecordRow(
        distance_name=name_distance(record.distance_m),
        time=format_duration(effort.duration_s),
        pace=format_pace(average_pace(effort.duration_s, record.distance_m), units),
        on=effort.day,
        address=reverse("activity-page", args=[encode(Activity.prefix, effort.activity_id)]),
        beaten_time=format_duration(beaten.duration_s) if beaten else "",
        beaten_on=beaten.day if beaten else None,
        best_time="" if effort == record.best else format_duration(record.best.duration_s),
    )
