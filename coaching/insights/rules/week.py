"""The week: distance run, load against the four-week average, and planned sessions."""

from __future__ import annotations

from coaching.insights.cited_numbers import CitedNumbers
from coaching.insights.insight import Insight, InsightInputs, Units, WeekSessions, WeekTraining

WINDOW_D, AVERAGE_WEEKS = 7, 4


def build_week_insight(inputs: InsightInputs) -> Insight | None:
    """None if nothing was run for four weeks and nothing is planned."""
    week, sessions = inputs.week, inputs.sessions
    planned = sessions is not None and sessions.planned > 0
    if week is None or not (week.distance_m or week.load or week.average_load or planned):
        return None
    return _write_insight(week, sessions if planned else None, inputs.units)


def _write_insight(week: WeekTraining, sessions: WeekSessions | None, units: Units) -> Insight:
    cited = CitedNumbers(units)
    sentences = [_describe_running(week, cited), _describe_load(week, cited)]
    sentences += [_describe_sessions(sessions, cited)] if sessions else []
    return Insight("week_summary", "The week", " ".join(sentences), cited.evidence)


def _describe_running(week: WeekTraining, cited: CitedNumbers) -> str:
    days = f"the last {cited.number('window_days', WINDOW_D)} days"
    if not week.distance_m:
        return f"There was no running in {days}."
    at = f" at {cited.pace('pace', week.pace_s_per_km)}" if week.pace_s_per_km else ""
    return f"The runs of {days} add up to {cited.distance('distance', week.distance_m)}{at}."


def _describe_load(week: WeekTraining, cited: CitedNumbers) -> str:
    so_far = f"This week's load so far is {cited.number('week_load', week.load)}"
    if week.average_load is None:
        return f"{so_far}."
    average = cited.number("average_week_load", week.average_load)
    weeks = cited.number("average_weeks", AVERAGE_WEEKS)
    more = "already above" if week.load > week.average_load else "against"
    return f"{so_far}, {more} an average of {average} over the last {weeks} weeks."


def _describe_sessions(sessions: WeekSessions, cited: CitedNumbers) -> str:
    planned = cited.number_with_noun("sessions_planned", sessions.planned, "planned session")
    if not sessions.completed:
        cited.number("sessions_completed", 0)
        return (
            f"None of the {planned} is done yet."
            if sessions.planned > 1
            else f"The {planned} is not done yet."
        )
    done = cited.number("sessions_completed", sessions.completed)
    if sessions.completed == sessions.planned:
        return f"All {planned} are done." if sessions.planned > 1 else f"The {planned} is done."
    return f"{done} of {planned} {'is' if sessions.completed == 1 else 'are'} done."
