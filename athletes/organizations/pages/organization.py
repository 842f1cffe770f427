"""The club's page: its members, and for the head coach its invitations and keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from astral.http.fields import IdField, StrictSerializer, TextField, WholeNumberField
from athletes.models import ApiKey, Invitation, Membership, Organization
from athletes.organizations.pages.choices import roster_permissions
from athletes.organizations.pages.organization_forms import (
    ROLE_CHOICES,
    ApiKeyForm,
    EmailInvitationForm,
    HandOverForm,
    LinkInvitationForm,
)
from athletes.organizations.pages.organizations import OrganizationPage
from athletes.organizations.serializers import CURRENT_STATUSES
from athletes.roles import Role

MEMBERS_PER_PAGE = 50
MAX_SHOWN_INVITATIONS = 200  # invitations that are shown


class OrganizationDetailQuery(StrictSerializer):
    org_id = IdField(Organization.prefix, required=False, help_text="The club; default: as on the roster.")
    search = TextField(required=False, max_length=200, help_text="Words in username, e-mail or display name.")
    email = TextField(required=False, max_length=254, help_text="Fills in the invitation form.")
    page = WholeNumberField(default=1, min_value=1, max_value=100_000, help_text="From 1.")


class OrganizationDetailPageBase(OrganizationPage):
    """Base of the club's page and of its forms."""

    template_name = "athletes/organizations/organization.html"
    query_serializer_class = OrganizationDetailQuery
    club: Organization

    def load_target(self) -> None:
        self.club = self.organization(self.parse_query().get("org_id"))

    def render_organization(self, **forms_and_secrets: Any) -> HttpResponse:
        """`forms_and_secrets`: a form with errors, or a secret to show once."""
        query, club = self.parse_query(), self.club
        allowed = roster_permissions(self.page_user, self.person, club)
        coaches = load_active_coaches(club)
        management = self._build_management_context(query.get("email", "")) if allowed.manage else {}
        successors = [row.user for row in coaches if row.role != Role.HEAD_COACH]
        context = {
            "section": "club",
            "club": club,
            "may": allowed,
            "has_head_coach": len(successors) < len(coaches),
            "successors": successors,
            **self._build_members_context(club, query.get("search", ""), query["page"]),
            **management,
            **forms_and_secrets,
        }
        if allowed.manage:
            choices = [(coach.public_id, str(coach)) for coach in successors]
            context["hand_over_form"].set_choices("user_id", choices)
        return self.page(**context)

    def _build_management_context(self, email: str) -> dict[str, Any]:
        """What only the head coach sees: invitations, keys and empty forms."""
        return {
            "roles": ROLE_CHOICES,
            "statuses": [value for value, _ in CURRENT_STATUSES],
            "invitations": load_open_invitations(self.club, timezone.now()),
            "keys": ApiKey.objects.with_maker().filter(organization=self.club).order_by("-pk"),
            "mail_form": EmailInvitationForm(initial={"email": email}) if settings.SENDS_EMAIL else None,
            "link_form": LinkInvitationForm(initial={"max_uses": "1"}),
            "key_form": ApiKeyForm(),
            "hand_over_form": HandOverForm(),
        }

    def _build_members_context(self, club: Organization, search: str, page: int) -> dict[str, Any]:
        """One page of members, sorted by name, and their number: two statements."""
        members = self.permit.members(club).matching(search).select_related("user", "assigned_coach")
        first, total = (page - 1) * MEMBERS_PER_PAGE, members.count()
        in_order = members.order_by("user__display_name", "user__username", "pk")
        rows = list(in_order[first : first + MEMBERS_PER_PAGE])
        self.permit.note_shown(row.user_id for row in rows if row.role == Role.ATHLETE)
        return {
            "members": rows,
            "search": search,
            "first": first + 1,
            "last": first + len(rows),
            "total": total,
            "previous": _build_url(club, search, page - 1) if page > 1 else "",
            "next": _build_url(club, search, page + 1) if page * MEMBERS_PER_PAGE < total else "",
        }


def load_active_coaches(club: Organization) -> Sequence[Membership]:
    """Those who coach, by name: the head coach, and those who can become head coach."""
    active = Membership.objects.filter(organization=club, user__is_active=True).active()
    return list(active.coaching().select_related("user").order_by("user__display_name", "user__username"))


def load_open_invitations(club: Organization, now: datetime) -> Sequence[Invitation]:
    return list(
        Invitation.objects.pending(now)
        .made_by_coaches()
        .filter(organization=club)
        .order_by("-pk")[:MAX_SHOWN_INVITATIONS]
    )


def _build_url(club: Organization, search: str, page: int) -> str:
    parameters = {"org_id": club.public_id, "search": search, "page": page}
    return f"{reverse('club-page')}?{urlencode({name: value for name, value in parameters.items() if value})}"


class OrganizationDetailPage(OrganizationDetailPageBase):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render_organization()
