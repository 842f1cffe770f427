"""An athlete's absences: all of them, and the forms that enter one, end it today, change it and delete it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from astral.http.edit_conflicts import CHANGED, FIELD, is_stale, mark
from astral.http.fields import StrictSerializer
from astral.http.pages import errors_by_field, form_data
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.models import Athlete, User
from athletes.organizations.edit_rights import may_record
from athletes.rights import Category
from coaching.absences.serializers import AbsenceCreate, AbsenceUpdate
from coaching.athlete_records import create_record, delete_record, update_record
from coaching.models import Absence

SHOWN = 100


class AbsentAthletePage(ProtectedPage):
    def athlete(self, user_id: str) -> Athlete:
        return self.permit.athlete(parse_id(User.prefix, user_id, "user_id"))

    def absence(self, athlete: Athlete, absence_id: str) -> Absence:
        identifier = parse_id(Absence.prefix, absence_id, "absence_id")
        return self.permit.get_or_forbidden(Absence.objects.filter(athlete=athlete, pk=identifier).first())

    def about(self, athlete: Athlete) -> dict[str, Any]:
        own = athlete.pk == self.person.pk
        return {
            "section": "own" if own else "roster",
            "own": own,
            "athlete": athlete,
            "name": str(athlete.user),
        }


class AbsencesPage(AbsentAthletePage):
    template_name = "coaching/absences/absences.html"

    def get(self, request: HttpRequest, user_id: str) -> HttpResponse:
        return self._shown(self.athlete(user_id), {})

    def post(self, request: HttpRequest, user_id: str) -> HttpResponse:
        """Create one."""
        athlete, fields = self.athlete(user_id), _typed(request)
        try:
            absence = Absence(athlete=athlete, **AbsenceCreate.parse(_question(fields)))
        except ValidationError as error:
            return self._shown(athlete, fields, errors=_faults(error))
        create_record(absence)
        messages.success(request, "Absence added. Planned sessions in it do not count as missed.")
        return redirect("absences-page", user_id)

    def _shown(self, athlete: Athlete, fields: Mapping[str, Any], **context: Any) -> HttpResponse:
        today = athlete.local_date(timezone.now())
        absences = Absence.objects.filter(athlete=athlete).order_by("-first_day", "-pk")[:SHOWN]
        return self.page(
            **self.about(athlete),
            absences=[(absence, _is_on(absence, today)) for absence in absences],
            shown=SHOWN,
            may_record=may_record(self.person, athlete, Category.GOALS_AND_PLANS),
            kinds=Absence.Kind.choices,
            fields={"from_date": today.isoformat()} | dict(fields),
            **context,
        )


class AbsencePage(AbsentAthletePage):
    template_name = "coaching/absences/absence.html"

    def get(self, request: HttpRequest, user_id: str, absence_id: str) -> HttpResponse:
        athlete = self.athlete(user_id)
        absence = self.absence(athlete, absence_id)
        return self._shown(athlete, absence, _said(absence))

    def post(self, request: HttpRequest, user_id: str, absence_id: str) -> HttpResponse:
        athlete, fields = self.athlete(user_id), _typed(request)
        absence = self.absence(athlete, absence_id)
        if is_stale(fields.pop(FIELD, ""), _said(absence)):
            return self._shown(athlete, absence, _said(absence), errors={"form": CHANGED})
        try:
            asked = AbsenceCreate.parse(_question(fields), absence=absence)
        except ValidationError as error:
            return self._shown(athlete, absence, fields, errors=_faults(error))
        update_record(
            absence, {name: value for name, value in asked.items() if value != getattr(absence, name)}
        )
        messages.success(request, "Absence saved.")
        return redirect("absences-page", user_id)

    def _shown(
        self, athlete: Athlete, absence: Absence, fields: Mapping[str, Any], **context: Any
    ) -> HttpResponse:
        kinds, as_seen = Absence.Kind.choices, mark(_said(absence))
        return self.page(
            **self.about(athlete), absence=absence, kinds=kinds, fields=fields, as_seen=as_seen, **context
        )


class AbsenceEndPage(AbsentAthletePage):
    """Ends an absence today."""

    def post(self, request: HttpRequest, user_id: str, absence_id: str) -> HttpResponse:
        StrictSerializer.parse(form_data(request))
        athlete = self.athlete(user_id)
        absence = self.absence(athlete, absence_id)
        today = athlete.local_date(timezone.now())
        if _is_on(absence, today):
            update_record(absence, AbsenceUpdate.parse({"to_date": today.isoformat()}, absence=absence))
            messages.success(request, "The absence ends today.")
        else:
            messages.warning(request, "This absence is not active today. Change its dates instead.")
        return redirect("absences-page", user_id)


class AbsenceDeletePage(AbsentAthletePage):
    """Asks for confirmation."""

    template_name = "coaching/absences/delete.html"

    def get(self, request: HttpRequest, user_id: str, absence_id: str) -> HttpResponse:
        athlete = self.athlete(user_id)
        return self.page(**self.about(athlete), absence=self.absence(athlete, absence_id))

    def post(self, request: HttpRequest, user_id: str, absence_id: str) -> HttpResponse:
        delete_record(self.absence(self.athlete(user_id), absence_id))
        messages.success(request, "Absence deleted.")
        return redirect("absences-page", user_id)


def _is_on(absence: Absence, today: date) -> bool:
    """Whether the absence is active today and would end later."""
    return absence.first_day <= today and (absence.last_day is None or absence.last_day > today)


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in form_data(request).items()}


def _question(fields: Mapping[str, str]) -> dict[str, Any]:
    """The form's fields as the API expects them; an empty last day means open."""
    return {**fields, "to_date": fields.get("to_date") or None}


def _faults(error: ValidationError) -> dict[str, str]:
    """Errors by form field, with the form's field names."""
    told = dict(errors_by_field(error.detail))
    if "kind" in told:
        told["kind"] = "Choose why."
    if "to_date" in told:
        told["to_date"] = told["to_date"].replace("to_date", "The last day").replace("from_date", "the first")
    return told


def _said(absence: Absence) -> dict[str, str]:
    last = absence.last_day.isoformat() if absence.last_day else ""
    return {"kind": absence.kind, "from_date": absence.first_day.isoformat(), "to_date": last}
