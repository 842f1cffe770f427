"""Query strings of the comparison pages: a form sends each choice under a name of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from astral.http.fields import DayField, IdField, StrictSerializer
from athletes.models import Organization, User
from coaching.comparison.params import MAX_ATHLETES, BlockRules, build_error, build_weeks_field
from coaching.models import Race

ATHLETE_FIELDS = tuple(f"athlete{place}" for place in range(1, MAX_ATHLETES + 1))
RACE_FIELDS = ("race1", "race2")


class ComparePageRules(BlockRules):
    """As the API, but with a name for each race."""

    race1 = IdField(Race.prefix, required=False, help_text="The race that the first block ends with.")
    race2 = IdField(Race.prefix, required=False, help_text="The race that the second block ends with.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        races = [attrs[name] for name in RACE_FIELDS if name in attrs]
        if len(set(races)) == 1:
            raise build_error("race2", "Choose two different races.", "required")
        chosen = {name: value for name, value in attrs.items() if name not in RACE_FIELDS}
        return super().validate(chosen | ({"races": races} if races else {}))


# `from` is a word of Python, so it cannot be written as an attribute.
ComparePageQuery: type[StrictSerializer] = type(
    "ComparePageQuery",
    (ComparePageRules,),
    {
        "__doc__": "Two blocks of one athlete.",
        "from": DayField(required=False, help_text="First local day of a block, included."),
        "to": DayField(required=False, help_text="Last local day of a block, included."),
    },
)


class ClubCompareRules(StrictSerializer):
    """Validates that nobody is chosen twice."""

    org_id = IdField(Organization.prefix, required=False, help_text="The club; default: the last one opened.")
    weeks = build_weeks_field(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        ids: list[UUID] = [attrs[name] for name in ATHLETE_FIELDS if name in attrs]
        if len(set(ids)) < len(ids):
            raise serializers.ValidationError(
                {ATHLETE_FIELDS[1]: [serializers.ErrorDetail("Choose each athlete once.", "count")]}
            )
        return attrs | {"athletes": ids}


ClubCompareQuery: type[StrictSerializer] = type(
    "ClubCompareQuery",
    (ClubCompareRules,),
    {"__doc__": "The same block of several athletes."}
    | {name: IdField(User.prefix, required=False, help_text="An athlete, usr_….") for name in ATHLETE_FIELDS},
)
