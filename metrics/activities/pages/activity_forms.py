"""Forms of an activity: what people say of it and, without a recording, its numbers.

Numbers are typed in the viewer's units. The start is in the athlete's local time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any, ClassVar

from django.http import QueryDict

from astral.http.fields import StrictSerializer
from astral.http.forms import (
    CheckboxField,
    InputField,
    RatingField,
    SelectField,
    SerializerForm,
    TextAreaField,
    capitalize_labels,
)
from metrics.activities.serializers import ActivityCreate, ActivityUpdate
from metrics.formatting import convert_climb, convert_distance, get_climb_unit, get_distance_unit
from metrics.models import Activity
from metrics.models.activities import MAX_NOTE_LENGTH
from metrics.unit_input import parse_climb, parse_distance, parse_number, parse_time_parts

TREADMILL = "treadmill"
SPORT_CHOICES = (
    (Activity.Type.RUN.value, "Run"),
    (TREADMILL, "Run on a treadmill"),
    *capitalize_labels(Activity.Type.choices)[1:],
)
FEEL_WORDS = {1: "very weak", 2: "weak", 3: "normal", 4: "strong", 5: "very strong"}
PAIN_CHOICES = (
    ("", "Not said"),
    ("0", "0 – none"),
    *((str(score), str(score)) for score in range(1, 10)),
    ("10", "10 – worst"),
)
TIME_PARTS = ("hours", "minutes", "seconds")
# The fields of the form that make each field of the API.
FORM_FIELDS = {
    "started_at": ("start_date", "start_time"),
    "duration": TIME_PARTS,
    "distance": ("distance",),
    "elevation_gain": ("climb",),
    "avg_heart_rate": ("heart_rate",),
    "activity_type": ("activity_type",),
    "perceived_effort": ("perceived_effort",),
    "feel": ("feel",),
    "pain": ("pain_score", "pain_where"),
    "athlete_note": ("athlete_note",),
    "private_note": ("private_note",),
    "name": ("name",),
    "gear": ("gear",),
    "is_race": ("is_race",),
    "is_commute": ("is_commute",),
}


class DescriptionForm(SerializerForm):
    """Base of the forms about what people say of an activity. Only what changed is sent on.

    `hidden_fields`: the fields that this viewer may not read are left out.
    """

    is_saved_once = False  # it creates nothing
    serializer_class: ClassVar[type[StrictSerializer]] = ActivityUpdate
    sends_all: ClassVar[bool] = False

    def __init__(
        self, data: QueryDict | None = None, *, hidden_fields: tuple[str, ...] = (), **options: Any
    ) -> None:
        super().__init__(data, **options)
        for name in set(hidden_fields) & self.fields.keys():
            del self.fields[name]

    def to_request_data(self, fields: dict[str, str]) -> dict[str, Any]:
        said = {name: fields.get(name, "").replace("\r\n", "\n").strip() for name in self.fields}
        changed = {
            name
            for name, parts in FORM_FIELDS.items()
            if any(part in self.fields and said[part] != self.initial.get(part, "") for part in parts)
        }
        wanted = FORM_FIELDS.keys() if self.sends_all else changed
        request_data: dict[str, Any] = {}
        for name in wanted:
            if FORM_FIELDS[name][0] in self.fields:
                request_data |= self._build_values(name, said)
        return request_data

    def _build_values(self, name: str, said: Mapping[str, str]) -> dict[str, Any]:
        text = said[FORM_FIELDS[name][0]]
        if name == "activity_type":
            return self._build_sport(text)
        if name in ("is_race", "is_commute"):
            return {name: text == "on"}
        if name in ("perceived_effort", "feel"):
            return {name: text or None}
        if name == "pain":
            return {
                name: {"score": text, "where": said["pain_where"]} if text or said["pain_where"] else None
            }
        return {name: text}

    def _build_sport(self, text: str) -> dict[str, Any]:
        if text == TREADMILL:
            return {"activity_type": Activity.Type.RUN.value, "sub_type": TREADMILL}
        was_treadmill = self.initial.get("activity_type") == TREADMILL
        return {"activity_type": text} | ({"sub_type": ""} if was_treadmill else {})

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        if field.startswith("pain."):
            words = "Choose a number, or leave both empty." if field == "pain.score" else text
            return field.replace(".", "_"), words
        return FORM_FIELDS.get(field, (field,))[0], text


class ActivityForm(DescriptionForm):
    """All that people say of a stored activity."""

    name = InputField("Name", max_length=200, autocomplete="off")
    activity_type = SelectField("Sport", SPORT_CHOICES)
    perceived_effort = RatingField("Effort", range(1, 11), {}, hint="1 very easy, 5 hard, 10 everything.")
    feel = RatingField("How did it feel?", range(1, 6), FEEL_WORDS)
    athlete_note = TextAreaField("Note", hint="Your coaches can read it.", max_length=MAX_NOTE_LENGTH, rows=3)
    pain_score = SelectField("Pain", PAIN_CHOICES)
    pain_where = InputField("Where does it hurt?", max_length=100, autocomplete="off")
    gear = InputField("Shoes or other gear", max_length=100, autocomplete="off")
    private_note = TextAreaField(
        "Private note", hint="Only you can read it.", max_length=MAX_NOTE_LENGTH, rows=3
    )
    is_race = CheckboxField("It was a race")
    is_commute = CheckboxField("It was a commute")

    def __init__(self, data: QueryDict | None = None, *, units: str, zone: tzinfo, **options: Any) -> None:
        super().__init__(data, **options)
        self.units, self.zone = units, zone


class EntryForm(ActivityForm):
    """An activity without a recording: its numbers too."""

    start_date = InputField("Day", type="date", required=True)
    start_time = InputField("Start", type="time", hint="Leave it empty if you don’t remember.")
    hours = InputField("Hours", max_length=3, inputmode="numeric", autocomplete="off")
    minutes = InputField("Minutes", max_length=4, inputmode="numeric", autocomplete="off")
    seconds = InputField("Seconds", max_length=4, inputmode="numeric", autocomplete="off")
    distance = InputField(max_length=10, inputmode="decimal", autocomplete="off")
    climb = InputField(max_length=8, inputmode="decimal", autocomplete="off")
    heart_rate = InputField("Average heart rate, bpm", max_length=5, inputmode="decimal", autocomplete="off")

    def __init__(self, data: QueryDict | None = None, *, units: str, **options: Any) -> None:
        super().__init__(data, units=units, **options)
        self.fields["distance"].label = f"Distance, {get_distance_unit(units)}"
        self.fields["climb"].label = f"Climb, {get_climb_unit(units)}"

    def _build_values(self, name: str, said: Mapping[str, str]) -> dict[str, Any]:
        text = said[FORM_FIELDS[name][0]]
        if name == "duration":
            parts = [said[part] for part in TIME_PARTS]
            return {name: parse_time_parts(*parts)} if any(parts) else {}
        if name == "started_at":
            return {name: self._build_start(text, said["start_time"])}
        if name == "distance":
            return {name: parse_distance(text, self.units) if text else None}
        if name == "elevation_gain":
            return {name: parse_climb(text, self.units) if text else None}
        if name == "avg_heart_rate":
            return {name: parse_number(text) if text else None}
        return super()._build_values(name, said)

    def _build_start(self, day: str, clock: str) -> str:
        """The instant as the API takes it. Without a time: noon, or now if noon is still to come."""
        try:
            local = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock or "12:00"))
        except ValueError:
            return f"{day}T{clock}"
        start, now = local.replace(tzinfo=self.zone), self.context["now"].astimezone(self.zone)
        if not clock and start.date() == now.date():
            start = min(start, now.replace(second=0, microsecond=0))
        return start.isoformat()

    def explain_error(self, field: str, text: str) -> tuple[str, str]:
        return {
            "started_at": ("start_date", "Choose a day and a time that have passed."),
            "duration": ("hours", "How long did it take? Use whole numbers, up to ten days."),
            "distance": ("distance", f"Use a number in {get_distance_unit(self.units)}, such as 8.5."),
            "elevation_gain": ("climb", f"Use a number in {get_climb_unit(self.units)}, such as 120."),
            "avg_heart_rate": ("heart_rate", "Use a number from 30 to 230, such as 145."),
        }.get(field) or super().explain_error(field, text)


class NewEntryForm(EntryForm):
    is_saved_once = True
    serializer_class = ActivityCreate
    sends_all = True


def describe_activity(activity: Activity, units: str, zone: tzinfo) -> dict[str, str]:
    """A stored activity as the texts of its form."""
    is_treadmill = activity.activity_type == Activity.Type.RUN and activity.sub_type == TREADMILL
    start = activity.started_at.astimezone(zone)
    minutes, seconds = divmod(round(activity.duration_s), 60)
    recorded = activity.recorded
    return {
        "name": activity.name,
        "activity_type": TREADMILL if is_treadmill else activity.activity_type,
        **describe_words(activity),
        "private_note": activity.private_note,
        "gear": activity.gear,
        "is_race": "on" if activity.is_race else "",
        "is_commute": "on" if activity.is_commute else "",
        "start_date": start.date().isoformat(),
        "start_time": start.strftime("%H:%M"),
        "hours": str(minutes // 60),
        "minutes": str(minutes % 60),
        "seconds": str(seconds),
        "distance": _format_number(convert_distance(recorded.get("distance_m"), units)),
        "climb": _format_number(convert_climb(recorded.get("elevation_gain_m"), units)),
        "heart_rate": _format_number(recorded.get("avg_hr_bpm")),
    }


def describe_words(activity: Activity) -> dict[str, str]:
    """How it felt, as the texts of a form."""
    return {
        "perceived_effort": _format_number(activity.perceived_effort),
        "feel": _format_number(activity.feel),
        "athlete_note": activity.athlete_note,
        "pain_score": _format_number(activity.pain_score),
        "pain_where": activity.pain_where,
    }


@dataclass(frozen=True, slots=True)
class SaidFacts:
    """What people said of an activity, as texts for one viewer. Empty: nothing."""

    facts: tuple[tuple[str, str], ...]
    athlete_note: str
    private_note: str


def build_said_facts(activity: Activity, hidden_fields: Sequence[str]) -> SaidFacts:
    where = f", {activity.pain_where}" if activity.pain_where else ""
    pain = None if "pain_score" in hidden_fields else activity.pain_score
    facts = (
        ("Felt", FEEL_WORDS.get(activity.feel or 0, "")),
        ("Pain", "" if pain is None else f"{pain} of 10{where}"),
        ("Gear", activity.gear),
        ("Commute", "yes" if activity.is_commute else ""),
    )
    return SaidFacts(
        tuple((name, text) for name, text in facts if text),
        activity.athlete_note,
        "" if "private_note" in hidden_fields else activity.private_note,
    )


def _format_number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 2):g}"
