"""Texts for load, adherence, intensity and race signals."""

from __future__ import annotations

from coaching.attention import thresholds as at
from coaching.insights.cited_numbers import CitedNumbers, cite_days_to_race
from coaching.insights.rules.text import EvidenceNumbers, SignalText, cite_window


def _describe_inactivity(cited: CitedNumbers, seen: EvidenceNumbers) -> str:
    idle = cited.number_with_noun("days_without_run", seen["value"], "day")
    usual = cited.number_with_noun("usual_gap_days", seen["baseline"], "day", digits=1)
    return f"There has been no run for {idle}; the usual gap is {usual}."


def _describe_compliance(cited: CitedNumbers, seen: EvidenceNumbers) -> str:
    done, due = cited.number("sessions_completed", seen["completed"]), cited.number("sessions_due", seen["n"])
    percent, verb = (
        cited.number("volume_done_pct", seen["value"]),
        "was" if seen["completed"] == 1 else "were",
    )
    days = cite_window(cited, at.COMPLIANCE_D)
    return f"In the last {days} days {done} of {due} due sessions {verb} done, {percent} % of the planned volume."


def _describe_missed_sessions(cited: CitedNumbers, seen: EvidenceNumbers) -> str:
    if seen["missed_in_a_row"] >= at.MISSED_IN_A_ROW:
        return (
            f"The last {cited.number('missed_in_a_row', seen['missed_in_a_row'])} due sessions were missed."
        )
    key = cited.number("key_sessions_missed", seen["missed_key"])
    return f"In the last {cite_window(cited, at.MISSED_D)} days {key} key sessions were missed."


def _describe_threshold(cited: CitedNumbers, seen: EvidenceNumbers) -> str:
    if "baseline" in seen:
        runs = cited.number("faster_runs", seen["n"])
        return f"In {runs} recent runs the pace was faster for longer than the threshold pace allows."
    return f"The threshold pace was set {cited.number_with_noun('threshold_age_days', seen['value'], 'day')} ago."


def _describe_long_runs(cited: CitedNumbers, seen: EvidenceNumbers) -> str:
    longest = cited.distance("longest_run", seen["value"])
    race, days = (
        cited.distance("race_distance", seen["baseline"]),
        cite_days_to_race(cited, seen["days_to_race"]),
    )
    days_back = cite_window(cited, at.UNDERPREPARED_RUN_D)
    return f"The longest run of the last {days_back} days is {longest}, and the race over {race} is {days}."


def _describe_taper(cited: CitedNumbers, seen: EvidenceNumbers) -> str:
    week, usual = (
        cited.number("race_week_load", seen["value"]),
        cited.number("usual_week_load", seen["baseline"]),
    )
    return f"The load of the week before the race is {week}; a usual week is {usual}."


TRAINING_TEXTS = {
    "SESSION_SPIKE": SignalText(
        "A much longer run",
        lambda cited, seen: (
            f"A recent run of {cited.distance('run', seen['distance_m'])} was much longer than the longest"
            f" of the {cite_window(cited, at.SPIKE_REFERENCE_D)} days before,"
            f" {cited.distance('longest_before', seen['baseline'])}."
        ),
        "Keep the next days easy, and let the long run grow in smaller steps.",
    ),
    "PLANNED_SPIKE": SignalText(
        "A much longer run planned",
        lambda cited, seen: (
            f"A run of {cited.distance('planned_run', seen['distance_m'])} is planned within a week; the longest of the"
            f" last {cite_window(cited, at.SPIKE_REFERENCE_D)} days is {cited.distance('longest_run', seen['baseline'])}."
        ),
        "Consider shortening it, or building up to it more slowly.",
    ),
    "LOAD_JUMP": SignalText(
        "Load jump",
        lambda cited, seen: (
            f"The load of the last {cite_window(cited, 7)} days is {cited.number('week_load', seen['week_load'])},"
            f" against {cited.number('average_week_load', seen['baseline'])} in an average week of the month before."
        ),
        "Let the load settle before adding more.",
    ),
    "RAMP_HIGH": SignalText(
        "Fitness rising fast",
        lambda cited, seen: (
            f"Fitness rose by {cited.number_with_noun('fitness_rise', seen['value'], 'point', digits=1)}"
            f" to {cited.number('fitness', seen['fitness'])} within a week."
        ),
        "That is fast: plan a lighter week before building on.",
    ),
    "MONOTONY_HIGH": SignalText(
        "Little variation",
        lambda cited, seen: (
            f"There was little variation in the last {cite_window(cited, 7)} days: monotony"
            f" {cited.number('monotony', seen['value'], 1)}, load"
            f" {cited.number('week_load', seen['week_load'])}."
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
        lambda cited, seen: (
            f"The load of the last {cite_window(cited, at.EXCEEDED_D)} days is {cited.number('done_load', seen['done'])};"
            f" {cited.number('planned_load', seen['baseline'])} was planned."
        ),
        "The easy days are part of the plan: keep to them this week.",
    ),
    "INTENSITY_HEAVY": SignalText(
        "Little easy running",
        lambda cited, seen: (
            f"Only {cited.number('easy_share_pct', 100 * seen['value'])} % of the running of the last"
            f" {cite_window(cited, at.INTENSITY_D)} days was easy."
        ),
        "Slow the easy runs down; the hard ones gain from it.",
    ),
    "EASY_TOO_HARD": SignalText(
        "Easy runs too hard",
        lambda cited, seen: (
            f"{cited.number('easy_runs_too_hard', seen['value'])} of the last {cited.number('easy_runs', seen['n'])}"
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
        lambda cited, seen: (
            f"The race is {cite_days_to_race(cited, seen['days_to_race'])}, and form on its morning is projected"
            f" at {cited.number('race_morning_form', seen['value'])}."
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
