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

from astral.http.edit_conflicts import (
    EDIT_CONFLICT_MESSAGE,
    FORM_VERSION_FIELD,
    form_version,
    has_edit_conflict,
)
from astral.http.fields import StrictSerializer
from astral.http.pages import errors_by_field, form_data
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.models import Athlete, User
from athletes.organizations.edit_rights import can_record
from athletes.rights import Category
from coaching.absences.serializers import AbsenceCreate, AbsenceUpdate
from coaching.athlete_records import create_record, delete_record, update_record
from coaching.models import Absence

MAX_SHOWN_ABSENCES = 100


class AbsencePageBase(ProtectedPage):
    def athlete(self, user_id: str) -> Athlete:
        return self.permit.athlete(parse_id(User.prefix, user_id, "user_id"))

    def get_absence(self, athlete: Athlete, absence_id: str) -> Absence:
        identifier = parse_id(Absence.prefix, absence_id, "absence_id")
        return self.permit.get_or_forbidden(Absence.objects.filter(athlete=athlete, pk=identifier).first())

    def build_header_context(self, athlete: Athlete) -> dict[str, Any]:
        own = athlete.pk == self.person.pk
        return {
            "section": "own" if own else "roster",
            "own": own,
            "athlete": athlete,
            "name": str(athlete.user),
        }


class AbsencesPage(AbsencePageBase):
    template_name = "coaching/absences/absences.html"

    def get(self, request: HttpRequest, user_id: str) -> HttpResponse:
        return self._render_absences(self.athlete(user_id), {})

    def post(self, request: HttpRequest, user_id: str) -> HttpResponse:
        """Create one."""
        athlete, fields = self.athlete(user_id), _read_fields(request)
        try:
            absence = Absence(athlete=athlete, **AbsenceCreate.parse(_to_request_data(fields)))
        except ValidationError as error:
            return self._render_absences(athlete, fields, errors=_field_errors(error))
        create_record(absence)
        messages.success(request, "Absence added. Planned sessions in it do not count as missed.")
        return redirect("absences-page", user_id)

    def _render_absences(self, athlete: Athlete, fields: Mapping[str, Any], **context: Any) -> HttpResponse:
        today = athlete.local_date(timezone.now())
        absences = Absence.objects.filter(athlete=athlete).order_by("-first_day", "-pk")[:MAX_SHOWN_ABSENCES]
        return self.page(
            **self.build_header_context(athlete),
            absences=[(absence, _is_ongoing(absence, today)) for absence in absences],
            shown=MAX_SHOWN_ABSENCES,
            may_record=can_record(self.person, athlete, Category.GOALS_AND_PLANS),
            kinds=Absence.Kind.choices,
            fields={"from_date": today.isoformat()} | dict(fields),
            **context,
        )


class AbsencePage(AbsencePageBase):
    template_name = "coaching/absences/absence.html"

    def get(self, request: HttpRequest, user_id: str, absence_id: str) -> HttpResponse:
        athlete = self.athlete(user_id)
        absence = self.get_absence(athlete, absence_id)
        return self._render_absence(athlete, absence, _initial_fields(absence))

    def post(self, request: HttpRequest, user_id: str, absence_id: str) -> HttpResponse:
        athlete, fields = self.athlete(user_id), _read_fields(request)
        absence = self.get_absence(athlete, absence_id)
        if has_edit_conflict(fields.pop(FORM_VERSION_FIELD, ""), _initial_fields(absence)):
            return self._render_absence(
                athlete, absence, _initial_fields(absence), errors={"form": EDIT_CONFLICT_MESSAGE}
            )
        try:
            asked = AbsenceCreate.parse(_to_request_data(fields), absence=absence)
        except ValidationError as error:
            return self._render_absence(athlete, absence, fields, errors=_field_errors(error))
        update_record(
            absence, {name: value for name, value in asked.items() if value != getattr(absence, name)}
        )
        messages.success(request, "Absence saved.")
        return redirect("absences-page", user_id)

    def _render_absence(
        self, athlete: Athlete, absence: Absence, fields: Mapping[str, Any], **context: Any
    ) -> HttpResponse:
        kinds, as_seen = Absence.Kind.choices, form_version(_initial_fields(absence))
        return self.page(
            **self.build_header_context(athlete),
            absence=absence,
            kinds=kinds,
            fields=fields,
            as_seen=as_seen,
            **context,
        )


class AbsenceEndPage(AbsencePageBase):
    """Ends an absence today."""

    def post(self, request: HttpRequest, user_id: str, absence_id: str) -> HttpResponse:
        StrictSerializer.parse(form_data(request))
        athlete = self.athlete(user_id)
        absence = self.get_absence(athlete, absence_id)
        today = athlete.local_date(timezone.now())
        if _is_ongoing(absence, today):
            update_record(absence, AbsenceUpdate.parse({"to_date": today.isoformat()}, absence=absence))
            messages.success(request, "The absence ends today.")
        else:
            messages.warning(request, "This absence is not active today. Change its dates instead.")
        return redirect("absences-page", user_id)


class AbsenceDeletePage(AbsencePageBase):
    """Asks for confirmation."""

    template_name = "coaching/absences/delete.html"

    def get(self, request: HttpRequest, user_id: str, absence_id: str) -> HttpResponse:
        athlete = self.athlete(user_id)
        return self.page(**self.build_header_context(athlete), absence=self.get_absence(athlete, absence_id))

    def post(self, request: HttpRequest, user_id: str, absence_id: str) -> HttpResponse:
        delete_record(self.get_absence(self.athlete(user_id), absence_id))
        messages.success(request, "Absence deleted.")
        return redirect("absences-page", user_id)


def _is_ongoing(absence: Absence, today: date) -> bool:
    """Whether the absence is active today and would end later."""
    return absence.first_day <= today and (absence.last_day is None or absence.last_day > today)


def _read_fields(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in form_data(request).items()}


def _to_request_data(fields: Mapping[str, str]) -> dict[str, Any]:
    """The form's fields as the API expects them; an empty last day means open."""
    return {**fields, "to_date": fields.get("to_date") or None}


def _field_errors(error: ValidationError) -> dict[str, str]:
    """Errors by form field, with the form's field names."""
    told = dict(errors_by_field(error.detail))
    if "kind" in told:
        told["kind"] = "Choose why."
    if "to_date" in told:
        told["to_date"] = told["to_date"].replace("to_date", "The last day").replace("from_date", "the first")
    return told


def _initial_fields(absence: Absence) -> dict[str, str]:
    last = absence.last_day.isoformat() if absence.last_day else ""
    return {"kind": absence.kind, "from_date": absence.first_day.isoformat(), "to_date": last}
