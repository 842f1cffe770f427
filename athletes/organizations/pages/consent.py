"""What an athlete shares with the coaches of each club."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from astral.http.errors import Refused
from astral.http.fields import ChoiceField, Question
from astral.http.pages import sent
from athletes.access.permissions import named
from athletes.access.protected_page import AdmittedPage
from athletes.models import Membership, Organization
from athletes.organizations.consent import change_consent, consents_by_organization
from athletes.organizations.membership import leave
from athletes.rights import Category
from athletes.roles import Role

SAYS = {
    Category.ACTIVITIES: "Activities and what follows from them: load, zones, fitness",
    Category.HEALTH: "Health readings: heart rate variability, resting heart rate, sleep, VO2max",
    Category.GOALS_AND_PLANS: "Races, plans and absences",
}


class SharingPage(AdmittedPage):
    template_name = "athletes/organizations/consent.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        places = Membership.objects.filter(user=self.person).current().select_related("organization").order_by("pk")
        granted = consents_by_organization(self.person.athlete)
        clubs = [
            {
                "org_id": place.organization.public_id,
                "name": place.organization.name,
                "categories": [(c.value, says, granted[place.organization_id][c]) for c, says in SAYS.items()],
            }
            for place in places
            if place.role == Role.ATHLETE
        ]
        return self.page(clubs=clubs, places=places)


class LeaveForm(Question):
    sure = ChoiceField(["on"], required=False, help_text="That it is meant.")


class LeavePage(AdmittedPage):
    def post(self, request: HttpRequest, org_id: str) -> HttpResponse:
        may, asked = self.permit, LeaveForm.asked(sent(request))
        own = Membership.objects.reached_by(may.viewer, may.row.right).filter(user=self.person)
        found = own.filter(organization=named(Organization.prefix, org_id, "org_id"))
        place = may.present(found.select_related("organization").first())
        try:
            if "sure" in asked:
                leave(place)
                messages.success(request, f"You have left {place.organization.name}: nobody there sees you any more.")
            else:
                messages.warning(request, "Tick the box first: you have left no club.")
        except Refused as refusal:
            messages.error(request, str(refusal.detail))
        return redirect("sharing-page")


class ConsentForm(Question):
    """A box that is not ticked is not sent."""

    activities = ChoiceField(["on"], required=False)
    health = ChoiceField(["on"], required=False)
    goals_and_plans = ChoiceField(["on"], required=False)


class ConsentPage(AdmittedPage):
    def post(self, request: HttpRequest, org_id: str) -> HttpResponse:
        asked = ConsentForm.asked(sent(request))
        organization = self._membership(org_id).organization
        granted = {category.value: category.value in asked for category in Category}
        change_consent(self.person.athlete, organization, granted, timezone.now())
        messages.success(request, f"Saved what {organization.name} sees of you.")
        return redirect("sharing-page")

    def _membership(self, org_id: str) -> Membership:
        may = self.permit
        own = Membership.objects.reached_by(may.viewer, may.row.right).filter(user=self.person, role=Role.ATHLETE)
        found = own.filter(organization=named(Organization.prefix, org_id, "org_id"))
        return may.present(found.select_related("organization").first())
