"""The buttons Seen and Undo of a card in the queue: for all signals of an athlete at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.errors import ApiError
from astral.http.fields import StrictSerializer, TextField
from astral.http.forms import form_data
from astral.http.pages import NextUrlFields, safe_redirect_url
from athletes.access.protected_page import OneAthletePage
from athletes.organizations.edit_rights import has_right
from athletes.rights import RECORD, SCHEDULE, Category
from coaching.assessments.acknowledgement_serializers import AcknowledgeSignalRequest
from coaching.assessments.acknowledgements import acknowledge_open_signals, unacknowledge
from coaching.assessments.open_signals import coaching_organizations, get_viewed_assessment
from coaching.attention import RULES_BY_CODE
from coaching.profile.pages.action_links import ActionRights
from coaching.profile.pages.signals import SignalsViewer
from coaching.profile.summary import load_athlete_summary
from coaching.roster.pages.attention_queue import list_story_signals
from coaching.roster.pages.queue_story import build_queue_story
from coaching.science.priority import ACKNOWLEDGED_MAX_D, SEVERITY_RANK

MAX_CODES_LENGTH = 2_000


class ShownSignalsField(TextField):
    """Text such as `LOAD_JUMP.warning,RAMP_HIGH.info` as severities by code."""

    default_error_messages = {"unknown": "This is not a list of signals and severities."}

    def to_internal_value(self, data: str) -> dict[str, str]:  # type: ignore[override]
        pairs = [part.partition(".") for part in super().to_internal_value(data).split(",")]
        if any(code not in RULES_BY_CODE or severity not in SEVERITY_RANK for code, _, severity in pairs):
            self.fail("unknown")
        return {code: severity for code, _, severity in pairs}


class SignalCodesField(TextField):
    """Codes with commas between them, as a list."""

    default_error_messages = {"unknown": "No signal has this code."}

    def to_internal_value(self, data: str) -> list[str]:  # type: ignore[override]
        codes = super().to_internal_value(data).split(",")
        if any(code not in RULES_BY_CODE for code in codes):
            self.fail("unknown")
        return codes


class AcknowledgeAllPageRequest(NextUrlFields, AcknowledgeSignalRequest):
    shown = ShownSignalsField(
        max_length=MAX_CODES_LENGTH, help_text="The signals and severities that the coach saw."
    )


class UnacknowledgeAllPageRequest(NextUrlFields):
    codes = SignalCodesField(max_length=MAX_CODES_LENGTH, help_text="Whose acknowledgement to take back.")


class QueueActionPage(OneAthletePage):
    """Changes the acknowledgements. htmx gets the athlete's story; other browsers go back to the queue.

    Sending it twice changes nothing more.
    """

    template_name = "coaching/roster/queue_story.html"
    serializer_class: type[StrictSerializer]

    def post(self, request: HttpRequest, user_id: str) -> HttpResponse:
        values, now = self.serializer_class.parse(form_data(request)), timezone.now()
        next_url = safe_redirect_url(request, values.get("next", ""), reverse("roster-page"))
        warning = ""
        try:
            self.apply_change(values, now)
        except ApiError as refusal:
            warning = str(refusal.detail)
        if "HX-Request" in request.headers:
            return self._render_story(next_url, warning, now)
        if warning:
            messages.warning(request, warning)
        return redirect(next_url)

    def apply_change(self, values: Mapping[str, Any], now: datetime) -> None:
        """Raises ApiError for a refusal."""
        raise NotImplementedError

    def _render_story(self, next_url: str, warning: str, now: datetime) -> HttpResponse:
        summary = load_athlete_summary(self.person, self.athlete, now)
        self.permit.note_withheld(self.athlete.pk, summary.visibility)
        signals = list_story_signals(summary)
        if not signals:  # they cleared meanwhile
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        viewer = SignalsViewer(self.person.pk, self.page_user.units, self._load_action_rights())
        return self.page(
            story=build_queue_story(summary, signals, viewer, next_url),
            warning=warning,
            may_annotate=True,
            quiet_days=range(1, ACKNOWLEDGED_MAX_D + 1),
        )

    def _load_action_rights(self) -> ActionRights:
        """Two statements."""
        rights = (RECORD, SCHEDULE)
        record, schedule = (
            has_right(self.person, self.athlete, right, Category.GOALS_AND_PLANS) for right in rights
        )
        return ActionRights(record, schedule)


class AcknowledgeAllPage(QueueActionPage):
    serializer_class = AcknowledgeAllPageRequest

    def apply_change(self, values: Mapping[str, Any], now: datetime) -> None:
        organizations = coaching_organizations(self.person, self.permit.row.right, self.athlete)
        assessment = get_viewed_assessment(self.person, self.athlete, now)
        try:
            acknowledge_open_signals(
                self.athlete,
                organizations,
                self.author,
                assessment,
                now,
                values["days"],
                values["reason"],
                values["shown"],
            )
        except ApiError as refusal:
            if refusal.details["code"] != "NOT_SIGNALLED":
                raise  # otherwise it is a second click, or a colleague was faster


class UnacknowledgeAllPage(QueueActionPage):
    serializer_class = UnacknowledgeAllPageRequest

    def apply_change(self, values: Mapping[str, Any], now: datetime) -> None:
        organizations = coaching_organizations(self.person, self.permit.row.right, self.athlete)
        unacknowledge(self.athlete, organizations, now, values["codes"])
