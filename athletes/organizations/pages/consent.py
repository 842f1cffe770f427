"""What an athlete shares with the coaches of each club; leaving a club."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from astral.http.errors import ApiError
from astral.http.fields import ChoiceField, StrictSerializer
from astral.http.pages import form_data
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.models import Membership, Organization
from athletes.organizations.consent import change_consent, load_consents_by_organization
from athletes.organizations.membership import leave_organization
from athletes.rights import Category
from athletes.roles import Role

CATEGORY_DESCRIPTIONS = {
    Category.ACTIVITIES: "Activities, and load, zones and fitness computed from them",
    Category.HEALTH: "Health readings: heart rate variability, resting heart rate, sleep, VO2max",
    Category.GOALS_AND_PLANS: "Races, plans and absences",
}


class SharingPage(ProtectedPage):
    template_name = "athletes/organizations/consent.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        places = (
            Membership.objects.filter(user=self.person)
            .current()
            .select_related("organization")
            .order_by("pk")
        )
        granted = load_consents_by_organization(self.person.athlete)
        clubs = [
            {
                "org_id": place.organization.public_id,
                "name": place.organization.name,
                "categories": [
                    (c.value, says, granted[place.organization_id][c])
                    for c, says in CATEGORY_DESCRIPTIONS.items()
                ],
            }
            for place in places
            if place.role == Role.ATHLETE
        ]
        return self.page(clubs=clubs, places=places)


class LeaveOrganizationForm(StrictSerializer):
    sure = ChoiceField(["on"], required=False, help_text="Tick to confirm.")


class LeaveOrganizationPage(ProtectedPage):
    def post(self, request: HttpRequest, org_id: str) -> HttpResponse:
        may, asked = self.permit, LeaveOrganizationForm.parse(form_data(request))
        own = Membership.objects.reached_by(may.viewer, may.row.right).filter(user=self.person)
        found = own.filter(organization=parse_id(Organization.prefix, org_id, "org_id"))
        place = may.get_or_forbidden(found.select_related("organization").first())
        try:
            if "sure" in asked:
                leave_organization(place)
                messages.success(
                    request,
                    f"You have left {place.organization.name}. Its coaches can no longer see your data.",
                )
            else:
                messages.warning(request, "Tick the box to confirm. You have not left the club.")
        except ApiError as refusal:
            messages.error(request, str(refusal.detail))
        return redirect("sharing-page")


class ConsentForm(StrictSerializer):
    """Browsers do not send a box that is not ticked."""

    activities = ChoiceField(["on"], required=False)
    health = ChoiceField(["on"], required=False)
    goals_and_plans = ChoiceField(["on"], required=False)


class ConsentPage(ProtectedPage):
    def post(self, request: HttpRequest, org_id: str) -> HttpResponse:
        asked = ConsentForm.parse(form_data(request))
        organization = self._membership(org_id).organization
        granted = {category.value: category.value in asked for category in Category}
        change_consent(self.person.athlete, organization, granted, timezone.now())
        messages.success(request, f"Sharing with {organization.name} saved.")
        return redirect("sharing-page")

    def _membership(self, org_id: str) -> Membership:
        may = self.permit
        own = Membership.objects.reached_by(may.viewer, may.row.right).filter(
            user=self.person, role=Role.ATHLETE
        )
        found = own.filter(organization=parse_id(Organization.prefix, org_id, "org_id"))
        return may.get_or_forbidden(found.select_related("organization").first())
