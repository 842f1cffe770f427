"""Pages: what an athlete shares with each club, and leaving a club."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from astral.http.errors import ApiError
from astral.http.fields import ChoiceField, StrictSerializer
from astral.http.forms import form_data
from athletes.access.permissions import Permit, parse_id
from athletes.access.protected_page import ProtectedPage
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
        return self.page(clubs=clubs, places=memberships)


class LeaveOrganizationForm(StrictSerializer):
    sure = ChoiceField(["on"], required=False, help_text="Confirms leaving.")


class LeaveOrganizationPage(ProtectedPage):
    def post(self, request: HttpRequest, org_id: str) -> HttpResponse:
        form = LeaveOrganizationForm.parse(form_data(request))
        membership = _get_own_membership(self.permit, org_id)
        club = membership.organization.name
        try:
            if "sure" in form:
                leave_organization(membership)
                messages.success(request, f"You have left {club}. Its coaches can no longer see your data.")
            else:
                messages.warning(request, "Tick the box to confirm that you want to leave.")
        except ApiError as error:
            messages.error(request, str(error.detail))
        return redirect("sharing-page")


class ConsentForm(StrictSerializer):
    """Browsers do not send unticked boxes, so a missing field means not shared."""

    activities = ChoiceField(["on"], required=False)
    health = ChoiceField(["on"], required=False)
    goals_and_plans = ChoiceField(["on"], required=False)


class ConsentPage(ProtectedPage):
    def post(self, request: HttpRequest, org_id: str) -> HttpResponse:
        form = ConsentForm.parse(form_data(request))
        organization = _get_own_membership(self.permit, org_id, role=Role.ATHLETE).organization
        granted = {category.value: category.value in form for category in Category}
        change_consent(self.person.athlete, organization, granted, timezone.now())
        messages.success(request, f"Sharing with {organization.name} saved.")
        return redirect("sharing-page")


def _get_own_membership(permit: Permit, org_id: str, **matching: Any) -> Membership:
    own = Membership.objects.reached_by(permit.viewer, permit.row.right).filter(
        user=permit.person, **matching
    )
    found = own.filter(organization=parse_id(Organization.prefix, org_id, "org_id"))
    return permit.get_or_forbidden(found.select_related("organization").first())
