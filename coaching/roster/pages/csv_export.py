"""The whole filtered roster as CSV, in the order of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from astral.http.tables.csv_text import encode_csv
from athletes.models import Organization
from athletes.organizations.pages.choices import load_roster_choices
from athletes.organizations.visible_memberships import VisibleMembership, load_visible_memberships
from athletes.rights import Viewer
from coaching.assessments.signal_messages import format_signal_message
from coaching.profile.recent_activities import ActivitySummary, load_last_activities
from coaching.profile.summary import AthleteSummary, load_athlete_summaries
from coaching.roster.pages.roster import RosterPageBase
from coaching.roster.pages.table import load_absence_texts
from coaching.roster.ranking import RankedRoster, rank_roster
from coaching.roster.week_distances import WeekDistance, load_week_distances
from coaching.science.priority import REASONS_SHOWN
from metrics.formatting import convert_distance, get_distance_unit

ATHLETES_PER_BATCH = 500  # athletes per batch
CSV_HEADER = (
    "Name", "Username", "E-mail", "Athlete id", "Groups", "Labels", "Level", "Coach",
    "Attention", "Priority (0-100)", "Reasons",
    "Last activity (date)", "Last activity",
    "Distance since Monday ({unit})", "Four-week average distance ({unit} per week)",
    "Load since Monday", "Four-week average load (per week)", "Fitness", "Fatigue", "Form",
    "HRV of 7 days (ms)", "HRV normal from (ms)", "HRV normal to (ms)", "Resting heart rate (bpm)",
    "Recovery (0-100)", "VO2max (mL/kg/min)",
    "Plan", "Plan week", "Plan weeks", "Compliance this week (%)",
    "Next race", "Next race (date)", "Next race priority", "Away", "Not shared",
)  # fmt: skip


class RosterCsvPage(RosterPageBase):
    """Takes the roster page's parameters, but ignores `page` and `page_size`: all pages are included."""

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        now = timezone.now()
        question, club, all_members = self.parse_roster_request()
        offered = load_roster_choices(club, all_members, self.person)
        self.check_group(question, offered)
        members = question.filters.filter_queryset(all_members)
        ranked = rank_roster(self.person, club, members, question.parameters["sort"], now)
        self.permit.note_shown(ranked.ids, ranked.visibilities)
        coaches = {coach.pk: coach.name for coach in offered.coaches}
        table = _build_rows(self.person, club, ranked, coaches, self.page_user.units, now)
        return StreamingHttpResponse(
            encode_csv(table),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{_build_filename(club, now)}"'},
        )


def _build_filename(club: Organization, now: datetime) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", club.name.lower()).strip("-")
    return f"roster-{name or 'club'}-{now:%Y-%m-%d}.csv"


def _build_rows(
    viewer: Viewer,
    club: Organization,
    ranked: RankedRoster,
    coaches: dict[UUID, str],
    units: str,
    now: datetime,
) -> Iterator[Sequence[Any]]:
    """The header, then one row for each athlete: five statements for each batch."""
    yield [name.format(unit=get_distance_unit(units)) for name in CSV_HEADER]
    for start in range(0, len(ranked.ids), ATHLETES_PER_BATCH):
        ids = ranked.ids[start : start + ATHLETES_PER_BATCH]
        found = load_athlete_summaries(
            ids, ranked.visibilities, ranked.reassessed, ranked.acknowledgements, now
        )
        summaries = [found[pk] for pk in ids if pk in found]
        memberships, last = load_visible_memberships(viewer, ids, club), load_last_activities(summaries)
        distances, absent = load_week_distances(summaries), load_absence_texts(summaries)
        for summary in summaries:
            pk = summary.person.user_id
            if pk in memberships:
                yield [
                    *_identity_cells(summary, memberships[pk][0], coaches),
                    *_attention_cells(summary, units),
                    *_last_activity_cells(summary, last.get(pk)),
                    *_training_cells(summary, distances.get(pk), units),
                    *_health_cells(summary),
                    *_plan_cells(summary),
                    *_race_cells(summary),
                    absent.get(pk),
                    ", ".join(summary.visibility.withheld),
                ]


def _identity_cells(
    summary: AthleteSummary, membership: VisibleMembership, coaches: dict[UUID, str]
) -> Sequence[Any]:
    person, coach = summary.person, membership.assigned_coach_id
    groups = ", ".join(group.name for group in membership.groups)
    labels = ", ".join(membership.labels or ())
    coach_name = coaches.get(coach) if coach else None
    return (
        person.name,
        person.username,
        person.email,
        person.public_id,
        groups,
        labels,
        membership.level,
        coach_name,
    )


def _attention_cells(summary: AthleteSummary, units: str) -> Sequence[Any]:
    visible = summary.visible_signals
    severe = [signal for signal in visible.signals if signal.severity in ("critical", "warning")]
    return (
        "urgent" if visible.urgent else "watch" if visible.watch else "",
        visible.priority,
        " ".join(format_signal_message(signal, units) for signal in severe[:REASONS_SHOWN]),
    )


def _last_activity_cells(summary: AthleteSummary, activity: ActivitySummary | None) -> Sequence[Any]:
    if activity is None:
        return (None, None)
    zone = ZoneInfo(summary.person.timezone)
    return activity.started_at.astimezone(zone).date(), activity.activity_type


def _training_cells(summary: AthleteSummary, distance: WeekDistance | None, units: str) -> Sequence[Any]:
    figures = summary.figures
    metres = (distance.this_week_m, distance.four_week_avg_m) if distance else (None, None)
    loads = (
        figures.current_week_load,
        figures.four_week_avg_load,
        figures.fitness,
        figures.fatigue,
        figures.form,
    )
    return [*(_round_value(convert_distance(value, units)) for value in metres), *map(_round_value, loads)]


def _health_cells(summary: AthleteSummary) -> Sequence[Any]:
    figures = summary.figures
    heart = (figures.hrv_avg_ms, figures.hrv_low_ms, figures.hrv_high_ms, figures.resting_hr_bpm)
    return [*map(_round_value, heart), figures.recovery_score, _round_value(figures.vo2max_ml_kg_min)]


def _plan_cells(summary: AthleteSummary) -> Sequence[Any]:
    """Of the active plan."""
    plan = next((plan for plan in summary.plans if plan.is_active), None)
    if plan is None:
        return (None, None, None, None)
    compliance = plan.week_progress.compliance if plan.week_progress else None
    return plan.name, plan.current_week, plan.total_weeks, compliance


def _race_cells(summary: AthleteSummary) -> Sequence[Any]:
    """Of the next race."""
    race = next(iter(summary.races), None)
    return (race.name, race.date, race.priority) if race else (None, None, None)


def _round_value(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
