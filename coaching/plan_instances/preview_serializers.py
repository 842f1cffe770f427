"""Serializers of what giving a plan would mean."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from astral.http.fields import IdField
from athletes.models import User
from coaching.models import Absence, Plan, PlanInstance, Race
from coaching.plan_instances.preview import AssignmentPreview, AthleteWeeksAhead


class OverlappingPlanSerializer(serializers.Serializer[Any]):
    plan_instance_id = IdField(PlanInstance.prefix, help_text="The plan in this calendar, pi_….")
    name = serializers.CharField(help_text="The plan's name.")
    start_date = serializers.DateField(help_text="Its first day.")
    end_date = serializers.DateField(help_text="Its last day.")


class AbsenceAheadSerializer(serializers.Serializer[Any]):
    absence_id = IdField(Absence.prefix, help_text="The absence, abs_….")
    kind = serializers.ChoiceField(Absence.Kind.choices, help_text="The reason of the absence.")
    from_date = serializers.DateField(help_text="The first local date, included.")
    to_date = serializers.DateField(allow_null=True, help_text="The last local date, included; null: open.")


class RaceInWeeksSerializer(serializers.Serializer[Any]):
    race_id = IdField(Race.prefix, help_text="The race, race_….")
    race_name = serializers.CharField(help_text="Its name.")
    race_date = serializers.DateField(help_text="Its local date.")
    priority = serializers.ChoiceField(Race.Priority.choices, help_text="A, B or C.")


class AthletePreviewSerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="The athlete, usr_….")
    display_name = serializers.CharField(help_text="The name as shown; may be empty.")
    has_plan = serializers.BooleanField(help_text="Whether the athlete has this plan from this day already.")
    overlaps = OverlappingPlanSerializer(many=True, help_text="Other plans in these weeks.")
    absences = AbsenceAheadSerializer(many=True, help_text="Absences in these weeks.")
    races = RaceInWeeksSerializer(many=True, help_text="Races in these weeks.")


class PlanPreviewSerializer(serializers.Serializer[Any]):
    plan_id = IdField(Plan.prefix, help_text="The plan, plan_….")
    start_date = serializers.DateField(help_text="The first day.")
    end_date = serializers.DateField(help_text="The last day.")
    athletes = AthletePreviewSerializer(many=True, help_text="Who would have the plan, by name.")


def serialize_preview(preview: AssignmentPreview) -> dict[str, Any]:
    return {
        "plan_id": preview.plan.public_id,
        "start_date": preview.start_date,
        "end_date": preview.end_date,
        "athletes": [_serialize_athlete(row) for row in preview.athletes],
    }


def _serialize_athlete(row: AthleteWeeksAhead) -> dict[str, Any]:
    return {
        "user_id": row.athlete.public_id,
        "display_name": row.athlete.user.display_name,
        "has_plan": row.has_plan,
        "overlaps": [
            {
                "plan_instance_id": instance.public_id,
                "name": instance.plan.name,
                "start_date": instance.start_date,
                "end_date": instance.last_day,
            }
            for instance in row.overlaps
        ],
        "absences": [
            {
                "absence_id": absence.public_id,
                "kind": absence.kind,
                "from_date": absence.first_day,
                "to_date": absence.last_day,
            }
            for absence in row.absences
        ],
        "races": [
            {
                "race_id": race.public_id,
                "race_name": race.name,
                "race_date": race.date,
                "priority": race.priority,
            }
            for race in row.races
        ],
    }
