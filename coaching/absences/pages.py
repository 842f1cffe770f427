"""An athlete's absences: all of them, and the pages that add one, end it today, change it and delete it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.errors import ApiError
from astral.http.forms import CHOOSE, EditForm, InputField, SelectField, SerializerForm, capitalize_labels
from astral.http.pages import ActionPage, ConfirmedActionPage, FormPage
from athletes.access.permissions import parse_id
from athletes.access.protected_page import OneAthletePage
from athletes.organizations.edit_rights import can_record
from athletes.rights import Category
from coaching.absences.enter import enter_absence
from coaching.absences.serializers import AbsenceCreate, AbsenceUpdate
from coaching.athlete_records import delete_record, update_record
from coaching.models import Absence

MAX_SHOWN_ABSENCES = 100


class AbsenceForm(SerializerForm):
    """A new absence."""

    serializer_class = AbsenceCreate
    kind = SelectField("Why", (CHOOSE, *capitalize_labels(Absence.Kind.choices)), required=True)
    from_date = InputField("First day", type="date", required=True)
    to_date = InputField("Last day", type="date", hint="Leave empty if you don’t know yet.")

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        """An empty last day means open."""
        return {**fields, "to_date": fields.get("to_date") or None}

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        if field == "kind":
            return field, "Choose why."
        if field == "to_date":
            return field, text.replace("to_date", "The last day").replace("from_date", "the first")
        return field, text


class AbsenceEditForm(EditForm, AbsenceForm):
    """A stored absence."""


class AbsencePageBase(OneAthletePage):
    def build_return_url(self) -> str:
        return reverse("absences-page", args=[self.athlete.public_id])


class AbsencesPage(AbsencePageBase, FormPage):
    """The absences, and the form to add one."""

    template_name = "coaching/absences/absences.html"

    def build_form(self, data: QueryDict | None = None) -> AbsenceForm:
        return AbsenceForm(data, initial={"from_date": self.today.isoformat()})

    def save(self, values: dict[str, Any]) -> HttpResponse:
        absence = Absence(athlete=self.athlete, **values)
        enter_absence(absence, self.person, self.permit.row.right, timezone.now())
        messages.success(self.request, "Absence added. Planned sessions in it do not count as missed.")
        return redirect(self.build_return_url())

    def render_form(self, form: SerializerForm) -> HttpResponse:
        athlete, today = self.athlete, self.today
        absences = Absence.objects.filter(athlete=athlete).order_by("-first_day", "-pk")[:MAX_SHOWN_ABSENCES]
        return self.page(
            absences=[(absence, _is_ongoing(absence, today)) for absence in absences],
            shown=MAX_SHOWN_ABSENCES,
            may_record=can_record(self.person, athlete, Category.GOALS_AND_PLANS),
            form=form,
        )


class OneAbsencePageBase(AbsencePageBase):
    """Base of the pages of one absence."""

    absence: Absence

    def load_target(self) -> None:
        super().load_target()
        identifier = parse_id(Absence.prefix, self.kwargs["absence_id"], "absence_id")
        absences = Absence.objects.filter(athlete=self.athlete, pk=identifier)
        self.absence = self.permit.get_or_forbidden(absences.first())

    def context(self) -> dict[str, Any]:
        return super().context() | {"absence": self.absence}


class AbsencePage(OneAbsencePageBase, FormPage):
    """Edit form of an absence."""

    template_name = "coaching/absences/absence.html"

    def build_form(self, data: QueryDict | None = None) -> AbsenceEditForm:
        initial = _describe_absence(self.absence)
        return AbsenceEditForm(data, initial=initial, context={"absence": self.absence})

    def save(self, values: dict[str, Any]) -> HttpResponse:
        changes = {name: value for name, value in values.items() if value != getattr(self.absence, name)}
        update_record(self.absence, changes, refuse_if_changed=True)
        messages.success(self.request, "Absence saved.")
        return redirect(self.build_return_url())


class AbsenceEndPage(OneAbsencePageBase, ActionPage):
    """Ends an absence today."""

    def apply_change(self, values: dict[str, Any]) -> str:
        if not _is_ongoing(self.absence, self.today):
            raise ApiError("NOT_ACTIVE", "This absence is not active today. Change its dates instead.")
        changes = AbsenceUpdate.parse({"to_date": self.today.isoformat()}, absence=self.absence)
        update_record(self.absence, changes)
        return "The absence ends today."


class AbsenceDeletePage(OneAbsencePageBase, ConfirmedActionPage):
    template_name = "coaching/absences/delete.html"

    def apply_change(self, values: dict[str, Any]) -> str:
        delete_record(self.absence)
        return "Absence deleted."


def _is_ongoing(absence: Absence, today: date) -> bool:
    """Whether the absence is active today and would end later."""
    return absence.first_day <= today and (absence.last_day is None or absence.last_day > today)


def _describe_absence(absence: Absence) -> dict[str, str]:
    """The fields of a stored absence."""
    last = absence.last_day.isoformat() if absence.last_day else ""
    return {"kind": absence.kind, "from_date": absence.first_day.isoformat(), "to_date": last}
