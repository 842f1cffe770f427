"""Acknowledge a signal, and undo it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField, StrictSerializer, WholeNumberField
from astral.http.views import ApiView, success
from athletes.access.permissions import get_permit, parse_id
from athletes.models import Athlete, User
from coaching.assessments.acknowledgements import acknowledge_signal, unacknowledge
from coaching.assessments.open_signals import coaching_organizations, get_open_signal
from coaching.attention import RULES_BY_CODE
from coaching.science.priority import ACKNOWLEDGED_MAX_D

CODE_CHOICES = [(code, code) for code in RULES_BY_CODE]
CODE_PARAMETER = OpenApiParameter(
    "code", str, OpenApiParameter.PATH, description="The signal's code.", enum=list(RULES_BY_CODE)
)


class AcknowledgeSignalRequest(StrictSerializer):
    days = WholeNumberField(
        min_value=1, max_value=ACKNOWLEDGED_MAX_D, help_text="For how many days to mute it, 1–7."
    )


class AcknowledgedSignalSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(CODE_CHOICES, help_text="Which signal.")
    severity = serializers.CharField(help_text="The severity; if it rises, the acknowledgement ends.")
    acknowledged_until = serializers.DateField(
        help_text="Muted up to this local date of the athlete, included."
    )


class SignalAcknowledgementView(ApiView):
    """Acknowledging mutes a signal for the coaches of your organizations where the athlete is active."""

    tag = "signals"
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(
        parameters=[CODE_PARAMETER],
        request=AcknowledgeSignalRequest,
        responses={201: AcknowledgedSignalSerializer},
        operation_id="signals_acknowledge",
        summary="Acknowledge a signal",
    )
    def post(self, request: Request, user_id: str, code: str) -> Response:
        """Mute a signal for some days, unless it becomes more severe.

        400 NOT_SIGNALLED if it is not active, or praise.
        """
        athlete, now, permit = self._get_athlete(request), timezone.now(), get_permit(request)
        days = AcknowledgeSignalRequest.parse(request.data)["days"]
        organizations = coaching_organizations(permit.viewer, permit.row.right, athlete)
        signal = get_open_signal(permit.viewer, athlete, self._get_code(), now)
        until = acknowledge_signal(
            athlete, organizations, permit.person, signal, athlete.local_date(now), days
        )
        return success({"code": signal.code, "severity": signal.severity, "acknowledged_until": until}, 201)

    @extend_schema(
        parameters=[CODE_PARAMETER],
        responses={204: None},
        operation_id="signals_take_back",
        summary="Take an acknowledgement back",
    )
    def delete(self, request: Request, user_id: str, code: str) -> Response:
        """Remove the acknowledgement: the signal counts fully again."""
        athlete, permit = self._get_athlete(request), get_permit(request)
        unacknowledge(
            athlete, coaching_organizations(permit.viewer, permit.row.right, athlete), self._get_code()
        )
        return Response(status=204)

    def _get_athlete(self, request: Request) -> Athlete:
        return get_permit(request).athlete(parse_id(User.prefix, self.kwargs["user_id"], "user_id"))

    def _get_code(self) -> str:
        if self.kwargs["code"] not in RULES_BY_CODE:
            raise serializers.ValidationError(
                {"code": [serializers.ErrorDetail("No signal has this code.", "invalid_choice")]}
            )
        return str(self.kwargs["code"])
