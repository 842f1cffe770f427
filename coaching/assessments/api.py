"""Acknowledge one signal or all open ones, and undo it."""

from __future__ import annotations

from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import IdField
from astral.http.views import ApiView, success
from athletes.access.permissions import get_permit, parse_id
from athletes.models import Athlete, User
from coaching.assessments.acknowledgement_serializers import (
    AcknowledgedSignalSerializer,
    AcknowledgedSignalsSerializer,
    AcknowledgeSignalRequest,
    serialize_acknowledged_signal,
)
from coaching.assessments.acknowledgements import (
    acknowledge_open_signals,
    acknowledge_signals,
    unacknowledge,
)
from coaching.assessments.open_signals import (
    coaching_organizations,
    get_open_signal,
    get_viewed_assessment,
)
from coaching.attention import RULES_BY_CODE

CODE_PARAMETER = OpenApiParameter(
    "code", str, OpenApiParameter.PATH, description="The signal's code.", enum=list(RULES_BY_CODE)
)


class AcknowledgementViewBase(ApiView):
    """Acknowledging mutes signals for the coaches of your organizations where the athlete is active."""

    tag = "signals"
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    def _get_athlete(self, request: Request) -> Athlete:
        return get_permit(request).athlete(parse_id(User.prefix, self.kwargs["user_id"], "user_id"))


class SignalAcknowledgementView(AcknowledgementViewBase):
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
        values = AcknowledgeSignalRequest.parse(request.data)
        organizations = coaching_organizations(permit.viewer, permit.row.right, athlete)
        signal = get_open_signal(permit.viewer, athlete, self._get_code(), now)
        (acknowledged,) = acknowledge_signals(
            athlete, organizations, permit.person, [signal], now, values["days"], values["reason"]
        )
        return success(serialize_acknowledged_signal(acknowledged), 201)

    @extend_schema(
        parameters=[CODE_PARAMETER],
        responses={204: None},
        operation_id="signals_take_back",
        summary="Take an acknowledgement back",
    )
    def delete(self, request: Request, user_id: str, code: str) -> Response:
        """Remove the acknowledgement: the signal counts fully again."""
        athlete, permit = self._get_athlete(request), get_permit(request)
        organizations = coaching_organizations(permit.viewer, permit.row.right, athlete)
        unacknowledge(athlete, organizations, timezone.now(), [self._get_code()])
        return Response(status=204)

    def _get_code(self) -> str:
        if self.kwargs["code"] not in RULES_BY_CODE:
            raise serializers.ValidationError(
                {"code": [serializers.ErrorDetail("No signal has this code.", "invalid_choice")]}
            )
        return str(self.kwargs["code"])


class OpenSignalsAcknowledgementView(AcknowledgementViewBase):
    @extend_schema(
        request=AcknowledgeSignalRequest,
        responses={201: AcknowledgedSignalsSerializer},
        operation_id="signals_acknowledge_all",
        summary="Acknowledge all open signals of an athlete",
    )
    def post(self, request: Request, user_id: str) -> Response:
        """Mute all open signals for some days. A signal that becomes more severe is open again.

        What a colleague acknowledged stays as it is. 400 NOT_SIGNALLED if no signal is open.
        """
        athlete, now, permit = self._get_athlete(request), timezone.now(), get_permit(request)
        values = AcknowledgeSignalRequest.parse(request.data)
        organizations = coaching_organizations(permit.viewer, permit.row.right, athlete)
        acknowledged = acknowledge_open_signals(
            athlete,
            organizations,
            permit.person,
            get_viewed_assessment(permit.viewer, athlete, now),
            now,
            values["days"],
            values["reason"],
        )
        return success({"signals": [serialize_acknowledged_signal(signal) for signal in acknowledged]}, 201)

    @extend_schema(
        responses={204: None},
        operation_id="signals_take_back_all",
        summary="Take all acknowledgements of an athlete back",
    )
    def delete(self, request: Request, user_id: str) -> Response:
        """Remove your organizations' acknowledgements, also a colleague's: all signals count fully again."""
        athlete, permit = self._get_athlete(request), get_permit(request)
        organizations = coaching_organizations(permit.viewer, permit.row.right, athlete)
        unacknowledge(athlete, organizations, timezone.now())
        return Response(status=204)
