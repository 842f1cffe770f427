"""Query parameters of comparisons, and the blocks that they choose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from astral.http.fields import DayField, IdField, StrictSerializer, WholeNumberField
from athletes.access.permissions import WithheldError
from athletes.models import Athlete, User
from athletes.rights import Visibility
from coaching.comparison.blocks import MAX_BLOCK_WEEKS, WEEK_D, BlockChoice
from coaching.models import Race
from metrics.statistics.params import RefreshQuery

MAX_ATHLETES = 4
DEFAULT_WEEKS = 6
SPAN_FIELDS = ("from", "to", "compare_from", "compare_to")


@extend_schema_field(OpenApiTypes.STR)
class IdListField(serializers.Field[list[UUID], Any, str, Any]):
    """Different ids of one kind with commas between them, at most `most`."""

    def __init__(self, prefix: str, least: int, most: int, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most, self.item = least, most, IdField(prefix)

    def to_internal_value(self, data: Any) -> list[UUID]:
        parts = str(data).split(",", self.most)
        found: list[UUID] = [self.item.run_validation(part) for part in parts[: self.most]]
        if not self.least <= len(parts) <= self.most or len(set(found)) < len(parts):
            count = str(self.most) if self.least == self.most else f"{self.least} to {self.most}"
            raise serializers.ValidationError(
                f"Send {count} different ids with commas between them.", "count"
            )
        return found

    def to_representation(self, value: Any) -> Any:
        return value


def build_weeks_field(**options: Any) -> WholeNumberField:
    return WholeNumberField(
        min_value=1,
        max_value=MAX_BLOCK_WEEKS,
        help_text=f"Weeks of each block, at most {MAX_BLOCK_WEEKS}; default: {DEFAULT_WEEKS}.",
        **options,
    )


class BlockRules(RefreshQuery):
    """Validates that one way to choose the blocks is used, and how long they are."""

    weeks = build_weeks_field(required=False)
    compare_from = DayField(required=False, help_text="First local day of the other block.")
    compare_to = DayField(required=False, help_text="Last local day of the other block.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in SPAN_FIELDS if name in attrs]
        if given and ("races" in attrs or "weeks" in attrs):
            raise build_error(given[0], "Send days, or weeks and races, not both.", "conflict")
        missing = [name for name in SPAN_FIELDS if given and name not in attrs]
        if missing:
            raise build_error(missing[0], "Send from, to, compare_from and compare_to together.", "required")
        if given:
            check_block(attrs, "from", "to")
            check_block(attrs, "compare_from", "compare_to")
        return attrs


class CompareRules(BlockRules):
    """The same with two races."""

    races = IdListField(
        Race.prefix,
        2,
        2,
        required=False,
        help_text="Two races of the athlete, race_…,race_…: the weeks before each of them.",
    )


# `from` is a word of Python, so it cannot be written as an attribute.
CompareQuery: type[StrictSerializer] = type(
    "CompareQuery",
    (CompareRules,),
    {
        "__doc__": "Two blocks of one athlete: the last weeks and those before, weeks to races, or any days.",
        "from": DayField(required=False, help_text="First local day of a block, included."),
        "to": DayField(required=False, help_text="Last local day of a block, included."),
    },
)


class AthletesCompareRules(RefreshQuery):
    """Validates the days of the block of all athletes."""

    athletes = IdListField(
        User.prefix,
        2,
        MAX_ATHLETES,
        help_text=f"Two to {MAX_ATHLETES} athletes of the organization: usr_…,usr_….",
    )
    weeks = build_weeks_field(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in ("from", "to") if name in attrs]
        if given and "weeks" in attrs:
            raise build_error(given[0], "Send from and to, or weeks, not both.", "conflict")
        if len(given) == 1:
            missing = "to" if given == ["from"] else "from"
            raise build_error(missing, "Send from and to together.", "required")
        if given:
            check_block(attrs, "from", "to")
        return attrs


AthletesCompareQuery: type[StrictSerializer] = type(
    "AthletesCompareQuery",
    (AthletesCompareRules,),
    {
        "__doc__": "The same block of several athletes.",
        "from": DayField(required=False, help_text="First local day of the block, included."),
        "to": DayField(required=False, help_text="Last local day of the block, included."),
    },
)


def check_block(attrs: dict[str, Any], first: str, last: str) -> None:
    days = (attrs[last] - attrs[first]).days + 1
    if days < 1:
        raise build_error(last, f"{last} must not be before {first}.", "range")
    if days > MAX_BLOCK_WEEKS * WEEK_D:
        raise build_error(last, f"A block may be {MAX_BLOCK_WEEKS} weeks long at most.", "range_too_long")


def build_error(field: str, message: str, code: str) -> serializers.ValidationError:
    return serializers.ValidationError({field: [serializers.ErrorDetail(message, code)]})


def choose_blocks(
    params: dict[str, Any], athlete: Athlete, visibility: Visibility, today: date
) -> list[BlockChoice]:
    """The two blocks of a CompareQuery. The first is the one that differences are taken from.

    At most one statement. Raises WithheldError if races are asked for and withheld, and Http404 for a race
    of somebody else.
    """

    def build(label: str, first: date, last: date) -> BlockChoice:
        return BlockChoice(athlete, visibility, label, first, last, today)

    if "from" in params:
        before = build("", params["compare_from"], params["compare_to"])
        return [before, build("", params["from"], params["to"])]
    weeks = timedelta(days=WEEK_D * params.get("weeks", DEFAULT_WEEKS))
    one_day = timedelta(days=1)
    if "races" in params:
        races = _find_races(params["races"], athlete, visibility)
        return [build(race.name, race.date - weeks, race.date - one_day) for race in races]
    start = today - weeks + one_day
    return [build("", start - weeks, start - one_day), build("", start, today)]


def _find_races(ids: Sequence[UUID], athlete: Athlete, visibility: Visibility) -> list[Race]:
    if not visibility.goals_and_plans:
        raise WithheldError
    found = Race.objects.filter(athlete=athlete.pk).in_bulk(ids)
    if len(found) < len(ids):
        raise Http404
    return [found[pk] for pk in ids]


def choose_athlete_block(
    params: dict[str, Any], athlete: Athlete, visibility: Visibility, today: date
) -> BlockChoice:
    """The block of one athlete of an AthletesCompareQuery."""
    weeks = timedelta(days=WEEK_D * params.get("weeks", DEFAULT_WEEKS))
    first = params.get("from") or today - weeks + timedelta(days=1)
    return BlockChoice(athlete, visibility, str(athlete.user), first, params.get("to") or today, today)
