"""Pain in the API: a score and a place, of an activity or of a day. It is of category health."""

from __future__ import annotations

from typing import Any, Protocol

from rest_framework import serializers

from astral.http.fields import StrictSerializer, TextField, WholeNumberField

PAIN_WORDS = {0: "none", 10: "worst"}  # in forms


class PainRow(Protocol):
    """A row with the two columns of a pain."""

    pain_score: int | None
    pain_where: str


class PainRequest(StrictSerializer):
    score = WholeNumberField(min_value=0, max_value=10, help_text="From 0 (none) to 10.")
    where = TextField(
        required=False, allow_blank=True, max_length=100, default="", help_text="Where it hurts."
    )


class PainSerializer(serializers.Serializer[Any]):
    score = serializers.IntegerField(help_text="From 0 (none) to 10.")
    where = serializers.CharField(help_text="Where it hurts; may be empty.")


def split_pain(values: dict[str, Any]) -> dict[str, Any]:
    """Replace `pain` by the values of its columns. null deletes both."""
    if "pain" not in values:
        return values
    others = {name: value for name, value in values.items() if name != "pain"}
    pain = values["pain"] or {"score": None, "where": ""}
    return others | {"pain_score": pain["score"], "pain_where": pain["where"]}


def serialize_pain(row: PainRow) -> dict[str, Any] | None:
    return None if row.pain_score is None else {"score": row.pain_score, "where": row.pain_where}
