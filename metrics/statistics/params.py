"""Query parameters of the statistics endpoints, validated into one value each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from rest_framework import serializers

from astral.http.fields import (
    ChoiceField,
    DayField,
    QueryBooleanField,
    StrictSerializer,
    TimestampField,
    WholeNumberField,
    ZoneField,
)
from athletes.request_fields import AthleteIdField
from metrics import buckets
from metrics.buckets import Bucket, Window
from metrics.models import Activity

MAX_RANGE = timedelta(days=365)
MAX_DAYS_PER_QUERY = 400
MAX_TIME_AHEAD = timedelta(days=7)
BUCKET_BY_GRANULARITY: dict[str, Bucket] = {
    "daily": "day",
    "weekly": "day",
    "monthly": "week",
    "yearly": "month",
}
HIGHLIGHT_METRICS = ("distance", "duration", "training_load")


class RefreshQuery(StrictSerializer):
    """The parameter of all endpoints whose answers are cached."""

    refresh = QueryBooleanField(
        default=False, help_text="1: ignore the cached answer, compute a new one and cache it."
    )


class StatsQuery(RefreshQuery):
    """Parameters of the statistics endpoints without an athlete in their address."""

    user_id = AthleteIdField(required=False)


class FitnessStatsQuery(StatsQuery):
    days = WholeNumberField(
        default=30,
        min_value=1,
        max_value=365,
        help_text="The last N local days of the athlete, today included.",
    )


class RunningStatsQuery(StatsQuery):
    from_timestamp = TimestampField(help_text="Start of the range, Unix seconds; included.")
    to_timestamp = TimestampField(
        help_text="End of the range, Unix seconds; not included. "
        "At most 365 × 86,400 s later, at most 7 days ahead."
    )
    granularity = ChoiceField(
        tuple(BUCKET_BY_GRANULARITY),
        default="daily",
        help_text="daily: one point per day; weekly: the last 7 days; monthly: one point per ISO week; "
        "yearly: one point per month.",
    )
    metric_type = ChoiceField(
        HIGHLIGHT_METRICS, default="distance", help_text="The metric that decides the highlight."
    )
    timezone = ZoneField(required=False, help_text="IANA name; default: the athlete's own zone.")
    timezone_offset = WholeNumberField(
        required=False,
        min_value=-840,
        max_value=840,
        help_text="Legacy: minutes east of UTC. Ignored if `timezone` is given.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        start, end = attrs["from_timestamp"], attrs["to_timestamp"]
        now: datetime = self.context["now"]
        if end <= start:
            raise _field_error("to_timestamp", "to_timestamp must be later than from_timestamp.", "range")
        if end - start > MAX_RANGE:
            raise _field_error(
                "to_timestamp", "The range may be 365 days (31,536,000 s) long at most.", "range_too_long"
            )
        if end > now + MAX_TIME_AHEAD:
            raise _field_error(
                "to_timestamp", "to_timestamp may be 7 days in the future at most.", "too_far_ahead"
            )
        return attrs


def _field_error(field: str, message: str, code: str) -> serializers.ValidationError:
    return serializers.ValidationError({field: [serializers.ErrorDetail(message, code)]})


class ActivityStatsQuery(StatsQuery):
    start_date = DayField(help_text="First local day, included.")
    end_date = DayField(help_text=f"Last local day, included; at most {MAX_DAYS_PER_QUERY} days in all.")
    timezone = ZoneField(required=False, help_text="IANA name; default: the athlete's own zone.")
    granularity = ChoiceField(("day", "month"), default="day", help_text="The period of one point.")
    activity_type = ChoiceField(
        Activity.Type.choices, required=False, help_text="Only this sport; default: all."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return check_date_range(attrs)


def check_date_range(attrs: dict[str, Any]) -> dict[str, Any]:
    """start_date … end_date in order and at most MAX_DAYS_PER_QUERY long."""
    days = (attrs["end_date"] - attrs["start_date"]).days + 1
    if days < 1:
        raise _field_error("end_date", "end_date must not be before start_date.", "range")
    if days > MAX_DAYS_PER_QUERY:
        raise _field_error(
            "end_date", f"The range may be {MAX_DAYS_PER_QUERY} days long at most.", "range_too_long"
        )
    return attrs


@dataclass(frozen=True, slots=True)
class ActivityStatsSelection:
    """Validated activity_stats query: local days, both inclusive. `zone` None means the athlete's own."""

    first: date
    last: date
    granularity: Bucket
    activity_type: str | None
    zone: tzinfo | None

    @classmethod
    def from_query(cls, params: dict[str, Any]) -> ActivityStatsSelection:
        return cls(
            params["start_date"],
            params["end_date"],
            params["granularity"],
            params.get("activity_type"),
            params.get("timezone"),
        )

    def build_window(self, zone: tzinfo) -> Window:
        return buckets.build_days_window(self.granularity, self.first, self.last, zone)


@dataclass(frozen=True, slots=True)
class RunningStatsSelection:
    """Validated running_stats query. `zone` None means the athlete's own."""

    start: datetime
    end: datetime
    granularity: str
    metric_type: str
    zone: tzinfo | None

    @classmethod
    def from_query(cls, params: dict[str, Any]) -> RunningStatsSelection:
        zone = params.get("timezone")
        if zone is None and "timezone_offset" in params:
            zone = buckets.build_fixed_zone(params["timezone_offset"])
        return cls(
            params["from_timestamp"],
            params["to_timestamp"],
            params["granularity"],
            params["metric_type"],
            zone,
        )

    def build_window(self, zone: tzinfo) -> Window:
        """The points of the view as a window in this zone."""
        if self.granularity == "weekly":
            return buckets.build_last_days_window(7, self.start, self.end, zone)
        return buckets.build_window(BUCKET_BY_GRANULARITY[self.granularity], self.start, self.end, zone)
