"""Query parameters: filters of health day lists, and the parameters of health_metrics."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema_field

from astral.http.fields import ChoiceField, DayField, IdField, TextField
from astral.http.filters import SerializerFieldFilter
from athletes.models import User
from metrics.buckets import Bucket
from metrics.models import HealthDay
from metrics.models.health import SOURCE_PATTERN
from metrics.statistics.params import MAX_DAYS_PER_QUERY, StatsQuery, check_date_range

HEALTH_BUCKETS: tuple[Bucket, ...] = ("day", "week", "month")


@extend_schema_field({"type": "string", "pattern": f"^{SOURCE_PATTERN}$"})
class SourceField(TextField):
    """The machine name of a device, service or person that measures."""

    default_error_messages = {
        "no_source": "Use 1 to 32 of the characters a to z, 0 to 9, dot, dash and underscore."
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=32, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or not re.fullmatch(SOURCE_PATTERN, data):
            self.fail("no_source")
        return data


class HealthDayFilter(django_filters.FilterSet):  # type: ignore[misc]
    user_id = SerializerFieldFilter(
        IdField(User.prefix, help_text="Only this athlete, usr_…; default: all athletes you may see."),
        field_name="athlete_id",
    )
    start_date = SerializerFieldFilter(
        DayField(help_text="First day, included."), field_name="date", lookup_expr="gte"
    )
    end_date = SerializerFieldFilter(
        DayField(help_text="Last day, included."), field_name="date", lookup_expr="lte"
    )
    source = SerializerFieldFilter(SourceField(help_text="Only days from this source."))

    class Meta:
        model = HealthDay
        fields: tuple[str, ...] = ()


class HealthMetricsQuery(StatsQuery):
    start_date = DayField(help_text="First local date, included.")
    end_date = DayField(help_text=f"Last local date, included; at most {MAX_DAYS_PER_QUERY} days in all.")
    granularity = ChoiceField(
        HEALTH_BUCKETS,
        default="day",
        help_text="The period of one point: a day, an ISO week or a calendar month.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return check_date_range(attrs)


@dataclass(frozen=True, slots=True)
class HealthMetricsSelection:
    """Validated health_metrics query: local dates, both inclusive."""

    first: date
    last: date
    granularity: Bucket

    @classmethod
    def from_query(cls, params: dict[str, Any]) -> HealthMetricsSelection:
        return cls(params["start_date"], params["end_date"], params["granularity"])
