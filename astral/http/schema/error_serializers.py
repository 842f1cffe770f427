"""The error shape of every status, as serializers: they only document it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class FieldFaultSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="The wrong parameter or body field; empty for the whole body.")
    code = serializers.CharField(help_text="A code for programs that does not change, such as MAX_VALUE.")
    message = serializers.CharField(help_text="One plain sentence.")


class PlanOverlapSerializer(serializers.Serializer[Any]):
    user_id = serializers.CharField(help_text="The athlete, usr_….")
    display_name = serializers.CharField(help_text="The name as shown; may be empty.")
    plan_instance_id = serializers.CharField(help_text="The other plan in the calendar, pi_….")
    name = serializers.CharField(help_text="Its name.")
    start_date = serializers.DateField(help_text="Its first day.")
    end_date = serializers.DateField(help_text="Its last day.")


# A session belongs to an app above this one. The schema names it, so a wrong name makes the schema invalid.
@extend_schema_field(
    {"oneOf": [{"$ref": "#/components/schemas/CalendarSession"}, {"type": "null"}]},
)
class StaleSessionField(serializers.JSONField):
    """The session as it is now."""


class ErrorDetailsSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="A code for programs that does not change, such as NO_DATA.")
    field = serializers.CharField(required=False, help_text="The wrong parameter or body field.")
    challenge = serializers.CharField(
        required=False, help_text="With SECOND_FACTOR_REQUIRED: send it with the code."
    )
    session = StaleSessionField(
        required=False, help_text="With STALE_VERSION: the session as it is now; null if it is gone."
    )
    sessions = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="With CHANGED_SINCE: the sessions, ses_…."
    )
    version = serializers.IntegerField(
        required=False, help_text="With CHANGED_MEANWHILE: the version that is stored now."
    )
    overlaps = PlanOverlapSerializer(
        many=True, required=False, help_text="With PLAN_OVERLAP: plans of the same weeks."
    )
    errors = FieldFaultSerializer(  # type: ignore[assignment]
        many=True, required=False, help_text="Several errors."
    )


class ErrorSerializer(serializers.Serializer[Any]):
    error = serializers.CharField(help_text="A sentence for people.")
    details = ErrorDetailsSerializer(help_text="Details for programs.")
