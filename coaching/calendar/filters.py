"""Filters of the list of changes."""

from __future__ import annotations

import django_filters

from astral.http.fields import ChoiceField
from astral.http.filters import SerializerFieldFilter
from coaching.models import CalendarChange


class CalendarChangeFilter(django_filters.FilterSet):  # type: ignore[misc]
    state = SerializerFieldFilter(
        ChoiceField(CalendarChange.State.choices, help_text="Only changes in this state.")
    )
    kind = SerializerFieldFilter(
        ChoiceField(CalendarChange.Kind.choices, help_text="Only changes by this operation.")
    )

    class Meta:
        model = CalendarChange
        fields: tuple[str, ...] = ()
