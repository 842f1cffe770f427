"""API to measure an athlete's stored activities again."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import DayField, IdField, StrictSerializer
from astral.http.views import ApiView, success
from athletes.access.permissions import get_permit, parse_id
from athletes.models import User
from metrics.remeasurement.tasks import queue_remeasure


class RemeasureRequest(StrictSerializer):
    since = DayField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Only activities of this local date and later; default: all activities.",
    )


class QueuedSerializer(serializers.Serializer[Any]):
    queued = serializers.BooleanField(help_text="Always true, also if an equal request is already waiting.")


class RemeasureView(ApiView):
    tag = "athletes"
    path_fields: ClassVar = {"user_id": IdField(User.prefix, help_text="The athlete, usr_….")}

    @extend_schema(
        request=RemeasureRequest,
        responses={202: QueuedSerializer},
        operation_id="athletes_remeasure",
        summary="Measure stored activities again",
    )
    def post(self, request: Request, user_id: str) -> Response:
        """Measure stored activities again with the thresholds valid on their days, in the background.

        Use it after a threshold was corrected. Until then activities keep their stored numbers.
        """
        params = RemeasureRequest.parse(request.data)
        athlete = get_permit(request).athlete(parse_id(User.prefix, user_id, "user_id"))
        queue_remeasure(athlete.pk, params["since"])
        return success({"queued": True}, 202)
