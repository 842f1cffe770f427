"""Coaching data in a person's download: goals, plans and assessments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from athletes.models import User
from athletes.personal_data.archive import PersonalDataSource, PersonalDataTable
from coaching.assessments.current import refresh_assessment_rows
from coaching.assessments.stored_facts import (
    FORMULA_VERSION,
    decode_personal_bests,
    decode_plans,
    decode_races,
)
from coaching.models import (
    Absence,
    Acknowledgement,
    Assessment,
    InsightWording,
    Plan,
    PlanInstance,
    PlanLink,
    PlanSession,
    Race,
)
from coaching.profile.summary_serializers import serialize_plan_ahead, serialize_race_ahead


def _followed_plans(person: User) -> Any:
    return PlanInstance.objects.filter(athlete=person.pk).values("plan")


def _refresh_assessment(person: User, now: datetime) -> None:
    """Recompute an assessment of an older formula, because its JSON cannot be decoded."""
    if Assessment.objects.filter(athlete=person.pk).exclude(formula=FORMULA_VERSION).exists():
        refresh_assessment_rows([person.pk], now)


def _present_assessment(row: dict[str, Any]) -> dict[str, Any]:
    """The row with signals, races, plans and personal bests as in the API."""
    today: date = row["local_date"]
    bests = decode_personal_bests(row["personal_bests"])
    return row | {
        "races": [serialize_race_ahead(race, today) for race in decode_races(row["races"])],
        "plans": [serialize_plan_ahead(plan) for plan in decode_plans(row["plans"])],
        "personal_bests": [(best.day, best.distance, best.time_s) for best in bests],
    }


OWN_DATA = PersonalDataSource(
    tables=(
        PersonalDataTable(
            "races.json", "Races ahead and behind.", lambda person: Race.objects.filter(athlete=person.pk)
        ),
        PersonalDataTable(
            "absences.json", "Absences.", lambda person: Absence.objects.filter(athlete=person.pk)
        ),
        PersonalDataTable(
            "plan_instances.json",
            "Plans in your calendar.",
            lambda person: PlanInstance.objects.filter(athlete=person.pk),
            ("assigned_by",),
        ),
        PersonalDataTable(
            "plans.json",
            "Those plans, which belong to their organizations.",
            lambda person: Plan.objects.filter(pk__in=_followed_plans(person)),
            ("created_by",),
        ),
        PersonalDataTable(
            "plan_sessions.json",
            "Their sessions.",
            lambda person: PlanSession.objects.filter(plan__in=_followed_plans(person)),
        ),
        PersonalDataTable(
            "plan_links.json",
            "Links between sessions and activities.",
            lambda person: PlanLink.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "standing.json",
            "What coaches see about you today.",
            lambda person: Assessment.objects.filter(athlete=person.pk),
            refresh=_refresh_assessment,
            present=_present_assessment,
        ),
        PersonalDataTable(
            "acknowledgements.json",
            "Signals about you that an organization's coaches have seen.",
            lambda person: Acknowledgement.objects.filter(athlete=person.pk),
            ("coach",),
        ),
        PersonalDataTable(
            "insight_wordings.json",
            "Sentences that a language model wrote about your numbers, where one is configured.",
            lambda person: InsightWording.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "made_plans.json",
            "Plans that you created for an organization.",
            lambda person: Plan.objects.filter(created_by=person),
        ),
        PersonalDataTable(
            "made_plan_instances.json",
            "When you assigned plans, without the athletes' names.",
            lambda person: PlanInstance.objects.filter(assigned_by=person),
            ("athlete",),
        ),
        PersonalDataTable(
            "made_acknowledgements.json",
            "Signals that you acknowledged as a coach, without the athletes' names.",
            lambda person: Acknowledgement.objects.filter(coach=person),
            ("athlete",),
        ),
    ),
)
