"""Page to enter an activity that no watch recorded."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.timezone import now

from astral.http.pages import FormPage
from athletes.access.protected_page import OneAthletePage
from metrics.activities.changes import create_manual_activity
from metrics.activities.descriptions import list_hidden_fields
from metrics.activities.pages.activity_forms import NewEntryForm
from metrics.models import Activity

SAME_ENTRY_FIELDS = ("activity_type", "started_at", "duration_s", "distance_m")


class EnterActivityPage(OneAthletePage, FormPage):
    template_name = "metrics/activities/enter.html"

    def build_form(self, data: QueryDict | None = None) -> NewEntryForm:
        return NewEntryForm(
            data,
            units=self.page_user.units,
            zone=self.athlete.zone,
            hidden_fields=list_hidden_fields(self.person, self.athlete.pk),
            initial={"activity_type": Activity.Type.RUN.value, "start_date": self.today.isoformat()},
            context={"now": now()},
        )

    def save(self, values: dict[str, Any]) -> HttpResponse:
        """Store the entry once, also if the button was pressed twice."""
        same = {name: values[name] for name in SAME_ENTRY_FIELDS}
        activity = Activity.objects.filter(
            athlete=self.athlete, source=Activity.Source.MANUAL, **same
        ).first()
        if activity is None:
            activity = create_manual_activity(self.athlete, values)
            messages.success(self.request, "Stored. All numbers count it already.")
        else:
            messages.warning(self.request, "This was entered before. Nothing was stored twice.")
        return redirect("activity-page", activity.public_id)
