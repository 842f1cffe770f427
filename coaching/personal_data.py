"""Coaching data in a person's download: goals, plans and assessments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from astral.exports.row_export import export_rows
from athletes.models import User
from athletes.personal_data.archive import PersonalDataSource, PersonalDataTable
from coaching.assessments.current import refresh_assessment_rows
from coaching.assessments.stored_facts import (
    FORMULA_VERSION,
    decode_personal_bests,
    decode_plans,
    decode_races,
)
from coaching.comments.personal_data import forget_written_comments, read_comments
from coaching.models import (
    Absence,
    Acknowledgement,
    Assessment,
    CalendarChange,
    CalendarFeed,
    CalendarSession,
    Comment,
    CommentRead,
    InsightWording,
    Plan,
    PlanInstance,
    PlanLink,
    PlanSession,
    Race,
    RosterView,
    SignalAction,
    SignalEpisode,
)
from coaching.profile.summary_serializers import serialize_plan_ahead, serialize_race_ahead
from coaching.restored_rows.calendar_sessions import CALENDAR_SESSION_RESTORER
from coaching.restored_rows.comments import COMMENT_RESTORER
from coaching.restored_rows.plan_links import PLAN_LINK_RESTORER
from coaching.restored_rows.plans import PLAN_INSTANCE_RESTORER
from coaching.restored_rows.races_and_absences import ABSENCE_RESTORER, RACE_RESTORER


def _find_plans(person: User) -> QuerySet[Plan]:
    """The plans that an athlete follows, and own ones that nobody follows any more."""
    followed = PlanInstance.objects.filter(athlete=person.pk).values("plan")
    return Plan.objects.filter(Q(pk__in=followed) | Q(athlete=person.pk))


def _find_assessment(person: User) -> QuerySet[Assessment]:
    return Assessment.objects.filter(athlete=person.pk)


def _read_assessment(person: User, now: datetime) -> Iterator[dict[str, Any]]:
    """The stored row, but races, plans and personal bests are written as in the API.

    A row of another formula is recomputed, because its JSON cannot be decoded.
    """
    for row in export_rows(_find_assessment(person)):
        if row["formula"] == FORMULA_VERSION:
            yield _format_assessment(row)
        elif recomputed := refresh_assessment_rows([person.pk], now).get(person.pk):
            values = {name: getattr(recomputed, name) for name in row if name != "athlete"}
            yield _format_assessment(row | values)


def _format_assessment(row: dict[str, Any]) -> dict[str, Any]:
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
            "races.json",
            "Races ahead and behind.",
            lambda person: Race.objects.filter(athlete=person.pk),
            restorer=RACE_RESTORER,
        ),
        PersonalDataTable(
            "absences.json",
            "Absences.",
            lambda person: Absence.objects.filter(athlete=person.pk),
            restorer=ABSENCE_RESTORER,
        ),
        PersonalDataTable(
            "plan_instances.json",
            "Plans in your calendar.",
            lambda person: PlanInstance.objects.filter(athlete=person.pk),
            ("assigned_by",),
            restorer=PLAN_INSTANCE_RESTORER,
        ),
        PersonalDataTable(
            "plans.json",
            "Those plans, which belong to their organizations or to you.",
            _find_plans,
            ("created_by",),
        ),
        PersonalDataTable(
            "plan_sessions.json",
            "Their sessions.",
            lambda person: PlanSession.objects.filter(plan__in=_find_plans(person)),
        ),
        PersonalDataTable(
            "calendar_sessions.json",
            "Sessions planned for you, by day.",
            lambda person: CalendarSession.objects.filter(athlete=person.pk),
            restorer=CALENDAR_SESSION_RESTORER,
        ),
        PersonalDataTable(
            "calendar_changes.json",
            "What was changed in your calendar, and why.",
            lambda person: CalendarChange.objects.filter(athlete=person.pk),
            ("author", "author_name", "decided_by"),
        ),
        PersonalDataTable(
            "calendar_feed.json",
            "When you made the secret address of your calendar, and when it was last read.",
            lambda person: CalendarFeed.objects.filter(athlete=person.pk),
            ("digest",),
        ),
        PersonalDataTable(
            "roster_views.json",
            "The views of rosters that you saved.",
            lambda person: RosterView.objects.filter(owner=person.pk),
        ),
        PersonalDataTable(
            "plan_links.json",
            "Links between sessions and activities.",
            lambda person: PlanLink.objects.filter(athlete=person.pk),
            restorer=PLAN_LINK_RESTORER,
        ),
        PersonalDataTable(
            "standing.json",
            "What coaches see about you today.",
            _find_assessment,
            read=_read_assessment,
        ),
        PersonalDataTable(
            "acknowledgements.json",
            "Signals about you that an organization's coaches have seen.",
            lambda person: Acknowledgement.objects.filter(athlete=person.pk),
            ("coach", "reason"),
        ),
        PersonalDataTable(
            "signal_actions.json",
            "What an organization's coaches did about your signals.",
            lambda person: SignalAction.objects.filter(athlete=person.pk),
            ("coach", "reason"),
        ),
        PersonalDataTable(
            "signal_episodes.json",
            "From when to when signals about you were active.",
            lambda person: SignalEpisode.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "comments.json",
            "Comments on your activities, days and sessions, by you and your coaches.",
            lambda person: Comment.objects.filter(athlete=person.pk),
            read=read_comments,
            restorer=COMMENT_RESTORER,
        ),
        PersonalDataTable(
            "comment_reads.json",
            "When you read comments.",
            lambda person: CommentRead.objects.filter(reader=person),
            ("comment",),
        ),
        PersonalDataTable(
            "made_comments.json",
            "Comments that you wrote to others, without the athletes' names.",
            lambda person: Comment.objects.filter(author=person).exclude(athlete=person.pk),
            ("athlete", "activity", "day", "session"),
        ),
        PersonalDataTable(
            "insight_wordings.json",
            "Sentences that a language model wrote about your numbers, where one is configured.",
            lambda person: InsightWording.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "made_plans.json",
            "Plans that you created for an organization.",
            lambda person: Plan.everything.filter(created_by=person),
        ),
        PersonalDataTable(
            "made_plan_instances.json",
            "When you assigned plans, without the athletes' names.",
            lambda person: PlanInstance.objects.filter(assigned_by=person),
            ("athlete",),
        ),
        PersonalDataTable(
            "made_calendar_changes.json",
            "When you changed calendars, without the athletes' names and sessions.",
            lambda person: CalendarChange.objects.filter(author=person),
            ("athlete", "decided_by", "rows", "request", "reason"),
        ),
        PersonalDataTable(
            "made_acknowledgements.json",
            "Signals that you acknowledged as a coach, without the athletes' names.",
            lambda person: Acknowledgement.objects.filter(coach=person),
            ("athlete",),
        ),
        PersonalDataTable(
            "made_signal_actions.json",
            "What you did about signals as a coach, without the athletes' names.",
            lambda person: SignalAction.objects.filter(coach=person),
            ("athlete",),
        ),
    ),
    forget=forget_written_comments,
)
