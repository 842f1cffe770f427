"""Answers of the calendar's calls."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from astral.http.fields import IdField
from astral.ids import encode
from athletes.rights import Category
from coaching.calendar.day_rows import CalendarActivity
from coaching.calendar.matching import STATUSES, CalendarEntry
from coaching.calendar.reader import Calendar, CalendarDate, CalendarWeek
from coaching.models import Absence, CalendarSession, PlanInstance, Race
from coaching.plans.serializers import SPORT_NAMES
from coaching.plans.step_serializers import StructuredStepsField
from coaching.steps.reader import read_steps
from coaching.steps.writer import serialize_steps
from metrics.models import Activity
from metrics.science.pace import hms


class CalendarSessionSerializer(serializers.Serializer[Any]):
    session_id = IdField(CalendarSession.prefix, help_text="The session, ses_….")
    date = serializers.DateField(help_text="Its local date.")
    order = serializers.IntegerField(help_text="Its place among the sessions of the day.")
    sport = serializers.ChoiceField(SPORT_NAMES, help_text="Which sport, or rest.")
    title = serializers.CharField(help_text="The name; may be empty.")
    description = serializers.CharField(help_text="What to do, in words; may be empty.")
    target_distance = serializers.FloatField(allow_null=True, help_text="Planned metres.")
    target_duration = serializers.FloatField(allow_null=True, help_text="Planned seconds.")
    target_load = serializers.FloatField(
        allow_null=True, help_text="Planned load; if none is given, the expected one; null if unknown."
    )
    zone = serializers.IntegerField(allow_null=True, help_text="The pace zone of the whole session, 1–5.")
    steps = StructuredStepsField(help_text="The parts of the session.")
    is_key = serializers.BooleanField(help_text="Whether it is a key session of the week.")
    plan_instance_id = IdField(
        PlanInstance.prefix,
        allow_null=True,
        help_text="The plan that filled it in, pi_…; null: a single one.",
    )
    plan_name = serializers.CharField(allow_null=True, help_text="The name of that plan.")
    is_adjusted = serializers.BooleanField(help_text="Whether it was changed for this athlete.")
    status = serializers.ChoiceField(
        [(name, name) for name in STATUSES],
        help_text="planned, done, missed or skipped. An absence counts as a skip. Without activities that you"
        " may see it is planned or skipped.",
    )
    skip_reason = serializers.CharField(help_text="Why it was skipped; may be empty.")
    activity_id = IdField(
        Activity.prefix, allow_null=True, help_text="The activity that matches the session, act_…."
    )
    compliance = serializers.FloatField(
        allow_null=True,
        help_text="What was done, in per cent of the session as it stood on the evening before its day; null"
        " if it is not due or was not planned then.",
    )
    version = serializers.IntegerField(help_text="Grows with each change.")


class CalendarActivitySerializer(serializers.Serializer[Any]):
    activity_id = IdField(Activity.prefix, help_text="The activity, act_….")
    name = serializers.CharField(help_text="The name; may be empty.")
    activity_type = serializers.ChoiceField(Activity.Type.choices, help_text="Which sport.")
    is_race = serializers.BooleanField(help_text="Whether it was a race.")
    started_at = serializers.DateTimeField(help_text="When it started.")
    distance = serializers.FloatField(allow_null=True, help_text="Metres.")
    duration = serializers.FloatField(help_text="Seconds.")
    training_load = serializers.FloatField(allow_null=True, help_text="The training load.")


class CalendarRaceSerializer(serializers.Serializer[Any]):
    race_id = IdField(Race.prefix, help_text="The race, race_….")
    race_name = serializers.CharField(help_text="The name.")
    distance = serializers.FloatField(help_text="Metres.")
    priority = serializers.ChoiceField(Race.Priority.choices, help_text="A, B or C.")
    goal_time = serializers.CharField(allow_null=True, help_text="H:MM:SS aimed at.")
    goal_time_s = serializers.FloatField(allow_null=True, help_text="goal_time in seconds.")
    result_time = serializers.CharField(allow_null=True, help_text="H:MM:SS; null until it is entered.")
    result_time_s = serializers.FloatField(allow_null=True, help_text="result_time in seconds.")


class CalendarAbsenceSerializer(serializers.Serializer[Any]):
    absence_id = IdField(Absence.prefix, help_text="The absence, abs_….")
    kind = serializers.ChoiceField(Absence.Kind.choices, help_text="The reason of the absence.")
    from_date = serializers.DateField(help_text="The first local date, included.")
    to_date = serializers.DateField(allow_null=True, help_text="The last local date, included; null: open.")


class CalendarDateSerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="The local day.")
    sessions = CalendarSessionSerializer(many=True, help_text="What is planned, in order.")
    activities = CalendarActivitySerializer(many=True, help_text="What was done, by start.")
    races = CalendarRaceSerializer(many=True, help_text="Races on this day.")
    absence = CalendarAbsenceSerializer(allow_null=True, help_text="The absence that covers this day.")
    note = serializers.CharField(
        allow_null=True, help_text="What was said about illness and pain; null if nothing, or withheld."
    )


class CalendarWeekSerializer(serializers.Serializer[Any]):
    period_start = serializers.DateField(help_text="The Monday of the ISO week.")
    planned_distance = serializers.FloatField(help_text="Metres of the sessions that give some.")
    planned_duration = serializers.FloatField(help_text="Seconds of the sessions that give some.")
    planned_load = serializers.FloatField(help_text="Planned and expected load of the sessions.")
    done_distance = serializers.FloatField(
        allow_null=True, help_text="Metres of all activities; null if they are withheld."
    )
    done_duration = serializers.FloatField(
        allow_null=True, help_text="Seconds of all activities; null if they are withheld."
    )
    done_load = serializers.FloatField(
        allow_null=True, help_text="Load of all activities; null if they are withheld."
    )
    compliance = serializers.FloatField(
        allow_null=True, help_text="Per cent of the volume due that was done; null if nothing was due."
    )


class CalendarSerializer(serializers.Serializer[Any]):
    today = serializers.DateField(help_text="The athlete's local day.")
    days = CalendarDateSerializer(many=True, help_text="Every day of the range.")
    weeks = CalendarWeekSerializer(many=True, help_text="The whole ISO weeks that the range touches.")
    withheld = serializers.ListField(
        child=serializers.ChoiceField(Category.choices),
        help_text="The categories that the athlete does not share with you.",
    )


def serialize_calendar(calendar: Calendar, withheld: list[str]) -> dict[str, Any]:
    return {
        "today": calendar.today,
        "days": [_serialize_day(day) for day in calendar.days],
        "weeks": [_serialize_week(week) for week in calendar.weeks],
        "withheld": withheld,
    }


def _serialize_day(day: CalendarDate) -> dict[str, Any]:
    return {
        "date": day.day,
        "sessions": [serialize_entry(entry) for entry in day.entries],
        "activities": [_serialize_activity(activity) for activity in day.activities],
        "races": [_serialize_race(race) for race in day.races],
        "absence": _serialize_absence(day.absence),
        "note": day.note,
    }


def serialize_entry(entry: CalendarEntry) -> dict[str, Any]:
    row, session = entry.row, entry.row.planned
    instance = session.instance_id
    return {
        "session_id": encode(CalendarSession.prefix, UUID(session.id)),
        "date": entry.day,
        "order": row.position,
        "sport": session.sport,
        "title": row.title,
        "description": row.description,
        "target_distance": session.distance_m,
        "target_duration": session.duration_s,
        "target_load": entry.planned.load,
        "zone": session.zone,
        "steps": serialize_steps(read_steps(session.steps)),
        "is_key": session.is_key,
        "plan_instance_id": encode(PlanInstance.prefix, UUID(instance)) if instance else None,
        "plan_name": row.plan_name,
        "is_adjusted": row.is_adjusted,
        "status": entry.status,
        "skip_reason": row.skip_reason,
        "activity_id": encode(Activity.prefix, entry.activity_id) if entry.activity_id else None,
        "compliance": entry.compliance,
        "version": row.version,
    }


def _serialize_activity(activity: CalendarActivity) -> dict[str, Any]:
    return {
        "activity_id": encode(Activity.prefix, activity.activity_id),
        "name": activity.name,
        "activity_type": activity.sport,
        "is_race": activity.is_race,
        "started_at": activity.started_at,
        "distance": activity.distance_m,
        "duration": activity.duration_s,
        "training_load": activity.load,
    }


def _serialize_race(race: Race) -> dict[str, Any]:
    return {
        "race_id": race.public_id,
        "race_name": race.name,
        "distance": race.distance_m,
        "priority": race.priority,
        "goal_time": hms(race.goal_time_s),
        "goal_time_s": race.goal_time_s,
        "result_time": hms(race.result_time_s),
        "result_time_s": race.result_time_s,
    }


def _serialize_absence(absence: Absence | None) -> dict[str, Any] | None:
    if absence is None:
        return None
    return {
        "absence_id": absence.public_id,
        "kind": absence.kind,
        "from_date": absence.first_day,
        "to_date": absence.last_day,
    }


def _serialize_week(week: CalendarWeek) -> dict[str, Any]:
    done = week.done
    return {
        "period_start": week.monday,
        "planned_distance": week.planned.distance_m,
        "planned_duration": week.planned.duration_s,
        "planned_load": round(week.planned.load, 1),
        "done_distance": None if done is None else done.distance_m,
        "done_duration": None if done is None else done.duration_s,
        "done_load": None if done is None else round(done.load, 1),
        "compliance": None if week.compliance is None else round(week.compliance, 1),
    }
