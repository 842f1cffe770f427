"""Race signals: form on race morning, the taper, the longest run. Past races give no signals."""

from __future__ import annotations

from collections.abc import Sequence

from coaching.attention import thresholds as limits
from coaching.attention.day import Day, is_above, is_at_least, is_below
from coaching.attention.distance_messages import describe_underprepared_race, format_days_to
from coaching.attention.inputs import RaceGoal
from coaching.attention.signal import Finding, Report, SignalEvidence, Skip, Verdict, signal_rule
from metrics.science.load_series import project


@signal_rule(
    "RACE_FORM_LOW",
    "race",
    description="With the planned loads, form on the morning of an A or B race will be low.",
    is_not="Not a forecast of the result; without a plan it assumes half of the usual load per day.",
    source="Friel: below −10 too tired to race well",
    uses=("activities", "goals_and_plans"),
)
def race_form_low(day: Day) -> Verdict:
    fitness = day.read(day.inputs.load.fitness)
    if day.history_d < limits.HISTORY_D:
        return Skip("short_history")
    if not is_at_least(fitness, limits.MIN_FITNESS):
        return Skip("low_fitness")
    races = [race for race in _races_within(day, 0, limits.RACE_FORM_D) if race.priority in ("A", "B")]
    if not races:
        return Skip("no_race_near")
    form, race = min(((_race_morning_form(day, race), race) for race in races), key=lambda pair: pair[0])
    if not is_below(form, limits.RACE_FORM_WARNING):
        return None
    days_to = (race.day - day.local_date).days
    is_critical = days_to <= limits.RACE_FORM_CRITICAL_D and is_below(form, limits.RACE_FORM_CRITICAL)
    return Finding(
        "critical" if is_critical else "warning",
        lambda: Report(
            f"Form on the morning of {race.name}, {format_days_to(days_to)}, is projected at {form:.0f}.",
            {
                "value": form,
                "threshold": limits.RACE_FORM_WARNING,
                "fitness": fitness,
                "days_to_race": days_to,
                "n": int(day.history_d),
            },
            day.load_confidence(limits.HISTORY_D),
        ),
    )


@signal_rule(
    "TAPER_MISSING",
    "race",
    description="The load of the seven days before a race, done and planned, is hardly below a usual week.",
    is_not="Not an error when the race is trained through.",
    source="Bosquet 2007: a taper cuts volume by 41–60 %",
    uses=("activities", "goals_and_plans"),
)
def taper_missing(day: Day) -> Verdict:
    usual = day.read(day.inputs.weeks.four_week_avg)
    if not usual > 0:
        return Skip("no_four_week_average")
    races = _races_within(day, 0, limits.TAPER_D)
    if not races:
        return Skip("no_race_near")
    race = races[0]
    days_to = (race.day - day.local_date).days
    done = (
        sum(day.known_values(day.inputs.load.load, limits.TAPER_D - days_to + 1))
        if days_to
        else _load_of_week_before(day)
    )
    week = done + _load_left_today(day) * (days_to > 0) + sum(_planned_loads(day, days_to))
    if not is_above(week, limits.TAPER_SHARE * usual):
        return None
    return Finding(
        "info",
        lambda: Report(
            f"The load of the week before {race.name} is {week:.0f}; a usual week is {usual:.0f}.",
            {
                "value": week,
                "baseline": usual,
                "threshold": limits.TAPER_SHARE * usual,
                "days_to_race": days_to,
                "n": limits.TAPER_D,
            },
            day.load_confidence(limits.HISTORY_D),
        ),
    )


@signal_rule(
    "RACE_UNDERPREPARED",
    "race",
    description=(
        "Two to six weeks before a half marathon or longer, no run in 42 days reached half of the distance."
    ),
    is_not="Not a reason to make up for it in one run.",
    source="ours [J]",
    uses=("activities", "goals_and_plans"),
)
def race_underprepared(day: Day) -> Verdict:
    if day.history_d < limits.UNDERPREPARED_HISTORY_D:
        return Skip("short_history")
    ahead = _races_within(day, limits.UNDERPREPARED_FROM_D, limits.UNDERPREPARED_TO_D)
    races = [race for race in ahead if race.distance_m >= limits.HALF_MARATHON_M]
    if not races:
        return Skip("no_long_race_ahead")
    race = max(races, key=lambda race: race.distance_m)
    days_to = (race.day - day.local_date).days
    runs = day.runs(limits.UNDERPREPARED_RUN_D)
    longest_m = max((run.distance_m for run in runs), default=0.0)
    if not is_below(longest_m, limits.UNDERPREPARED_SHARE * race.distance_m):
        return None
    evidence: SignalEvidence = {
        "value": longest_m,
        "baseline": race.distance_m,
        "threshold": limits.UNDERPREPARED_SHARE * race.distance_m,
        "days_to_race": days_to,
        "race": race.name,
        "n": len(runs),
    }
    return Finding("warning", lambda: Report(describe_underprepared_race(evidence), evidence))


def _races_within(day: Day, first_d: int, last_d: int) -> Sequence[RaceGoal]:
    """Races from `first_d` to `last_d` days after this day, nearest first. Races before today are omitted."""
    nearest = max(first_d, day.ago)
    ahead = [race for race in day.inputs.races if nearest <= (race.day - day.local_date).days <= last_d]
    return sorted(ahead, key=lambda race: race.day)


def _race_morning_form(day: Day, race: RaceGoal) -> float:
    load = day.inputs.load
    days_to = (race.day - day.local_date).days
    if days_to == 0:
        return day.read(load.form)
    start = day.read(load.fitness, 1), day.read(load.fatigue, 1)
    today = day.read(load.load) + _load_left_today(day)
    coming = _planned_loads(day, days_to) or _assumed_loads(day, days_to)
    return project(*start, [today, *coming]).form


def _planned_loads(day: Day, days_to: int) -> list[float]:
    """The planned load of each day between this day and the race. Empty if no load is planned."""
    ahead = [day.sessions(1, back=-days) for days in range(1, days_to)]
    if not any(outcome.session.load for outcomes in ahead for outcome in outcomes):
        return []
    return [sum(outcome.session.load or 0.0 for outcome in outcomes) for outcomes in ahead]


def _assumed_loads(day: Day, days_to: int) -> list[float]:
    usual = day.read(day.inputs.weeks.four_week_avg) / 7
    return [limits.RACE_DEFAULT_LOAD_SHARE * usual] * (days_to - 1)


def _load_left_today(day: Day) -> float:
    """The load of today's planned sessions that are not done yet. 0 for a past day."""
    if day.ago:
        return 0.0
    return sum(outcome.session.load or 0.0 for outcome in day.sessions(1) if not outcome.is_completed)


def _load_of_week_before(day: Day) -> float:
    return sum(day.known_values(day.inputs.load.load, limits.TAPER_D, back=1))
