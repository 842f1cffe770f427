"""The form that gives a plan: to whom, from a day on or backwards from a race."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Min
from django.http import QueryDict
from rest_framework import serializers

from astral.dates.local_time import format_date
from astral.http.fields import ChoiceField, DayField, IdField, QueryBooleanField, StrictSerializer, TextField
from astral.http.forms import InputField, SelectField, SerializerForm
from astral.ids import encode
from athletes.models import Group, Organization, User
from athletes.models.querysets import AthleteQuerySet
from coaching.models import Plan, Race

FROM_START, FROM_DAY = "start", "race-day"
MAX_ATHLETES, MAX_RACES = 500, 50  # in the lists


class GivePlanRequest(StrictSerializer):
    """`when`: start, race-day, or the day of a race."""

    plan_id = IdField(Plan.prefix, help_text="The plan.")
    to = TextField(max_length=40, help_text="A group, grp_…, or an athlete, usr_….")
    when = TextField(max_length=20, help_text="start, race-day or the date of a race.")
    day = DayField(required=False, help_text="The first day, or the day of the race.")
    confirmed = QueryBooleanField(default=False, help_text="1: give it; else show what it would mean.")
    others = ChoiceField(
        [(name, name) for name in ("keep", "end")],
        required=False,
        help_text="What becomes of other plans in these weeks: keep them, or end them on the day before.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["when"] not in (FROM_START, FROM_DAY):
            attrs["day"] = DayField().run_validation(attrs["when"])
        elif "day" not in attrs:
            raise serializers.ValidationError({"day": [serializers.ErrorDetail("Choose a day.", "required")]})
        return attrs


class GivePlanForm(SerializerForm):
    """It needs no one-time token: given twice from the same day, a plan is given once."""

    serializer_class = GivePlanRequest
    is_saved_once = False
    extra_fields = ("confirmed", "others")
    plan_id = SelectField("Plan", required=True)
    to = SelectField("To", required=True)
    when = SelectField("When", required=True)
    day = InputField("Day", hint="The first day, or the day of the race.", type="date")

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        return {name: value for name, value in fields.items() if value}


@dataclass(frozen=True, slots=True)
class GiveChoices:
    """What the lists of the form offer: values and texts."""

    plans: Sequence[tuple[str, str]]
    targets: Sequence[tuple[str, str]]
    races: Sequence[tuple[str, str]]


def load_give_choices(club: Organization, athletes: AthleteQuerySet, today: date) -> GiveChoices:
    """`athletes`: those of the club for whom the viewer may plan. Four statements."""
    plans = Plan.objects.filter(organization=club, archived_at=None).order_by("name", "pk")
    members = athletes.order_by("user__display_name", "user__username")
    names = members.values_list("pk", "user__display_name", "user__username")[:MAX_ATHLETES]
    groups = Group.objects.of(club).order_by("name", "pk").values_list("pk", "name")
    races = Race.objects.among(athletes).filter(date__gte=today, result_time_s=None).order_by()
    days = races.values("date").annotate(runners=Count("athlete", distinct=True), name=Min("name"))
    return GiveChoices(
        [
            (encode(Plan.prefix, pk), f"{name} ({total} week{'' if total == 1 else 's'})")
            for pk, name, total in plans.values_list("pk", "name", "total_weeks")
        ],
        [
            *((encode(Group.prefix, pk), f"Group {name}") for pk, name in groups),
            *((encode(User.prefix, pk), shown or username) for pk, shown, username in names),
        ],
        [_describe_race_day(**row) for row in days.order_by("date")[:MAX_RACES]],
    )


def _describe_race_day(date: date, name: str, runners: int) -> tuple[str, str]:
    who = "1 athlete" if runners == 1 else f"{runners} athletes"
    return date.isoformat(), f"Back from {name}, {format_date(date)} ({who})"


def build_give_form(data: QueryDict | None, initial: dict[str, str], choices: GiveChoices) -> GivePlanForm:
    form = GivePlanForm(data, initial=initial)
    form.set_choices("plan_id", choices.plans)
    form.set_choices("to", choices.targets)
    fixed = [(FROM_START, "From the day below"), (FROM_DAY, "Back from a race on the day below")]
    form.set_choices("when", [*fixed, *choices.races])
    return form
