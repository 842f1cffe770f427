"""Serializers of the steps of a session. A list may have steps of two shapes: with and without a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from astral.http.fields import (
    ChoiceField,
    FiniteNumberField,
    StrictBooleanField,
    StrictSerializer,
    TextField,
    WholeNumberField,
)
from astral.http.list_field import ListField
from coaching.plans.one_of_field import OneOfField
from coaching.steps.step import REPEAT_KIND, StepKind

MAX_DURATION_S, MAX_DISTANCE_M = 86_400, 500_000
MAX_STEPS, MAX_STEP_PARTS, MAX_REPETITIONS = 40, 10, 100
MAX_STEPS_WITH_PARTS = MAX_STEPS * (1 + MAX_STEP_PARTS)
PACE_RANGE_S_PER_KM = (60, 2_400)  # a fast ride, and swimming 100 m in 4 minutes
HEART_RATE_RANGE_BPM = (30, 240)
STEP_KINDS = [(kind.value, kind.value) for kind in StepKind]
LENGTHS = ("duration", "distance", "until_lap")
PACE_HELP = "The slower and the faster pace, in seconds per km, such as [240, 230]."
HEART_RATE_HELP = "The lowest and the highest heart rate, in bpm."


def define_target_field(help_text: str, highest: float, **options: Any) -> FiniteNumberField:
    return FiniteNumberField(
        required=False, allow_null=True, min_value=1, max_value=highest, help_text=help_text, **options
    )


def define_zone_field(help_text: str) -> WholeNumberField:
    return WholeNumberField(required=False, allow_null=True, min_value=1, max_value=5, help_text=help_text)


def require_any(attrs: dict[str, Any], *names: str) -> None:
    if all(attrs.get(name) is None for name in names):
        raise serializers.ValidationError("Say how long or how far.", "no_target")


def gather_items(rows: Any, name: str) -> list[Any]:
    """The items of all lists `name` in rows that are not validated yet. Rows of another shape are skipped."""
    lists = [row.get(name) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [item for items in lists if isinstance(items, list) for item in items]


def count_steps(steps: Any) -> int:
    """Steps that are not validated yet, with those in repeats, and in repeats of these."""
    parts = gather_items(steps, "steps")
    return len(steps) * isinstance(steps, list) + len(parts) + len(gather_items(parts, "steps"))


class PlanStepPartRequest(StrictSerializer):
    """A part of a step: a duration or a distance in a zone. Repetitions have easy running in between."""

    repeat = WholeNumberField(default=1, min_value=1, max_value=MAX_REPETITIONS, help_text="How many times.")
    duration = define_target_field("Seconds of each.", MAX_DURATION_S)
    distance = define_target_field("Metres of each.", MAX_DISTANCE_M)
    zone = define_zone_field("The pace zone, 1–5; easy without one.")
    recovery = define_target_field("Seconds of easy running between two repetitions.", MAX_DURATION_S)
    text = TextField(required=False, allow_blank=True, help_text="A free text.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        require_any(attrs, "duration", "distance")
        return attrs


class PlanStepRequest(PlanStepPartRequest):
    """A step without a kind: a duration or a distance in a zone, or parts that are repeated together."""

    steps = ListField(
        child=PlanStepPartRequest(),
        required=False,
        max_length=MAX_STEP_PARTS,
        help_text="Parts that are repeated together, such as 3 × (4 × 400 m), instead of a duration, distance"
        " and zone.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("steps"):
            return super().validate(attrs)
        if any(attrs.get(name) is not None for name in ("duration", "distance", "zone")):
            raise serializers.ValidationError("Give parts, or a duration or distance, not both.", "ambiguous")
        return attrs


class StepTargetRequest(StrictSerializer):
    """How hard a step is: a zone, a band of paces or of heart rates, or an effort."""

    zone = define_zone_field("A pace zone, 1–5.")
    pace = ListField(
        child=FiniteNumberField(min_value=PACE_RANGE_S_PER_KM[0], max_value=PACE_RANGE_S_PER_KM[1]),
        required=False,
        allow_null=True,
        min_length=2,
        max_length=2,
        help_text=PACE_HELP,
    )
    heart_rate = ListField(
        child=WholeNumberField(min_value=HEART_RATE_RANGE_BPM[0], max_value=HEART_RATE_RANGE_BPM[1]),
        required=False,
        allow_null=True,
        min_length=2,
        max_length=2,
        help_text=HEART_RATE_HELP,
    )
    effort = WholeNumberField(
        required=False, allow_null=True, min_value=1, max_value=10, help_text="A perceived effort, 1–10."
    )

    def validate_pace(self, pace: list[float] | None) -> list[float] | None:
        if pace and pace[0] < pace[1]:
            raise serializers.ValidationError("Give the slower pace first: [slow, fast].", "wrong_order")
        return pace

    def validate_heart_rate(self, heart_rate: list[int] | None) -> list[int] | None:
        if heart_rate and heart_rate[0] > heart_rate[1]:
            raise serializers.ValidationError("Give the lower heart rate first: [low, high].", "wrong_order")
        return heart_rate

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in attrs.items() if value is not None}
        if len(given) != 1:
            raise serializers.ValidationError(
                "Give one target: zone, pace, heart_rate or effort; or null for none.", "ambiguous"
            )
        return given


class StructuredStepRequest(StrictSerializer):
    """A step with a kind. It has a duration or a distance, or lasts until the athlete presses lap."""

    kind = ChoiceField(STEP_KINDS, help_text="What the step is for.")
    duration = define_target_field("Seconds.", MAX_DURATION_S)
    distance = define_target_field("Metres.", MAX_DISTANCE_M)
    until_lap = StrictBooleanField(
        required=False, help_text="Whether it lasts until the athlete presses the lap button."
    )
    target = StepTargetRequest(required=False, allow_null=True, help_text="How hard; null: as usual.")
    text = TextField(required=False, allow_blank=True, help_text="A free text.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in LENGTHS if attrs.get(name) not in (None, False)]
        if not given:
            raise serializers.ValidationError("Say how long or how far, or until_lap.", "no_target")
        if len(given) > 1:
            raise serializers.ValidationError(
                "Give a duration, a distance or until_lap, not several of them.", "ambiguous"
            )
        return attrs


def _choose_structured_shape(step: Any) -> str:
    return REPEAT_KIND if isinstance(step, Mapping) and step.get("kind") == REPEAT_KIND else "step"


def _choose_any_shape(step: Any) -> str:
    return _choose_structured_shape(step) if isinstance(step, Mapping) and "kind" in step else "zone"


class StepSetRequest(StrictSerializer):
    """Steps that are repeated together. They have no repeat among them."""

    kind = ChoiceField([REPEAT_KIND], help_text="repeat.")
    times = WholeNumberField(min_value=1, max_value=MAX_REPETITIONS, help_text="How many times.")
    steps = ListField(
        child=StructuredStepRequest(),
        min_length=1,
        max_length=MAX_STEPS,
        help_text="The steps that are repeated, in order.",
    )


class StepRepeatRequest(StepSetRequest):
    """Steps that are repeated together; they can have a repeat among them."""

    steps = ListField(
        child=OneOfField(
            shapes={"step": StructuredStepRequest(), REPEAT_KIND: StepSetRequest()},
            choose_shape=_choose_structured_shape,
        ),
        min_length=1,
        max_length=MAX_STEPS,
        help_text="The steps that are repeated, in order.",
    )


class StepsField(ListField):
    """The steps of a session, of either shape. It counts all of them before it validates them."""

    def __init__(self, **options: Any) -> None:
        child = OneOfField(
            shapes={
                "step": StructuredStepRequest(),
                REPEAT_KIND: StepRepeatRequest(),
                "zone": PlanStepRequest(),
            },
            choose_shape=_choose_any_shape,
        )
        super().__init__(child=child, max_length=MAX_STEPS, **options)

    def to_internal_value(self, data: Any) -> Any:
        count = count_steps(data)
        if count > MAX_STEPS_WITH_PARTS:
            raise serializers.ValidationError(
                f"A session has at most {MAX_STEPS_WITH_PARTS} steps, not {count:,}.", "max_length"
            )
        return super().to_internal_value(data)


class PlanStepPartSerializer(serializers.Serializer[Any]):
    repeat = serializers.IntegerField(help_text="How many times.")
    duration = serializers.FloatField(required=False, allow_null=True, help_text="Seconds of each.")
    distance = serializers.FloatField(required=False, allow_null=True, help_text="Metres of each.")
    zone = serializers.IntegerField(required=False, allow_null=True, help_text="The pace zone, 1–5.")
    recovery = serializers.FloatField(
        required=False, allow_null=True, help_text="Seconds of easy running between two repetitions."
    )
    text = serializers.CharField(required=False, help_text="A free text.")


class PlanStepSerializer(PlanStepPartSerializer):
    steps = PlanStepPartSerializer(many=True, required=False, help_text="Parts that are repeated together.")


class StepTargetSerializer(serializers.Serializer[Any]):
    """One of these is given."""

    zone = serializers.IntegerField(required=False, help_text="A pace zone, 1–5.")
    pace = serializers.ListField(
        child=serializers.FloatField(), min_length=2, max_length=2, required=False, help_text=PACE_HELP
    )
    heart_rate = serializers.ListField(
        child=serializers.IntegerField(),
        min_length=2,
        max_length=2,
        required=False,
        help_text=HEART_RATE_HELP,
    )
    effort = serializers.IntegerField(required=False, help_text="A perceived effort, 1–10.")


class StructuredStepSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(STEP_KINDS, help_text="What the step is for.")
    duration = serializers.FloatField(required=False, allow_null=True, help_text="Seconds.")
    distance = serializers.FloatField(required=False, allow_null=True, help_text="Metres.")
    until_lap = serializers.BooleanField(
        required=False, help_text="Whether it lasts until the athlete presses the lap button."
    )
    target = StepTargetSerializer(
        required=False, allow_null=True, help_text="How hard; null: as usual for its kind."
    )
    text = serializers.CharField(required=False, help_text="A free text; may be empty.")


class StepSetSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField([REPEAT_KIND], help_text="repeat.")
    times = serializers.IntegerField(help_text="How many times.")
    steps = StructuredStepSerializer(many=True, help_text="The steps that are repeated, in order.")


class StepRepeatSerializer(StepSetSerializer):
    steps = serializers.ListField(  # type: ignore[assignment]
        child=OneOfField(
            shapes={"step": StructuredStepSerializer(), REPEAT_KIND: StepSetSerializer()},
            choose_shape=_choose_structured_shape,
        ),
        help_text="The steps that are repeated, in order; there can be a repeat among them.",
    )


class StructuredStepsField(serializers.ListField):
    """The steps of an answer, as `coaching.steps.writer` writes them."""

    child = OneOfField(
        shapes={"step": StructuredStepSerializer(), REPEAT_KIND: StepRepeatSerializer()},
        choose_shape=_choose_structured_shape,
    )


class StoredStepsField(serializers.ListField):
    """The steps of an answer as they were sent, of either shape."""

    child = OneOfField(
        shapes={
            "step": StructuredStepSerializer(),
            REPEAT_KIND: StepRepeatSerializer(),
            "zone": PlanStepSerializer(),
        },
        choose_shape=_choose_any_shape,
    )


def has_lap_step(steps: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a validated step, or one in a repeat, lasts until the lap button."""
    return any(step.get("until_lap") or has_lap_step(step.get("steps") or ()) for step in steps)
