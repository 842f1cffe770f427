"""Signals of load, adherence, intensity and races in a coach's words."""

from __future__ import annotations

from coaching.attention import thresholds as at
from coaching.insights.cited_numbers import Cited, in_days
from coaching.insights.rules.text import Numbers, Words, window


def _inactivity(cited: Cited, seen: Numbers) -> str:
    idle = cited.counted("days_without_run", seen["value"], "day")
    usual = cited.counted("usual_gap_days", seen["baseline"], "day", digits=1)
    return f"There has been no run for {idle}; the usual gap is {usual}."


def _compliance(cited: Cited, seen: Numbers) -> str:
    done, due = cited.number("sessions_completed", seen["completed"]), cited.number("sessions_due", seen["n"])
    percent, verb = (
        cited.number("volume_done_pct", seen["value"]),
        "was" if seen["completed"] == 1 else "were",
    )
    days = window(cited, at.COMPLIANCE_D)
    return f"In the last {days} days {done} of {due} due sessions {verb} done, {percent} % of the planned volume."


def _missed(cited: Cited, seen: Numbers) -> str:
    if seen["missed_in_a_row"] >= at.MISSED_IN_A_ROW:
        return (
            f"The last {cited.number('missed_in_a_row', seen['missed_in_a_row'])} due sessions were missed."
        )
    key = cited.number("key_sessions_missed", seen["missed_key"])
    return f"In the last {window(cited, at.MISSED_D)} days {key} key sessions were missed."


def _threshold(cited: Cited, seen: Numbers) -> str:
    if "baseline" in seen:
        runs = cited.number("faster_runs", seen["n"])
        return f"In {runs} recent runs the pace was faster for longer than the threshold pace allows."
    return f"The threshold pace was set {cited.counted('threshold_age_days', seen['value'], 'day')} ago."


def _underprepared(cited: Cited, seen: Numbers) -> str:
    longest = cited.distance("longest_run", seen["value"])
    race, days = cited.distance("race_distance", seen["baseline"]), in_days(cited, seen["days_to_race"])
    days_back = window(cited, at.UNDERPREPARED_RUN_D)
    return f"The longest run of the last {days_back} days is {longest}, and the race over {race} is {days}."


def _taper(cited: Cited, seen: Numbers) -> str:
    week, usual = (
        cited.number("race_week_load", seen["value"]),
        cited.number("usual_week_load", seen["baseline"]),
    )
    return f"The week before the race comes to a load of {week}; a usual week is {usual}."


TRAINING = {
    "SESSION_SPIKE": Words(
        "A much longer run",
        lambda cited, seen: (
            f"A recent run of {cited.distance('run', seen['distance_m'])} was much longer than the longest"
            f" of the {window(cited, at.SPIKE_REFERENCE_D)} days before,"
            f" {cited.distance('longest_before', seen['baseline'])}."
        ),
        "Keep the next days easy, and let the long run grow in smaller steps.",
    ),
    "PLANNED_SPIKE": Words(
        "A much longer run planned",
        lambda cited, seen: (
            f"A run of {cited.distance('planned_run', seen['distance_m'])} is planned within a week; the longest of the"
            f" last {window(cited, at.SPIKE_REFERENCE_D)} days is {cited.distance('longest_run', seen['baseline'])}."
        ),
        "Consider shortening it, or building up to it more slowly.",
    ),
    "LOAD_JUMP": Words(
        "Load jump",
        lambda cited, seen: (
            f"The load of the last {window(cited, 7)} days is {cited.number('week_load', seen['week_load'])},"
            f" against {cited.number('average_week_load', seen['baseline'])} in an average week of the month before."
        ),
        "Let the load settle before adding more.",
    ),
    "RAMP_HIGH": Words(
        "Fitness rising fast",
        lambda cited, seen: (
            f"Fitness rose by {cited.counted('fitness_rise', seen['value'], 'point', digits=1)}"
            f" to {cited.number('fitness', seen['fitness'])} within a week."
        ),
        "That is steep: plan a lighter week before building on.",
    ),
    "MONOTONY_HIGH": Words(
        "Days much alike",
        lambda cited, seen: (
            f"The last {window(cited, 7)} days were much alike, with a monotony of"
            f" {cited.number('monotony', seen['value'], 1)} at a load of"
            f" {cited.number('week_load', seen['week_load'])}."
        ),
        "Make the easy days easier, or put a rest day between them.",
    ),
    "INACTIVITY": Words(
        "No run for a while", _inactivity, "Worth a word about the reason before planning on."
    ),
    "COMPLIANCE_LOW": Words(
        "Behind the plan", _compliance, "Talk about what gets in the way, and fit the plan to it."
    ),
    "SESSIONS_MISSED": Words(
        "Sessions missed", _missed, "Find out what got in the way before moving sessions around."
    ),
    "PLAN_EXCEEDED": Words(
        "More than planned",
        lambda cited, seen: (
            f"The load of the last {window(cited, at.EXCEEDED_D)} days is {cited.number('done_load', seen['done'])};"
            f" {cited.number('planned_load', seen['baseline'])} was planned."
        ),
        "The easy days are part of the plan: keep to them this week.",
    ),
    "INTENSITY_HEAVY": Words(
        "Little easy running",
        lambda cited, seen: (
            f"Only {cited.number('easy_share_pct', 100 * seen['value'])} % of the running of the last"
            f" {window(cited, at.INTENSITY_D)} days was easy."
        ),
        "Slow the easy runs down; the hard ones gain from it.",
    ),
    "EASY_TOO_HARD": Words(
        "Easy runs too hard",
        lambda cited, seen: (
            f"{cited.number('easy_runs_too_hard', seen['value'])} of the last {cited.number('easy_runs', seen['n'])}"
            " easy runs were faster than easy for a good part of the time."
        ),
        "Agree on an upper pace or heart rate for easy days.",
    ),
    "THRESHOLD_OUTDATED": Words(
        "Threshold out of date", _threshold, "A test or a race would bring zones and load up to date."
    ),
    "RACE_FORM_LOW": Words(
        "Tired for the race",
        lambda cited, seen: (
            f"The race is {in_days(cited, seen['days_to_race'])}, and form on its morning is projected"
            f" at {cited.number('race_morning_form', seen['value'])}."
        ),
        "Lighten the days that are left.",
    ),
    "TAPER_MISSING": Words("No taper yet", _taper, "Unless the race is trained through, cut the volume now."),
    "RACE_UNDERPREPARED": Words(
        "Long runs too short", _underprepared, "Lengthen the long run step by step, or choose a shorter race."
    ),
}
