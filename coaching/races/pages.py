"""An athlete's races: the list, and the pages to add, change and delete one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.dates.relative_dates import format_future_date
from astral.http.forms import SerializerForm
from astral.http.pages import ConfirmedActionPage, FormPage
from athletes.access.permissions import parse_id
from athletes.access.protected_page import OneAthletePage
from athletes.organizations.edit_rights import can_record
from athletes.rights import Category
from coaching.assessments.forecast_text import ForecastText, build_forecast_text
from coaching.athlete_records import create_record, delete_record, update_record
from coaching.models import Race
from coaching.races.forecasts import load_race_forecasts
from coaching.races.forms import RaceEditForm, RaceForm

MAX_SHOWN_RACES = 100  # races of the past, and of the future


class RacesPage(OneAthletePage, FormPage):
    """The races, and the form to add one."""

    template_name = "coaching/races/races.html"

    def build_form(self, data: QueryDict | None = None) -> RaceForm:
        return RaceForm(data, units=self.page_user.units, initial={"priority": Race.Priority.A})

    def save(self, values: dict[str, Any]) -> HttpResponse:
        race = create_record(Race(athlete=self.athlete, **values))
        messages.success(self.request, f"{race.name} added.")
        return redirect("races-page", self.athlete.public_id)

    def render_form(self, form: SerializerForm) -> HttpResponse:
        races, today = Race.objects.filter(athlete=self.athlete), self.today
        over = Q(date__lt=today) | Q(result_time_s__isnull=False)
        past = races.filter(over).order_by("-date", "-pk")
        return self.page(
            ahead=self._build_ahead(races.exclude(over).order_by("date", "pk")[:MAX_SHOWN_RACES]),
            past=[(race, format_future_date(race.date, today)) for race in past[:MAX_SHOWN_RACES]],
            shown=MAX_SHOWN_RACES,
            may_record=can_record(self.person, self.athlete, Category.GOALS_AND_PLANS),
            form=form,
        )

    def _build_ahead(self, races: Iterable[Race]) -> list[tuple[Race, str, ForecastText]]:
        found = list(races)
        for race in found:
            race.athlete = self.athlete  # loaded already, with the time zone
        forecasts = load_race_forecasts(self.person, found, timezone.now())
        return [
            (
                race,
                format_future_date(race.date, self.today),
                build_forecast_text(forecasts[race.pk], self.page_user.units),
            )
            for race in found
        ]


class RacePageBase(OneAthletePage):
    """Base of the pages of one race, and of its athlete."""

    race: Race

    def load_target(self) -> None:
        identifier = parse_id(Race.prefix, self.kwargs["race_id"], "race_id")
        self.race = self.permit.get_object(Race, identifier, "athlete__user")
        self.athlete = self.race.athlete

    def context(self) -> dict[str, Any]:
        return super().context() | {"race": self.race}


class RacePage(RacePageBase, FormPage):
    """Edit form of a race, with its result."""

    template_name = "coaching/races/race.html"

    def build_form(self, data: QueryDict | None = None) -> RaceEditForm:
        return RaceEditForm(data, race=self.race, units=self.page_user.units)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        race = self.race
        changes = {name: value for name, value in values.items() if value != getattr(race, name)}
        update_record(race, changes, refuse_if_changed=True)
        messages.success(self.request, f"{race.name} saved.")
        return redirect("races-page", self.athlete.public_id)


class RaceDeletePage(RacePageBase, ConfirmedActionPage):
    template_name = "coaching/races/delete.html"

    def apply_change(self, values: dict[str, Any]) -> str:
        delete_record(self.race)
        return f"{self.race.name} deleted."

    def build_return_url(self) -> str:
        return reverse("races-page", args=[self.athlete.public_id])
