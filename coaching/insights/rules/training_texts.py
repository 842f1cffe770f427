"""Texts for load, adherence, intensity and race signals."""

from __future__ import annotations

from coaching.attention import thresholds as at
from coaching.insights.cited_numbers import CitedNumbers, cite_days_to_race
from coaching.insights.rules.text import EvidenceNumbers, SignalText, cite_window


def _describe_inactivity(cited: CitedNumbers, numbers: EvidenceNumbers) -> str:
    idle = cited.number_with_noun("days_without_run", numbers["value"], "day")
    usual = cited.number_with_noun("usual_gap_days", numbers["baseline"], "day", digits=1)
    return f"There has been no run for {idle}; the usual gap is {usual}."


def _describe_compliance(cited: CitedNumbers, numbers: EvidenceNumbers) -> str:
    done, due = (
        cited.number("sessions_completed", numbers["completed"]),
        cited.number("sessions_due", numbers["n"]),
    )
    percent = cited.number("volume_done_pct", numbers["value"])
    verb = "was" if numbers["completed"] == 1 else "were"
    days = cite_window(cited, at.COMPLIANCE_D)
    return (
        f"In the last {days} days {done} of {due} due sessions {verb} done,"
        f" {percent} % of the planned volume."
    )


def _describe_missed_sessions(cited: CitedNumbers, numbers: EvidenceNumbers) -> str:
    if numbers["missed_in_a_row"] >= at.MISSED_IN_A_ROW:
        missed = cited.number("missed_in_a_row", numbers["missed_in_a_row"])
        return f"The last {missed} due sessions were missed."
    key = cited.number("key_sessions_missed", numbers["missed_key"])
    return f"In the last {cite_window(cited, at.MISSED_D)} days {key} key sessions were missed."


def _describe_threshold(cited: CitedNumbers, numbers: EvidenceNumbers) -> str:
    if "baseline" in numbers:
        runs = cited.number("faster_runs", numbers["n"])
        return f"In {runs} recent runs the pace was faster for longer than the threshold pace allows."
    age = cited.number_with_noun("threshold_age_days", numbers["value"], "day")
    return f"The threshold pace was set {age} ago."


def _describe_long_runs(cited: CitedNumbers, numbers: EvidenceNumbers) -> str:
    longest = cited.distance("longest_run", numbers["value"])
    race = cited.distance("race_distance", numbers["baseline"])
    days = cite_days_to_race(cited, numbers["days_to_race"])
    days_back = cite_window(cited, at.UNDERPREPARED_RUN_D)
    return f"The longest run of the last {days_back} days is {longest}, and the race over {race} is {days}."


def _describe_taper(cited: CitedNumbers, numbers: EvidenceNumbers) -> str:
    week = cited.number("race_week_load", numbers["value"])
    usual = cited.number("usual_week_load", numbers["baseline"])
    return f"The load of the week before the race is {week}; a usual week is {usual}."


TRAINING_TEXTS = {
    "SESSION_SPIKE": SignalText(
        "A much longer run",
        lambda cited, numbers: (
            f"A recent run of {cited.distance('run', numbers['distance_m'])} was much longer than the longest"
            f" of the {cite_window(cited, at.SPIKE_REFERENCE_D)} days before,"
            f" {cited.distance('longest_before', numbers['baseline'])}."
        ),
        "Keep the next days easy, and let the long run grow in smaller steps.",
    ),
    "PLANNED_SPIKE": SignalText(
        "A much longer run planned",
        lambda cited, numbers: (
            f"A run of {cited.distance('planned_run', numbers['distance_m'])} is planned within a week;"
            f" the longest of the last {cite_window(cited, at.SPIKE_REFERENCE_D)} days"
            f" is {cited.distance('longest_run', numbers['baseline'])}."
        ),
        "Consider shortening it, or building up to it more slowly.",
    ),
    "LOAD_JUMP": SignalText(
        "Load jump",
        lambda cited, numbers: (
            f"The load of the last {cite_window(cited, 7)} days"
            f" is {cited.number('week_load', numbers['week_load'])},"
            f" against {cited.number('average_week_load', numbers['baseline'])}"
            " in an average week of the month before."
        ),
        "Let the load settle before adding more.",
    ),
    "RAMP_HIGH": SignalText(
        "Fitness rising fast",
        lambda cited, numbers: (
            f"Fitness rose by {cited.number_with_noun('fitness_rise', numbers['value'], 'point', digits=1)}"
            f" to {cited.number('fitness', numbers['fitness'])} within a week."
        ),
        "That is fast: plan a lighter week before building on.",
    ),
    "MONOTONY_HIGH": SignalText(
        "Little variation",
        lambda cited, numbers: (
            f"There was little variation in the last {cite_window(cited, 7)} days: monotony"
            f" {cited.number('monotony', numbers['value'], 1)}, load"
            f" {cited.number('week_load', numbers['week_load'])}."
        ),
        "Make the easy days easier, or put a rest day between them.",
    ),
    "INACTIVITY": SignalText(
        "No run for a while", _describe_inactivity, "Ask for the reason before you plan further."
    ),
    "COMPLIANCE_LOW": SignalText(
        "Behind the plan", _describe_compliance, "Talk about the reasons, and adapt the plan."
    ),
    "SESSIONS_MISSED": SignalText(
        "Sessions missed",
        _describe_missed_sessions,
        "Find out what got in the way before moving sessions around.",
    ),
    "PLAN_EXCEEDED": SignalText(
        "More than planned",
        lambda cited, numbers: (
            f"The load of the last {cite_window(cited, at.EXCEEDED_D)} days"
            f" is {cited.number('done_load', numbers['done'])};"
            f" {cited.number('planned_load', numbers['baseline'])} was planned."
        ),
        "The easy days are part of the plan: keep to them this week.",
    ),
    "INTENSITY_HEAVY": SignalText(
        "Little easy running",
        lambda cited, numbers: (
            f"Only {cited.number('easy_share_pct', 100 * numbers['value'])} % of the running of the last"
            f" {cite_window(cited, at.INTENSITY_D)} days was easy."
        ),
        "Slow the easy runs down; the hard ones gain from it.",
    ),
    "EASY_TOO_HARD": SignalText(
        "Easy runs too hard",
        lambda cited, numbers: (
            f"{cited.number('easy_runs_too_hard', numbers['value'])}"
            f" of the last {cited.number('easy_runs', numbers['n'])}"
            " easy runs were faster than easy for a good part of the time."
        ),
        "Agree on an upper pace or heart rate for easy days.",
    ),
    "THRESHOLD_OUTDATED": SignalText(
        "Threshold out of date",
        _describe_threshold,
        "A test or a race would bring zones and load up to date.",
    ),
    "RACE_FORM_LOW": SignalText(
        "Tired for the race",
        lambda cited, numbers: (
            f"The race is {cite_days_to_race(cited, numbers['days_to_race'])},"
            " and form on its morning is projected"
            f" at {cited.number('race_morning_form', numbers['value'])}."
        ),
        "Lighten the days that are left.",
    ),
    "TAPER_MISSING": SignalText(
        "No taper yet", _describe_taper, "Unless the race is trained through, cut the volume now."
    ),
    "RACE_UNDERPREPARED": SignalText(
        "Long runs too short",
        _describe_long_runs,
        "Lengthen the long run step by step, or choose a shorter race.",
    ),
}
