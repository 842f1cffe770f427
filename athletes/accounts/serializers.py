"""Serializers of accounts and athletes.

Serializers of answers only document them; `serialize_*` functions build the answers as plain dicts with the
same keys.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from rest_framework import serializers

from astral.http.fields import (
    ChoiceField,
    DayField,
    FiniteNumberField,
    IdField,
    StrictSerializer,
    TextField,
    ZoneField,
)
from athletes.models import Athlete, Membership, Notice, Threshold, User
from athletes.rights import Category, Visibility
from athletes.roles import Role, Status


class SignInRequest(StrictSerializer):
    email = TextField(max_length=254, help_text="The account's e-mail address.")
    password = TextField(max_length=256, trim_whitespace=False, help_text="The account's password.")


class SecondFactorRequest(StrictSerializer):
    challenge = TextField(max_length=500, help_text="details.challenge of the answer to the sign-in.")
    code = TextField(max_length=20, help_text="A code of your authenticator app, or a recovery code.")


class DeleteAccountRequest(StrictSerializer):
    password = TextField(
        required=False, max_length=256, trim_whitespace=False, help_text="Your password, if you have one."
    )


class TokenSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField(help_text="Send it as Authorization: Bearer <access_token>.")
    token_type = serializers.CharField(help_text="Always Bearer.")
    expires_at = serializers.DateTimeField(help_text="When the token expires, ISO 8601 with Z.")
    user_id = serializers.CharField(help_text="The owner of the token, usr_….")


class OwnMembershipSerializer(serializers.Serializer[Any]):
    org_id = serializers.CharField(help_text="The organization, org_….")
    org_name = serializers.CharField(help_text="Its name.")
    role = serializers.ChoiceField(Role.choices, help_text="Your role there.")
    status = serializers.ChoiceField(
        Status.choices, help_text="Status of the membership; only active ones count."
    )


class MeSerializer(serializers.Serializer[Any]):
    user_id = serializers.CharField(help_text="You, usr_….")
    email = serializers.EmailField(help_text="Your e-mail address.")
    username = serializers.CharField(help_text="Your unique name.")
    display_name = serializers.CharField(help_text="Your displayed name; may be empty.")
    timezone = serializers.CharField(help_text="Your IANA time zone. Your days start at midnight there.")
    unit_system = serializers.ChoiceField(Athlete.Units.choices, help_text="How pages show distances.")
    is_staff = serializers.BooleanField(help_text="Whether you may use the admin pages.")
    unread_comments = serializers.IntegerField(
        help_text="Comments of the last 30 days by others that you have not read."
    )
    unread_notices = serializers.IntegerField(help_text="Notices in your inbox that you have not read.")
    memberships = OwnMembershipSerializer(many=True, help_text="Your memberships in all organizations.")


def serialize_me(user: User, unread_comments: int) -> dict[str, Any]:
    memberships = Membership.objects.filter(user=user).select_related("organization")
    return {
        "user_id": user.public_id,
        "email": user.email,
        "username": user.username,
        "display_name": user.display_name,
        "timezone": user.athlete.timezone,
        "unit_system": user.athlete.unit_system,
        "is_staff": user.is_staff,
        "unread_comments": unread_comments,
        "unread_notices": Notice.objects.readable_by(user.pk).unread().count(),
        "memberships": [
            {
                "org_id": membership.organization.public_id,
                "org_name": membership.organization.name,
                "role": membership.role,
                "status": membership.status,
            }
            for membership in memberships
        ],
    }


def _threshold_field(kind: Threshold.Kind, help_text: str) -> FiniteNumberField:
    lowest, highest = Threshold.LIMITS[kind]
    return FiniteNumberField(required=False, min_value=lowest, max_value=highest, help_text=help_text)


class AthleteSettings(StrictSerializer):
    """Settings of an athlete. Unlike thresholds, they have no first day."""

    timezone = ZoneField(required=False, help_text="IANA name. The athlete's days and weeks start there.")
    unit_system = ChoiceField(Athlete.Units.choices, required=False, help_text="How pages show distances.")
    sex = ChoiceField(Athlete.Sex.choices, required=False, allow_null=True, help_text="null: not given.")
    birth_date = DayField(
        first=date(1900, 1, 1), required=False, allow_null=True, help_text="null: not given."
    )

    def validate_birth_date(self, day: date | None) -> date | None:
        now: datetime = self.context["now"]
        if day is not None and day > now.date():
            raise serializers.ValidationError("The birth date is in the future.", "future")
        return day


class ThresholdChanges(StrictSerializer):
    """Thresholds that apply from `valid_from` on."""

    threshold_pace = _threshold_field(Threshold.Kind.THRESHOLD_PACE, "Pace at threshold, seconds per km.")
    lthr = _threshold_field(Threshold.Kind.LTHR, "Heart rate at threshold, bpm.")
    hr_max = _threshold_field(Threshold.Kind.HR_MAX, "Maximum heart rate, bpm.")
    hr_rest = _threshold_field(Threshold.Kind.HR_REST, "Resting heart rate, bpm.")
    vdot = _threshold_field(Threshold.Kind.VDOT, "Daniels–Gilbert value, mL/kg/min.")
    mass_kg = _threshold_field(Threshold.Kind.MASS_KG, "Body mass, kg.")
    valid_from = DayField(
        required=False,
        help_text="First day of the thresholds (default today). An earlier day corrects the past.",
    )
    source = ChoiceField(  # type: ignore[assignment]  # a field of this name, not the option
        Threshold.Source.choices,
        required=False,
        help_text="Where the thresholds come from. Default: manual for yourself, coach for another athlete.",
    )


class AthleteChanges(AthleteSettings, ThresholdChanges):
    """PATCH of an athlete: settings, and thresholds that apply from `valid_from` on."""


class ThresholdSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Threshold.Kind.choices, help_text="The kind of threshold.")
    value = serializers.FloatField(help_text="In s/km, bpm, mL/kg/min or kg, depending on kind.")
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field of this name, not the option
        Threshold.Source.choices, help_text="Where the value comes from."
    )
    valid_from = serializers.DateField(help_text="First day on which it applies.")


class AthleteSerializer(serializers.Serializer[Any]):
    user_id = IdField("usr", help_text="The athlete, usr_….")
    username = serializers.CharField(help_text="The unique name.")
    display_name = serializers.CharField(help_text="The displayed name; may be empty.")
    timezone = serializers.CharField(help_text="IANA time zone. The athlete's days start at midnight there.")
    unit_system = serializers.ChoiceField(Athlete.Units.choices, help_text="How pages show distances.")
    sex = serializers.ChoiceField(Athlete.Sex.choices, allow_null=True, help_text="null: not given.")
    birth_date = serializers.DateField(allow_null=True, help_text="null: not given.")
    mass_kg = serializers.FloatField(allow_null=True, help_text="Body mass today, kg.")
    threshold_pace = serializers.FloatField(allow_null=True, help_text="Pace at threshold today, s/km.")
    lthr = serializers.FloatField(allow_null=True, help_text="Heart rate at threshold today, bpm.")
    hr_max = serializers.FloatField(allow_null=True, help_text="Maximum heart rate today, bpm.")
    hr_rest = serializers.FloatField(allow_null=True, help_text="Resting heart rate today, bpm.")
    vdot = serializers.FloatField(allow_null=True, help_text="Daniels–Gilbert value today, mL/kg/min.")
    thresholds = ThresholdSerializer(
        many=True, help_text="All thresholds with source and first day, newest first."
    )
    withheld = serializers.ListField(
        child=serializers.ChoiceField(Category.choices),
        help_text="Categories not shared with you. "
        "Without health, sex, birth_date, hr_rest and mass_kg are null.",
    )


HEALTH_THRESHOLD_KINDS = {Threshold.Kind.HR_REST, Threshold.Kind.MASS_KG}


def serialize_athlete(athlete: Athlete, visibility: Visibility, now: datetime) -> dict[str, Any]:
    hidden = set() if visibility.health else HEALTH_THRESHOLD_KINDS
    visible = [row for row in athlete.thresholds.all() if row.kind not in hidden]
    history = sorted(visible, key=lambda row: (row.valid_from, row.kind), reverse=True)
    today = athlete.local_date(now)
    return {
        "user_id": athlete.public_id,
        "username": athlete.user.username,
        "display_name": athlete.user.display_name,
        "timezone": athlete.timezone,
        "unit_system": athlete.unit_system,
        "sex": athlete.sex or None if visibility.health else None,
        "birth_date": athlete.birth_date if visibility.health else None,
        **{kind.value: _value_on(history, kind, today) for kind in Threshold.Kind},
        "thresholds": [
            {"kind": row.kind, "value": row.value, "source": row.source, "valid_from": row.valid_from}
            for row in history
        ],
        "withheld": visibility.withheld,
    }


def _value_on(newest_first: list[Threshold], kind: str, day: date) -> float | None:
    return next((row.value for row in newest_first if row.kind == kind and row.valid_from <= day), None)
