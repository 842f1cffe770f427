"""Filters of the list of absences."""

from __future__ import annotations

import django_filters

from astral.http.fields import ChoiceField
from astral.http.filters import SerializerFieldFilter
from coaching.models import Absence


class AbsenceFilter(django_filters.FilterSet):  # type: ignore[misc]
    kind = SerializerFieldFilter(ChoiceField(Absence.Kind.choices, help_text="Only of this kind."))

    class Meta:
        model = Absence
        fields: tuple[str, ...] = ()
