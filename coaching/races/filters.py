"""Filters of the list of races."""

from __future__ import annotations

import django_filters

from astral.http.fields import ChoiceField, DayField
from astral.http.filters import SerializerFieldFilter
from athletes.filter_fields import athlete_id_field
from coaching.models import Race


class RaceFilter(django_filters.FilterSet):  # type: ignore[misc]
    user_id = SerializerFieldFilter(athlete_id_field(), field_name="athlete_id")
    start_date = SerializerFieldFilter(
        DayField(help_text="First local date, included."), field_name="date", lookup_expr="gte"
    )
    end_date = SerializerFieldFilter(
        DayField(help_text="Last local date, included."), field_name="date", lookup_expr="lte"
    )
    priority = SerializerFieldFilter(ChoiceField(Race.Priority.choices, help_text="Only A, B or C races."))

    class Meta:
        model = Race
        fields: tuple[str, ...] = ()
