"""Page forms to acknowledge a signal and to undo it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from astral.dates.local_time import format_date
from astral.http.fields import ChoiceField, StrictSerializer
from astral.http.pages import ActionPage, NextUrlFields
from athletes.access.protected_page import OneAthletePage
from coaching.assessments.acknowledgement_serializers import AcknowledgeSignalRequest
from coaching.assessments.acknowledgements import acknowledge_signals, unacknowledge
from coaching.assessments.open_signals import coaching_organizations, get_open_signal
from coaching.assessments.signal_messages import format_signal_message
from coaching.attention import RULES_BY_CODE


class SignalPathParameters(StrictSerializer):
    code = ChoiceField(list(RULES_BY_CODE), help_text="Which signal.")


class AcknowledgePageRequest(NextUrlFields, AcknowledgeSignalRequest):
    """The fields of the form."""


class SignalActionPage(OneAthletePage, ActionPage):
    """Returns to the page with the button. If that page is outdated, the warning is shown there."""

    serializer_class = NextUrlFields
    return_page = "roster-page"
    code: str

    def load_target(self) -> None:
        super().load_target()
        self.code = SignalPathParameters.parse({"code": self.kwargs["code"]})["code"]

    def load_organizations(self) -> Sequence[UUID]:
        """Where the coach coaches the athlete. Raises ApiError if nowhere."""
        return coaching_organizations(self.person, self.permit.row.right, self.athlete)


class AcknowledgeSignalPage(SignalActionPage):
    serializer_class = AcknowledgePageRequest

    def apply_change(self, values: dict[str, Any]) -> str:
        now, athlete, clubs = timezone.now(), self.athlete, self.load_organizations()
        signal = get_open_signal(self.person, athlete, self.code, now)
        acknowledge_signals(athlete, clubs, self.author, [signal], now, values["days"], values["reason"])
        until = athlete.local_date(now) + timedelta(days=values["days"])
        message = format_signal_message(signal, self.page_user.units)
        return f"Muted until {format_date(until)} for {athlete.user}: {message}"


class UnacknowledgeSignalPage(SignalActionPage):
    def apply_change(self, values: dict[str, Any]) -> str:
        unacknowledge(self.athlete, self.load_organizations(), timezone.now(), [self.code])
        return f"No longer acknowledged for {self.athlete.user}."
