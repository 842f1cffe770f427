"""Serializers of absences."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from astral.http.fields import ChoiceField, DayField, IdField, StrictSerializer
from athletes.models import User
from coaching.models import Absence


class AbsenceUpdate(StrictSerializer):
    """Changes to an absence."""

    kind = ChoiceField(Absence.Kind.choices, required=False, help_text="The reason of the absence.")
    from_date = DayField(source="first_day", required=False, help_text="The first local date, included.")
    to_date = DayField(
        source="last_day",
        required=False,
        allow_null=True,
        help_text="The last local date, included; null: open.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        known: Absence | None = self.context.get("absence")
        first = attrs.get("first_day", known and known.first_day)
        last = attrs.get("last_day", known and known.last_day)
        if first and last and last < first:
            message = serializers.ErrorDetail("to_date must not be before from_date.", "range")
            raise serializers.ValidationError({"to_date": [message]})
        return attrs


class AbsenceCreate(AbsenceUpdate):
    """A new absence."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("kind", "from_date"):
            self.fields[name].required = True


class AbsenceSerializer(serializers.Serializer[Any]):
    absence_id = IdField(Absence.prefix, help_text="The absence, abs_….")
    user_id = IdField(User.prefix, help_text="The athlete, usr_….")
    kind = serializers.ChoiceField(Absence.Kind.choices, help_text="The reason of the absence.")
    from_date = serializers.DateField(help_text="The first local date, included.")
    to_date = serializers.DateField(allow_null=True, help_text="The last local date, included; null: open.")


def serialize_absence(absence: Absence) -> dict[str, Any]:
    return {
        "absence_id": absence.public_id,
        "user_id": User(id=absence.athlete_id).public_id,
        "kind": absence.kind,
        "from_date": absence.first_day,
        "to_date": absence.last_day,
    }
