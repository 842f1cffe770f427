"""Buttons: stop acting as somebody; let staff see health data while they help."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.fields import ChoiceField, StrictSerializer
from astral.http.pages import ActionPage
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.acting.periods import stop_acting
from athletes.accounts.acting.support import change_support_consent


class StopActingPage(ProtectedPage):
    """Ends it. Shows the staff page of the person; for everybody else, the first page."""

    def post(self, request: HttpRequest) -> HttpResponse:
        ended = stop_acting(request.session, timezone.now())
        if ended is None:
            return redirect("home-page")
        messages.success(request, "You act as yourself again.")
        return redirect(reverse("admin:athletes_user_change", args=[ended.person_id]))


class SupportConsentRequest(StrictSerializer):
    do = ChoiceField(["allow", "end"], help_text="Allow it for seven days, or end it.")


class SupportConsentPage(ProtectedPage, ActionPage):
    serializer_class = SupportConsentRequest
    return_page = "sharing-page"

    def apply_change(self, values: dict[str, Any]) -> str:
        allows = values["do"] == "allow"
        change_support_consent(self.person.athlete, allows, timezone.now())
        if allows:
            return "For seven days, staff who act as you can see your activities and health data."
        return "Staff who act as you cannot see your activities and health data."
