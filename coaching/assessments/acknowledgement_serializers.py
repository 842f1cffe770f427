"""Serializers of acknowledgements, also used where signals are shown."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from astral.http.fields import IdField, StrictSerializer, TextField, WholeNumberField
from astral.ids import encode
from athletes.models import User
from coaching.assessments.values import SignalView
from coaching.attention import RULES_BY_CODE
from coaching.attention.signal import SEVERITIES
from coaching.models.acknowledgements import MAX_REASON_LENGTH
from coaching.science.priority import ACKNOWLEDGED_MAX_D

CODE_CHOICES = [(code, code) for code in RULES_BY_CODE]


class AcknowledgeSignalRequest(StrictSerializer):
    days = WholeNumberField(
        min_value=1, max_value=ACKNOWLEDGED_MAX_D, help_text="For how many days to mute it, 1–7."
    )
    reason = TextField(
        required=False,
        allow_blank=True,
        default="",
        max_length=MAX_REASON_LENGTH,
        help_text="Why, in a few words for the other coaches. The athlete does not see it.",
    )


class AcknowledgedBySerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="The coach, usr_….")
    display_name = serializers.CharField(help_text="The name as shown.")


class AcknowledgementFieldsSerializer(serializers.Serializer[Any]):
    """Until when, by whom and why a signal is muted."""

    acknowledged_until = serializers.DateField(
        allow_null=True, help_text="Muted by a coach up to this local date of the athlete, included."
    )
    acknowledged_by = AcknowledgedBySerializer(
        allow_null=True,
        help_text="The coach; null if it is not acknowledged, if that account was deleted, and for yourself.",
    )
    reason = serializers.CharField(
        allow_null=True, help_text="The coach's reason; null if none was given, and for yourself."
    )


class AcknowledgedSignalSerializer(AcknowledgementFieldsSerializer):
    code = serializers.ChoiceField(CODE_CHOICES, help_text="Which signal.")
    severity = serializers.ChoiceField(
        SEVERITIES, help_text="The severity; if it rises, the acknowledgement ends."
    )


class AcknowledgedSignalsSerializer(serializers.Serializer[Any]):
    signals = AcknowledgedSignalSerializer(many=True, help_text="What this call acknowledged, worst first.")


def serialize_acknowledged_signal(signal: SignalView) -> dict[str, Any]:
    return {"code": signal.code, "severity": signal.severity, **serialize_acknowledgement(signal)}


def serialize_acknowledgement(signal: SignalView) -> dict[str, Any]:
    coach = signal.acknowledged_by
    return {
        "acknowledged_until": signal.acknowledged_until,
        "acknowledged_by": {"user_id": encode(User.prefix, coach.user_id), "display_name": coach.name}
        if coach
        else None,
        "reason": signal.reason or None,
    }
