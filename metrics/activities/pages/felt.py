"""How an activity felt: a short form on top of one's own activity, after an upload, and on its own page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.timezone import now

from astral.http.forms import FaceField, InputField, RatingField, TextAreaField
from astral.http.pages import FormPage
from metrics.activities.changes import update_activity
from metrics.activities.descriptions import list_hidden_fields
from metrics.activities.pages.activity_forms import FEEL_WORDS, DescriptionForm, describe_words
from metrics.activities.pages.activity_target import ActivityPageBase
from metrics.models import Activity
from metrics.models.activities import MAX_NOTE_LENGTH
from metrics.pain import PAIN_WORDS

ASKED_FIELDS = ("feel", "perceived_effort", "pain_score", "pain_where", "athlete_note")


class FeltForm(DescriptionForm):
    """One tap for each question. Nothing is required."""

    feel = FaceField("How did it feel?", FEEL_WORDS)
    perceived_effort = RatingField("How hard was it?", range(1, 11), {1: "easy", 10: "all out"})
    pain_score = RatingField("Pain?", range(11), PAIN_WORDS)
    pain_where = InputField("Where does it hurt?", max_length=100, autocomplete="off")
    athlete_note = TextAreaField("Note", hint="Your coaches can read it.", max_length=MAX_NOTE_LENGTH, rows=2)

    def use_id_prefix(self, prefix: str) -> FeltForm:
        """Make the HTML ids unique on a page with other forms."""
        self.auto_id = f"field-{prefix}%s"
        return self


def build_felt_form(activity: Activity, data: QueryDict | None = None, **options: Any) -> FeltForm:
    initial = {name: text for name, text in describe_words(activity).items() if name in ASKED_FIELDS}
    return FeltForm(data, initial=initial, context={"now": now(), "activity": activity}, **options)


def is_felt_said(activity: Activity) -> bool:
    """Whether somebody has answered one of the questions."""
    return any(describe_words(activity)[name] for name in ASKED_FIELDS)


class ActivityFeltPage(ActivityPageBase, FormPage):
    template_name = "metrics/activities/felt.html"

    def build_form(self, data: QueryDict | None = None) -> FeltForm:
        hidden = list_hidden_fields(self.person, self.athlete.pk)
        return build_felt_form(self.activity, data, hidden_fields=hidden)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        update_activity(self.activity, values)
        messages.success(self.request, "Saved how it felt.")
        return redirect("activity-page", self.activity.public_id)
