"""The head coach's forms on the club's page."""

from __future__ import annotations

from typing import Any

from astral.http.fields import ChoiceField, IdField, StrictSerializer, TextField
from astral.http.forms import ConfirmationField, InputField, SelectField, SerializerForm
from athletes.models import ApiKey, Invitation, User
from athletes.organizations.access_serializers import (
    ApiKeyRequest,
    EmailInvitationRequest,
    LinkInvitationRequest,
)
from athletes.organizations.serializers import CURRENT_STATUSES, INVITABLE_ROLES, MEMBER_ROLES
from athletes.rights import Scope

ROLE_CHOICES = [(value, value.replace("_", " ")) for value, _ in INVITABLE_ROLES]
ACCESS_CHOICES = ((Scope.READ, "read"), (Scope.WRITE, "read and write"))


class OrganizationForm(SerializerForm):
    ignores_empty = True


class EmailInvitationForm(OrganizationForm):
    serializer_class = EmailInvitationRequest
    id_prefix = "mail-"
    email = InputField("E-mail address", type="email", required=True)
    role = SelectField("Role", ROLE_CHOICES)


class LinkInvitationForm(OrganizationForm):
    serializer_class = LinkInvitationRequest
    id_prefix = "link-"
    role = SelectField("Role", ROLE_CHOICES)
    max_uses = InputField(
        "For how many people",
        hint="The link works for two weeks. A link for a coach is for one person. A head coach who"
        " joins takes over the club.",
        type="number",
        min=1,
        max=1000,
    )


class ApiKeyForm(OrganizationForm):
    serializer_class = ApiKeyRequest
    id_prefix = "key-"
    name = InputField("Key name", required=True, max_length=80)
    scope = SelectField("Access", ACCESS_CHOICES)

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        """The page sends one scope; the API takes a list."""
        scopes = [fields.pop("scope")] if "scope" in fields else []
        return {**fields, "scopes": scopes}

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        return "scope" if field.startswith("scopes") else field, text


class HandOverRequest(StrictSerializer):
    user_id = IdField(User.prefix, help_text="The new head coach.")
    sure = ChoiceField(["on"], help_text="Tick to confirm.")


class HandOverForm(OrganizationForm):
    serializer_class = HandOverRequest
    id_prefix = "hand-over-"
    user_id = SelectField("New head coach", required=True)
    sure = ConfirmationField("Yes, hand it over", required=True)


# The following forms have no fields here: the template draws them in the rows of its tables.


class ManageInvitationRequest(StrictSerializer):
    invitation_id = IdField(Invitation.prefix, help_text="Which one.")
    do = ChoiceField(["resend", "end"], help_text="Send it again with a new link, or end it.")


class ManageInvitationForm(OrganizationForm):
    serializer_class = ManageInvitationRequest
    extra_fields = ("invitation_id", "do")


class EndApiKeyRequest(StrictSerializer):
    key_id = IdField(ApiKey.prefix, help_text="Which one.")


class ChosenApiKeyForm(OrganizationForm):
    serializer_class = EndApiKeyRequest
    extra_fields = ("key_id",)


class ManageMemberRequest(StrictSerializer):
    user_id = IdField(User.prefix, help_text="The member.")
    do = ChoiceField(["change", "remove"], help_text="Change the membership, or remove it.")
    role = ChoiceField(MEMBER_ROLES, required=False, help_text="Role in the club.")
    status = ChoiceField(CURRENT_STATUSES, required=False, help_text="Coaches cannot see a suspended member.")
    level = TextField(default="", max_length=30, help_text="A word such as advanced.")


class ManageMemberForm(OrganizationForm):
    serializer_class = ManageMemberRequest
    extra_fields = ("user_id", "do", "role", "status", "level")


class SecondFactorRuleRequest(StrictSerializer):
    requires_second_factor = ChoiceField(["on"], required=False, help_text="Ticked: coaches need one.")


class SecondFactorRuleForm(OrganizationForm):
    serializer_class = SecondFactorRuleRequest
    is_saved_once = False  # it creates nothing
    extra_fields = ("requires_second_factor",)
