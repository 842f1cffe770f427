"""Every signal in a coach's words: what it is called, its reason with the numbers, and what to do about it.

They speak of training and readings, never of illness or injury: a signal is a reason to look, not a diagnosis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from coaching.attention import thresholds as at
from coaching.insights.citing import Cited, in_days

Numbers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """`reason` writes the signal's evidence into a sentence; raises KeyError or Untold where a number is missing."""

    title: str
    reason: Callable[[Cited, Numbers], str]
    advice: str


def _window(cited: Cited, days: int) -> str:
    return cited.number("window_days", days)


def _inactivity(cited: Cited, seen: Numbers) -> str:
    idle = cited.counted("days_without_run", seen["value"], "day")
    usual = cited.counted("usual_gap_days", seen["baseline"], "day", digits=1)
    return f"There has been no run for {idle}; the usual gap is {usual}."


def _compliance(cited: Cited, seen: Numbers) -> str:
    done, due = cited.number("sessions_completed", seen["completed"]), cited.number("sessions_due", seen["n"])
    percent, verb = cited.number("volume_done_pct", seen["value"]), "was" if seen["completed"] == 1 else "were"
    days = _window(cited, at.COMPLIANCE_D)
    return f"In the last {days} days {done} of {due} due sessions {verb} done, {percent} % of the planned volume."


def _missed(cited: Cited, seen: Numbers) -> str:
    if seen["missed_in_a_row"] >= at.MISSED_IN_A_ROW:
        return f"The last {cited.number('missed_in_a_row', seen['missed_in_a_row'])} due sessions were missed."
    key = cited.number("key_sessions_missed", seen["missed_key"])
    return f"In the last {_window(cited, at.MISSED_D)} days {key} key sessions were missed."


def _threshold(cited: Cited, seen: Numbers) -> str:
    if "baseline" in seen:
        runs = cited.number("faster_runs", seen["n"])
        return f"In {runs} recent runs the pace was faster for longer than the threshold pace allows."
    return f"The threshold pace was set {cited.counted('threshold_age_days', seen['value'], 'day')} ago."


def _underprepared(cited: Cited, seen: Numbers) -> str:
    longest = cited.distance("longest_run", seen["value"])
    race, days = cited.distance("race_distance", seen["baseline"]), in_days(cited, seen["days_to_race"])
    window = _window(cited, at.UNDERPREPARED_RUN_D)
    return f"The longest run of the last {window} days is {longest}, and the race over {race} is {days}."


def _taper(cited: Cited, seen: Numbers) -> str:
    week, usual = cited.number("race_week_load", seen["value"]), cited.number("usual_week_load", seen["baseline"])
    return f"The week before the race comes to a load of {week}; a usual week is {usual}."


BODY = {
    "HRV_BELOW_BASELINE": Words(
        "HRV below its baseline",
        lambda cited, seen: (
            f"The HRV of the last {_window(cited, 7)} days is {cited.number('hrv_ms', seen['value'])} ms,"
            f" below the usual {cited.number('usual_hrv_ms', seen['baseline'])} ms."
        ),
        "Keep training easy until it is back, and ask about sleep, stress and travel.",
    ),
    "HRV_FALLING": Words(
        "HRV falling",
        lambda cited, seen: (
            f"The weekly HRV fell from {cited.number('hrv_a_week_ago_ms', seen['baseline'])}"
            f" to {cited.number('hrv_ms', seen['value'])} ms within a week."
        ),
        "Take the intensity out for a few days, then look again.",
    ),
    "RHR_ELEVATED": Words(
        "Resting heart rate up",
        lambda cited, seen: (
            f"Resting heart rate is {cited.number('resting_hr_bpm', seen['value'])} bpm;"
            f" usually it is {cited.number('usual_resting_hr_bpm', seen['baseline'])}."
        ),
        "An easy day or a rest day is well placed now.",
    ),
    "POSSIBLE_ILLNESS": Words(
        "Worth checking in",
        lambda cited, seen: (
            f"Resting heart rate is {cited.number('resting_hr_above_usual_bpm', seen['value'])} bpm above the usual"
            f" {cited.number('usual_resting_hr_bpm', seen['baseline'])}, and HRV is well down at the same time."
        ),
        "Check in before the next hard session.",
    ),
    "RECOVERY_LOW": Words(
        "Recovery low",
        lambda cited, seen: (
            f"The recovery score averages {cited.number('recovery_score', seen['value'])}"
            f" over the last {cited.number('scored_days', seen['n'])} scored days."
        ),
        "Swap the next hard session for an easy one.",
    ),
    "RECOVERY_FALLING": Words(
        "Recovery falling",
        lambda cited, seen: (
            f"The mean recovery score fell from {cited.number('recovery_score_week_before', seen['baseline'])}"
            f" to {cited.number('recovery_score', seen['value'])} within a week."
        ),
        "Find out what changed, and go easy until it turns.",
    ),
    "FATIGUE_HIGH": Words(
        "Fatigue high",
        lambda cited, seen: (
            f"Fatigue is {cited.number('fatigue_above_fitness_pct', -seen['value'])} % above fitness,"
            f" and has been high for {cited.number('days', seen['n'])} days in a row."
        ),
        "A lighter week lets the work sink in.",
    ),
    "VO2MAX_DECLINING": Words(
        "VO2max declining",
        lambda cited, seen: (
            f"The median VO2max of the last {_window(cited, at.VO2MAX_D)} days"
            f" is {cited.number('vo2max_ml_kg_min', seen['value'], 1)},"
            f" down from {cited.number('vo2max_before_ml_kg_min', seen['baseline'], 1)} in those before."
        ),
        "Compare the training of both months before changing anything.",
    ),
    "VO2MAX_DROP": Words(
        "VO2max down",
        lambda cited, seen: (
            f"VO2max reads {cited.number('vo2max_ml_kg_min', seen['value'], 1)},"
            f" down from {cited.number('vo2max_a_week_ago_ml_kg_min', seen['baseline'], 1)} a week ago."
        ),
        "A single week can be noise: wait for the next readings.",
    ),
}
TRAINING = {
    "SESSION_SPIKE": Words(
        "A much longer run",
        lambda cited, seen: (
            f"A recent run of {cited.distance('run', seen['distance_m'])} was much longer than the"
            f" {cited.distance('longest_before', seen['baseline'])} that were the longest of the"
            f" {_window(cited, at.SPIKE_REFERENCE_D)} days before."
        ),
        "Keep the next days easy, and let the long run grow in smaller steps.",
    ),
    "PLANNED_SPIKE": Words(
        "A much longer run planned",
        lambda cited, seen: (
            f"A run of {cited.distance('planned_run', seen['distance_m'])} is planned within a week; the longest of the"
            f" last {_window(cited, at.SPIKE_REFERENCE_D)} days is {cited.distance('longest_run', seen['baseline'])}."
        ),
        "Consider shortening it, or building up to it more slowly.",
    ),
    "LOAD_JUMP": Words(
        "Load jump",
        lambda cited, seen: (
            f"The load of the last {_window(cited, 7)} days is {cited.number('week_load', seen['week_load'])},"
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
            f"The last {_window(cited, 7)} days were much alike, with a monotony of"
            f" {cited.number('monotony', seen['value'], 1)} at a load of"
            f" {cited.number('week_load', seen['week_load'])}."
        ),
        "Make the easy days easier, or put a rest day between them.",
    ),
    "INACTIVITY": Words("No run for a while", _inactivity, "A short message may be enough to find out why."),
    "COMPLIANCE_LOW": Words("Behind the plan", _compliance, "Talk about what gets in the way, and fit the plan to it."),
    "SESSIONS_MISSED": Words("Sessions missed", _missed, "Ask what happened before moving sessions around."),
    "PLAN_EXCEEDED": Words(
        "More than planned",
        lambda cited, seen: (
            f"The load of the last {_window(cited, at.EXCEEDED_D)} days is {cited.number('done_load', seen['done'])};"
            f" {cited.number('planned_load', seen['baseline'])} was planned."
        ),
        "The easy days are part of the plan: keep to them this week.",
    ),
    "INTENSITY_HEAVY": Words(
        "Little easy running",
        lambda cited, seen: (
            f"Only {cited.number('easy_share_pct', 100 * seen['value'])} % of the running of the last"
            f" {_window(cited, at.INTENSITY_D)} days was easy."
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
DATA = {
    "SYNC_STALE": Words(
        "Nothing synced",
        lambda cited, seen: f"Nothing has come in for {cited.counted('days_since_sync', seen['value'] / 24, 'day')}.",
        "Ask for a sync before judging the training.",
    ),
    "WELLNESS_GAP": Words(
        "No morning readings",
        lambda cited, seen: (
            f"There was no HRV or resting heart rate for {cited.counted('days', seen['threshold'], 'day')}."
        ),
        "A few more readings keep the baseline alive.",
    ),
    "PROFILE_INCOMPLETE": Words(
        "Profile incomplete",
        lambda cited, seen: (
            f"Data quality is {cited.number('data_quality_score', seen['value'])}"
            f" of {cited.number('data_quality_best', 100)}: some of what the numbers rest on is missing or old."
        ),
        "Threshold pace, heart rates, time zone and units make them more reliable.",
    ),
    "DATA_SUSPECT": Words(
        "Doubtful recordings",
        lambda cited, seen: (
            f"{cited.number('doubtful_runs', seen['value'])} of {cited.number('runs', seen['n'])} runs in the last"
            f" {_window(cited, at.SUSPECT_D)} days have GPS glitches or a doubtful altitude."
        ),
        "Read their pace and load with care.",
    ),
}
PRAISE = {
    "NEW_PB": Words(
        "Personal best",
        lambda cited, seen: (
            f"There is a new personal best over {cited.word('best_distance', seen['distance'])}:"
            f" {cited.clock('best_time', seen['value'])}."
        ),
        "Worth a good word.",
    ),
    "VDOT_UP": Words(
        "VDOT up",
        lambda cited, seen: (
            f"VDOT rose from {cited.number('vdot_before', seen['baseline'], 1)}"
            f" to {cited.number('vdot', seen['value'], 1)} within {_window(cited, at.VDOT_UP_D)} days."
        ),
        "Check whether the training paces should follow.",
    ),
    "CONSISTENT": Words(
        "Steady weeks",
        lambda cited, seen: (
            f"Each of the last {cited.number('weeks', seen['n'])} weeks reached at least"
            f" {cited.number('volume_done_pct', seen['value'])} % of the plan."
        ),
        "Say so: steady weeks carry a season.",
    ),
    "FITNESS_PEAK": Words(
        "Fitness at its highest",
        lambda cited, seen: (
            f"Fitness is {cited.number('fitness', seen['value'])}, the highest in {_window(cited, at.PEAK_D)} days."
        ),
        "Good ground for the next block.",
    ),
    "HRV_RECOVERED": Words(
        "HRV back to normal",
        lambda cited, _: f"The HRV of the last {_window(cited, 7)} days is back near its baseline.",
        "Training can return to normal step by step.",
    ),
}
WORDS: dict[str, Words] = BODY | TRAINING | DATA | PRAISE
