"""A coach has seen a signal: it is quiet for some days, or that is taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.errors import Refused
from astral.fields import ChoiceField, Question, TextField, WholeNumberField
from astral.moments import day_text
from astral.pages import LONGEST_ADDRESS, own_address, sent
from athletes.admitted import AdmittedPage
from athletes.models import Athlete, User
from athletes.permissions import named
from coaching.acknowledging import acknowledge, take_back
from coaching.attention import BY_CODE
from coaching.priority import ACKNOWLEDGED_MAX_D
from coaching.signalled import coached_in, standing_signal


class SignalAddress(Question):
    code = ChoiceField(list(BY_CODE), help_text="Which signal.")


class WayBack(Question):
    next = TextField(required=False, allow_blank=True, max_length=LONGEST_ADDRESS, help_text="Where to go then.")


class AcknowledgeForm(WayBack):
    days = WholeNumberField(min_value=1, max_value=ACKNOWLEDGED_MAX_D, help_text="For how many days, 1–7.")


class SignalPage(AdmittedPage):
    """Leads back to where the form stood."""

    def signalled(self, user_id: str, code: str) -> tuple[Athlete, str]:
        athlete = self.permit.athlete(named(User.prefix, user_id, "user_id"))
        return athlete, SignalAddress.asked({"code": code})["code"]

    def back(self, request: HttpRequest, next: str = "") -> HttpResponse:
        return redirect(own_address(request, next, reverse("roster-page")))


class AcknowledgePage(SignalPage):
    def post(self, request: HttpRequest, user_id: str, code: str) -> HttpResponse:
        asked, now = AcknowledgeForm.asked(sent(request)), timezone.now()
        athlete, code = self.signalled(user_id, code)
        try:
            signal = standing_signal(self.person, athlete, code, now)
            clubs = coached_in(self.person, self.permit.row.right, athlete)
        except Refused as refusal:  # told where the form stood: the page is older than the data
            messages.warning(request, str(refusal.detail))
        else:
            until = acknowledge(athlete, clubs, self.person, signal, athlete.local_date(now), asked.pop("days"))
            messages.success(request, f"Quiet until {day_text(until)} for {athlete.user}: {signal['message']}")
        return self.back(request, **asked)


class TakeBackPage(SignalPage):
    def post(self, request: HttpRequest, user_id: str, code: str) -> HttpResponse:
        asked = WayBack.asked(sent(request))
        athlete, code = self.signalled(user_id, code)
        take_back(athlete, coached_in(self.person, self.permit.row.right, athlete), code)
        messages.success(request, f"No longer acknowledged for {athlete.user}.")
        return self.back(request, **asked)
