"""Page forms to acknowledge a signal and to undo it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.dates.local_time import format_date
from astral.http.errors import ApiError
from astral.http.fields import ChoiceField, StrictSerializer, WholeNumberField
from astral.http.pages import NextUrlForm, form_data, safe_redirect_url
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.models import Athlete, User
from coaching.assessments.acknowledgements import acknowledge_signal, unacknowledge
from coaching.assessments.open_signals import coaching_organizations, get_open_signal
from coaching.attention import RULES_BY_CODE
from coaching.science.priority import ACKNOWLEDGED_MAX_D


class SignalPathParameters(StrictSerializer):
    code = ChoiceField(list(RULES_BY_CODE), help_text="Which signal.")


class AcknowledgeSignalForm(NextUrlForm):
    days = WholeNumberField(min_value=1, max_value=ACKNOWLEDGED_MAX_D, help_text="For how many days, 1–7.")


class SignalActionPage(ProtectedPage):
    """Redirects to the page with the form. If the page is outdated, the error is shown there."""

    form_class: ClassVar[type[NextUrlForm]] = NextUrlForm

    def post(self, request: HttpRequest, user_id: str, code: str) -> HttpResponse:
        asked = self.form_class.parse(form_data(request))
        athlete = self.permit.athlete(parse_id(User.prefix, user_id, "user_id"))
        code = SignalPathParameters.parse({"code": code})["code"]
        way_back = asked.pop("next", "")
        try:
            clubs = coaching_organizations(self.person, self.permit.row.right, athlete)
            messages.success(request, self.apply_change(athlete, clubs, code, **asked))
        except ApiError as refusal:
            messages.warning(request, str(refusal.detail))
        return redirect(safe_redirect_url(request, way_back, reverse("roster-page")))

    def apply_change(self, athlete: Athlete, clubs: Sequence[UUID], code: str, **asked: Any) -> str:
        """Make the change; returns the message."""
        raise NotImplementedError


class AcknowledgeSignalPage(SignalActionPage):
    form_class = AcknowledgeSignalForm

    def apply_change(self, athlete: Athlete, clubs: Sequence[UUID], code: str, **asked: Any) -> str:
        now = timezone.now()
        signal = get_open_signal(self.person, athlete, code, now)
        until = acknowledge_signal(
            athlete, clubs, self.person, signal, athlete.local_date(now), asked["days"]
        )
        return f"Muted until {format_date(until)} for {athlete.user}: {signal.message}"


class UnacknowledgeSignalPage(SignalActionPage):
    def apply_change(self, athlete: Athlete, clubs: Sequence[UUID], code: str, **asked: Any) -> str:
        unacknowledge(athlete, clubs, code)
        return f"No longer acknowledged for {athlete.user}."
