"""Filters of activity lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import django_filters

from astral.http.fields import ChoiceField, DayField, IdField, QueryBooleanField, WholeNumberField
from astral.http.filters import SerializerFieldFilter
from athletes.models import User
from metrics.models import Activity
from metrics.models.querysets import ActivityQuerySet

ONE_DAY = timedelta(days=1)


class ActivityFilter(django_filters.FilterSet):  # type: ignore[misc]
    user_id = SerializerFieldFilter(
        IdField(User.prefix, help_text="Only this athlete, usr_…; default: all athletes you may see."),
        field_name="athlete_id",
    )
    start_date = SerializerFieldFilter(
        DayField(help_text="First local date, included."), method="filter_by_start_date"
    )
    end_date = SerializerFieldFilter(
        DayField(help_text="Last local date, included."), method="filter_by_end_date"
    )
    activity_type = SerializerFieldFilter(ChoiceField(Activity.Type.choices, help_text="Only this sport."))
    is_race = SerializerFieldFilter(QueryBooleanField(help_text="1: only races; 0: no races."))
    min_distance = SerializerFieldFilter(
        WholeNumberField(min_value=0, max_value=10_000_000, help_text="Minimum distance in metres."),
        field_name="distance_m",
        lookup_expr="gte",
    )
    source = SerializerFieldFilter(ChoiceField(Activity.Source.choices, help_text="Only from this source."))

    class Meta:
        model = Activity
        fields: tuple[str, ...] = ()

    # The index has the start but no local date. A local date is at most one day from that of UTC.

    def filter_by_start_date(self, activities: ActivityQuerySet, _: str, day: date) -> ActivityQuerySet:
        return activities.filter(local_date__gte=day, started_at__gte=_midnight(day - ONE_DAY))

    def filter_by_end_date(self, activities: ActivityQuerySet, _: str, day: date) -> ActivityQuerySet:
        return activities.filter(local_date__lte=day, started_at__lt=_midnight(day + 2 * ONE_DAY))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
