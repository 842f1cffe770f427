"""Pages: what an athlete shares with each club, and leaving a club."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from astral.http.errors import ApiError
from astral.http.fields import ChoiceField, StrictSerializer
from astral.http.pages import ActionPage
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.acting.support import find_support_consent
from athletes.models import Membership, Organization
from athletes.organizations.consent import change_consent, load_consents_by_organization
from athletes.organizations.membership import leave_organization
from athletes.rights import Category
from athletes.roles import Role

CATEGORY_DESCRIPTIONS = {
    Category.ACTIVITIES: "Activities and values computed from them: load, zones, fitness",
    Category.HEALTH: "Health readings: heart rate variability, resting heart rate, sleep, VO2max",
    Category.GOALS_AND_PLANS: "Races, plans and absences",
}


class SharingPage(ProtectedPage):
    template_name = "athletes/organizations/consent.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        memberships = (
            Membership.objects.filter(user=self.person)
            .current()
            .select_related("organization")
            .order_by("pk")
        )
        granted = load_consents_by_organization(self.person.athlete)
        clubs = [
            {
                "org_id": membership.organization.public_id,
                "name": membership.organization.name,
                "categories": [
                    (c.value, text, granted[membership.organization_id][c])
                    for c, text in CATEGORY_DESCRIPTIONS.items()
                ],
            }
            for membership in memberships
            if membership.role == Role.ATHLETE
        ]
        support = find_support_consent(self.person.pk, timezone.now())
        return self.page(clubs=clubs, places=memberships, support=support)


class OwnMembershipPageBase(ProtectedPage):
    """Base of the member's actions for one club on the sharing page."""

    membership: Membership

    def load_target(self) -> None:
        identifier = parse_id(Organization.prefix, self.kwargs["org_id"], "org_id")
        own = Membership.objects.reached_by(self.permit.viewer, self.permit.row.right)
        found = own.filter(user=self.permit.person, organization=identifier).select_related("organization")
        self.membership = self.permit.get_or_forbidden(found.first())


class LeaveOrganizationRequest(StrictSerializer):
    sure = ChoiceField(["on"], required=False, help_text="Confirms leaving.")


class LeaveOrganizationPage(OwnMembershipPageBase, ActionPage):
    serializer_class = LeaveOrganizationRequest
    return_page = "sharing-page"

    def apply_change(self, values: dict[str, Any]) -> str:
        if "sure" not in values:
            raise ApiError("NOT_SURE", "Tick the box to confirm that you want to leave.")
        leave_organization(self.membership)
        return f"You have left {self.membership.organization.name}. Its coaches can no longer see your data."


class ConsentBoxes(StrictSerializer):
    """Browsers do not send unticked boxes, so a missing field means not shared."""

    activities = ChoiceField(["on"], required=False)
    health = ChoiceField(["on"], required=False)
    goals_and_plans = ChoiceField(["on"], required=False)


class ConsentPage(OwnMembershipPageBase, ActionPage):
    """Saves what an athlete shares with a club. Members with another role are refused."""

    serializer_class = ConsentBoxes
    return_page = "sharing-page"

    def load_target(self) -> None:
        super().load_target()
        if self.membership.role != Role.ATHLETE:
            self.permit.get_or_forbidden(None)

    def apply_change(self, values: dict[str, Any]) -> str:
        granted = {category.value: category.value in values for category in Category}
        organization = self.membership.organization
        change_consent(self.person.athlete, organization, granted, timezone.now())
        return f"Sharing with {organization.name} saved."
