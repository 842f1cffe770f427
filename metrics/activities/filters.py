"""Filters of activity lists."""

from __future__ import annotations

import django_filters

from astral.http.fields import ChoiceField, DayField, IdField, QueryBooleanField, WholeNumberField
from astral.http.filters import SerializerFieldFilter
from athletes.models import User
from metrics.models import Activity


class ActivityFilter(django_filters.FilterSet):  # type: ignore[misc]
    user_id = SerializerFieldFilter(
        IdField(User.prefix, help_text="Only this athlete, usr_…; default: all athletes you may see."),
        field_name="athlete_id",
    )
    start_date = SerializerFieldFilter(
        DayField(help_text="First local date, included."), field_name="local_date", lookup_expr="gte"
    )
    end_date = SerializerFieldFilter(
        DayField(help_text="Last local date, included."), field_name="local_date", lookup_expr="lte"
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
