"""Serializers of invitations, API keys and consent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from rest_framework import serializers

from astral.http.fields import (
    ChoiceField,
    IdField,
    InstantField,
    StrictBooleanField,
    StrictSerializer,
    TextField,
    WholeNumberField,
    ZoneField,
)
from astral.http.list_field import ListField
from athletes.models import ApiKey, ConsentChange, Invitation, Membership, Organization, User
from athletes.organizations.serializers import INVITABLE_ROLES
from athletes.request_fields import EmailAddressField
from athletes.rights import Category, Scope
from athletes.roles import Role, Status

MAX_INVITATION_LIFETIME, DEFAULT_INVITATION_LIFETIME = timedelta(days=90), timedelta(days=14)


class DeadlineField(InstantField):
    """A future instant, at most `furthest` from now. The default is `default_in` from now."""

    default_error_messages = {
        "past": "Use a time in the future.",
        "too_far": "Use a time at most {days} days ahead.",
    }
    requires_context = True

    def __init__(self, furthest: timedelta, default_in: timedelta, **options: Any) -> None:
        self.furthest, self.default_in = furthest, default_in
        super().__init__(required=False, **options)

    def get_default(self) -> datetime:
        return self._now() + self.default_in

    def to_internal_value(self, data: Any) -> datetime:
        instant = super().to_internal_value(data)
        if instant <= self._now():
            self.fail("past")
        if instant > self._now() + self.furthest:
            self.fail("too_far", days=self.furthest.days)
        return instant

    def _now(self) -> datetime:
        now: datetime = self.context["now"]
        return now


class InvitationRequestBase(StrictSerializer):
    role = ChoiceField(
        INVITABLE_ROLES,
        default=Role.ATHLETE.value,
        help_text="The role of the new member. A head_coach takes over the organization on joining.",
    )
    expires_at = DeadlineField(
        MAX_INVITATION_LIFETIME,
        DEFAULT_INVITATION_LIFETIME,
        help_text="When it expires. Default: in two weeks; at most 90 days ahead.",
    )


class EmailInvitationRequest(InvitationRequestBase):
    email = EmailAddressField(help_text="The invited person. Nobody else can accept the invitation.")


class LinkInvitationRequest(InvitationRequestBase):
    max_uses = WholeNumberField(
        default=1,
        min_value=1,
        max_value=1000,
        help_text="How many people can join with it. A link for a coach works once.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["role"] != Role.ATHLETE and attrs["max_uses"] > 1:
            message = serializers.ErrorDetail(
                "A link for a coach works for one person only.", "too_many_uses"
            )
            raise serializers.ValidationError({"max_uses": [message]})
        return attrs


class InvitationSerializer(serializers.Serializer[Any]):
    invitation_id = IdField(Invitation.prefix, help_text="The invitation, inv_….")
    role = serializers.ChoiceField(Role.choices, help_text="The role of the new member.")
    email = serializers.CharField(
        allow_null=True, help_text="The invited person. null: anyone with the link."
    )
    max_uses = serializers.IntegerField(help_text="How many people can join with it.")
    uses = serializers.IntegerField(help_text="How many people have joined with it.")
    expires_at = serializers.DateTimeField(help_text="When it expires.")
    created_at = serializers.DateTimeField(help_text="When it was created.")


class NewLinkSerializer(InvitationSerializer):
    token = serializers.CharField(help_text="The token to accept it with. It is never shown again.")
    link = serializers.CharField(help_text="The address of the join page, with the token.")


def serialize_invitation(invitation: Invitation) -> dict[str, Any]:
    return {
        "invitation_id": invitation.public_id,
        "role": invitation.role,
        "email": invitation.email or None,
        "max_uses": invitation.max_uses,
        "uses": invitation.uses,
        "expires_at": invitation.expires_at,
        "created_at": invitation.created_at,
    }


class ConsentRequest(StrictSerializer):
    activities = StrictBooleanField(
        help_text="Whether the organization's coaches may see activities and values computed from them."
    )
    health = StrictBooleanField(
        help_text="Whether they may see health readings and values computed from them."
    )
    goals_and_plans = StrictBooleanField(
        help_text="Whether they may see races, plans and values computed from them."
    )


class AcceptInvitationRequest(StrictSerializer):
    """A signed-in user sends the token and the consent. Others also send the data of their new account."""

    account_fields: ClassVar[tuple[str, ...]] = ("email", "password")  # those that a new account needs
    token = TextField(max_length=100, help_text="The invitation's token.")
    email = EmailAddressField(required=False, help_text="For a new account: your e-mail address for sign-in.")
    password = TextField(
        required=False,
        max_length=256,
        trim_whitespace=False,
        help_text="For a new account: at least 8 characters.",
    )
    display_name = TextField(
        required=False, max_length=120, help_text="For a new account: the displayed name."
    )
    timezone = ZoneField(
        required=False, help_text="For a new account: IANA time zone in which your days start."
    )
    consent = ConsentRequest(
        required=False,
        help_text="For an athlete: what coaches may see. Without it they see no health until you allow it.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.context["signed_in"]:
            message = "You are signed in. Send only the token and the consent."
            errors = {name: message for name in attrs if name not in ("token", "consent")}
        else:
            errors = {name: "A new account needs this." for name in self.account_fields if name not in attrs}
        if errors:
            code = "signed_in" if self.context["signed_in"] else "required"
            raise serializers.ValidationError(
                {n: [serializers.ErrorDetail(text, code)] for n, text in errors.items()}
            )
        return attrs


class AcceptedInvitationSerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="You, usr_….")
    org_id = IdField(Organization.prefix, help_text="The organization, org_….")
    org_name = serializers.CharField(help_text="Its name.")
    role = serializers.ChoiceField(Role.choices, help_text="Your role there.")
    status = serializers.ChoiceField(
        Status.choices, help_text="Status of the membership; only active ones count."
    )


class SentInvitationSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(help_text="The address that got an invitation of its own.")


def serialize_accepted_invitation(membership: Membership) -> dict[str, Any]:
    return {
        "user_id": User(id=membership.user_id).public_id,
        "org_id": membership.organization.public_id,
        "org_name": membership.organization.name,
        "role": membership.role,
        "status": membership.status,
    }


class ApiKeyRequest(StrictSerializer):
    name = TextField(max_length=80, help_text="The name of the key, such as its purpose.")
    scopes = ListField(
        child=ChoiceField(Scope.choices),
        allow_empty=False,
        max_length=2,
        help_text="read: see what a coach sees. write: also record, plan and change group members.",
    )
    expires_at = DeadlineField(
        settings.API_KEY_LIFETIME,
        settings.API_KEY_LIFETIME,
        help_text="When it expires. Default and latest: in one year, unless the server's operator chose"
        " another limit.",
    )


class ApiKeySerializer(serializers.Serializer[Any]):
    key_id = IdField(ApiKey.prefix, help_text="The key, key_….")
    name = serializers.CharField(help_text="The name of the key, such as its purpose.")
    prefix = serializers.CharField(help_text="First characters of its secret.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices), help_text="What the key may do."
    )
    expires_at = serializers.DateTimeField(help_text="When it expires.")
    last_used_at = serializers.DateTimeField(
        allow_null=True, help_text="Last use, accurate to one minute. null: never used."
    )
    created_by = IdField(User.prefix, allow_null=True, help_text="Who made or confirmed it; null: deleted.")
    is_confirmed = serializers.BooleanField(
        help_text="false: its maker no longer leads the organization. It works again once it is confirmed."
    )


class NewApiKeySerializer(ApiKeySerializer):
    secret = serializers.CharField(
        help_text="Send it as X-API-Key or as a Bearer token. It is never shown again."
    )


def serialize_api_key(key: ApiKey, *, is_confirmed: bool) -> dict[str, Any]:
    return {
        "key_id": key.public_id,
        "name": key.name,
        "prefix": key.shown_prefix,
        "scopes": key.scopes,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "created_by": key.created_by.public_id if key.created_by else None,
        "is_confirmed": is_confirmed,
    }


class ConsentChangeSerializer(serializers.Serializer[Any]):
    category = serializers.ChoiceField(Category.choices, help_text="The changed category.")
    granted = serializers.BooleanField(help_text="Whether coaches may see it since then.")
    changed_at = serializers.DateTimeField(help_text="When it was changed.")


class ConsentSerializer(serializers.Serializer[Any]):
    org_id = IdField(Organization.prefix, help_text="The organization, org_….")
    activities = serializers.BooleanField(help_text="Whether its coaches may see activities.")
    health = serializers.BooleanField(help_text="Whether they may see health readings.")
    goals_and_plans = serializers.BooleanField(help_text="Whether they may see races and plans.")
    history = ConsentChangeSerializer(many=True, help_text="The last 100 changes, newest first.")


def serialize_consent(
    organization: Organization, granted: dict[str, bool], history: list[ConsentChange]
) -> dict[str, Any]:
    changes = [
        {"category": change.category, "granted": change.granted, "changed_at": change.changed_at}
        for change in history
    ]
    return {"org_id": organization.public_id, **granted, "history": changes}
