"""Comparisons in the API: serializers for the schema, and functions that build the same dicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from astral.http.fields import IdField
from astral.ids import encode
from athletes.models import User
from coaching.comparison.blocks import (
    FIGURE_NAMES,
    BlockRecord,
    BlockWeek,
    ComparedFigure,
    TrainingBlock,
    compare_blocks,
)
from metrics.activities.serializers import round_value
from metrics.models import Activity

COMPARE_FORMULA = 1  # raise it when the answer is computed in another way
DIGITS = {"share": 4}  # of figures by kind; others have one


def _build_value_field(help_text: str) -> serializers.FloatField:
    return serializers.FloatField(allow_null=True, help_text=help_text)


class BlockWeekSerializer(serializers.Serializer[Any]):
    week = serializers.IntegerField(help_text="Week of the block, from 1.")
    start_date = serializers.DateField(help_text="Its first local day.")
    training_load = _build_value_field("Of all activities; null if withheld.")
    distance = _build_value_field("Metres of runs; null if withheld.")
    duration = _build_value_field("Seconds of all activities; null if withheld.")
    easy = _build_value_field("Share (0–1) of the time in zone 1; null without time in zones.")
    moderate = _build_value_field("In zones 2 and 3.")
    hard = _build_value_field("In zones 4 and 5.")
    hrv = _build_value_field("7-day average in ms at the end of the week; null if unknown or withheld.")
    fitness = _build_value_field("At the end of the week.")
    form = _build_value_field("On the last morning of the week.")


class BlockRecordSerializer(serializers.Serializer[Any]):
    distance = serializers.FloatField(help_text="Metres.")
    duration = serializers.FloatField(help_text="Seconds by the clock.")
    activity_id = IdField(Activity.prefix, help_text="The run, act_….")
    date = serializers.DateField(help_text="Its local day.")


class TrainingBlockSerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="The athlete, usr_….")
    title = serializers.CharField(
        allow_blank=True,
        help_text="The race that the block ends with, or the name of the athlete; else empty.",
    )
    from_date = serializers.DateField(help_text="First local day.")
    to_date = serializers.DateField(help_text="Last local day; it may be ahead.")
    hrv_kind = serializers.ChoiceField(
        (("rmssd", "rMSSD"), ("sdnn", "SDNN"), ("", "unknown")),
        allow_blank=True,
        help_text="Kind of the HRV.",
    )
    weeks = BlockWeekSerializer(many=True, help_text="The weeks that have begun, oldest first.")
    records = BlockRecordSerializer(
        many=True, help_text="The fastest efforts of the block over standard distances."
    )
    withheld = serializers.ListField(
        child=serializers.CharField(), help_text="The categories that the athlete does not share with you."
    )


class ComparedFigureSerializer(serializers.Serializer[Any]):
    figure = serializers.ChoiceField(
        FIGURE_NAMES,
        help_text="Sums of load, metres and seconds; shares; mean HRV; fitness and form at the end; records.",
    )
    distance = _build_value_field("Metres of a record; else null.")
    values = serializers.ListField(
        child=_build_value_field("Null if unknown or withheld."), help_text="One for each block."
    )
    differences = serializers.ListField(
        child=_build_value_field("Null if one of the values is."),
        help_text="The value minus that of the first block.",
    )


class ComparisonSerializer(serializers.Serializer[Any]):
    formula = serializers.IntegerField(
        help_text="Version of the formulas. Another one may give other values."
    )
    blocks = TrainingBlockSerializer(many=True, help_text="Differences are taken from the first.")
    figures = ComparedFigureSerializer(many=True, help_text="The blocks side by side.")


def serialize_comparison(blocks: Sequence[TrainingBlock]) -> dict[str, Any]:
    return {
        "formula": COMPARE_FORMULA,
        "blocks": [_serialize_block(block) for block in blocks],
        "figures": [_serialize_figure(figure) for figure in compare_blocks(blocks)],
    }


def _serialize_block(block: TrainingBlock) -> dict[str, Any]:
    choice = block.choice
    return {
        "user_id": choice.athlete.public_id,
        "title": choice.label,
        "from_date": choice.first,
        "to_date": choice.last,
        "hrv_kind": block.hrv_kind,
        "weeks": [_serialize_week(number, week) for number, week in enumerate(block.weeks, 1)],
        "records": [_serialize_record(record) for record in block.records],
        "withheld": choice.visibility.withheld,
    }


def _serialize_week(number: int, week: BlockWeek) -> dict[str, Any]:
    easy, moderate, hard = week.shares or (None,) * 3
    return {
        "week": number,
        "start_date": week.start,
        "training_load": round_value(week.load, 1),
        "distance": round_value(week.distance_m, 1),
        "duration": round_value(week.duration_s, 1),
        "easy": round_value(easy, DIGITS["share"]),
        "moderate": round_value(moderate, DIGITS["share"]),
        "hard": round_value(hard, DIGITS["share"]),
        "hrv": round_value(week.hrv_ms, 1),
        "fitness": round_value(week.fitness, 1),
        "form": round_value(week.form, 1),
    }


def _serialize_record(record: BlockRecord) -> dict[str, Any]:
    return {
        "distance": record.distance_m,
        "duration": round_value(record.duration_s, 1),
        "activity_id": encode(Activity.prefix, record.activity_id),
        "date": record.day,
    }


def _serialize_figure(figure: ComparedFigure) -> dict[str, Any]:
    digits = DIGITS.get(figure.kind, 1)
    return {
        "figure": figure.name,
        "distance": figure.distance_m,
        "values": [round_value(value, digits) for value in figure.values],
        "differences": [round_value(value, digits) for value in figure.differences],
    }
