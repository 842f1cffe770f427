"""The text of each signal: title, reason with its numbers, advice."""

from __future__ import annotations

from coaching.attention import thresholds as at
from coaching.insights.rules.recovery_texts import RECOVERY_TEXTS
from coaching.insights.rules.text import SignalText, cite_window
from coaching.insights.rules.training_texts import TRAINING_TEXTS

DATA_TEXTS = {
    "SYNC_STALE": SignalText(
        "Nothing synced",
        lambda cited, seen: (
            f"Nothing has come in for {cited.number_with_noun('days_since_sync', seen['value'] / 24, 'day')}."
        ),
        "Sync the device before judging the training.",
    ),
    "WELLNESS_GAP": SignalText(
        "No morning readings",
        lambda cited, seen: (
            f"There was no HRV or resting heart rate for {cited.number_with_noun('days', seen['threshold'], 'day')}."
        ),
        "A few more readings keep the baseline up to date.",
    ),
    "PROFILE_INCOMPLETE": SignalText(
        "Profile incomplete",
        lambda cited, seen: (
            f"Data quality is {cited.number('data_quality_score', seen['value'])}"
            f" of {cited.number('data_quality_best', 100)}: some settings or data are missing or old."
        ),
        "Threshold pace, heart rates, time zone and units make them more reliable.",
    ),
    "DATA_SUSPECT": SignalText(
        "Suspect recordings",
        lambda cited, seen: (
            f"{cited.number('doubtful_runs', seen['value'])} of {cited.number('runs', seen['n'])} runs in the last"
            f" {cite_window(cited, at.SUSPECT_D)} days have GPS glitches or an unreliable altitude."
        ),
        "Read their pace and load with care.",
    ),
}
ACHIEVEMENT_TEXTS = {
    "NEW_PB": SignalText(
        "Personal best",
        lambda cited, seen: (
            f"There is a new personal best over {cited.word('best_distance', seen['distance'])}:"
            f" {cited.clock('best_time', seen['value'])}."
        ),
        "Worth celebrating.",
    ),
    "VDOT_UP": SignalText(
        "VDOT up",
        lambda cited, seen: (
            f"VDOT rose from {cited.number('vdot_before', seen['baseline'], 1)}"
            f" to {cited.number('vdot', seen['value'], 1)} within {cite_window(cited, at.VDOT_UP_D)} days."
        ),
        "Check whether to raise the training paces.",
    ),
    "CONSISTENT": SignalText(
        "Steady weeks",
        lambda cited, seen: (
            f"Each of the last {cited.number('weeks', seen['n'])} weeks reached at least"
            f" {cited.number('volume_done_pct', seen['value'])} % of the plan."
        ),
        "Steady training pays off over a season.",
    ),
    "FITNESS_PEAK": SignalText(
        "Fitness at its highest",
        lambda cited, seen: (
            f"Fitness is {cited.number('fitness', seen['value'])}, the highest in {cite_window(cited, at.PEAK_D)} days."
        ),
        "A good basis for the next block.",
    ),
    "HRV_RECOVERED": SignalText(
        "HRV back to normal",
        lambda cited, _: f"The HRV of the last {cite_window(cited, 7)} days is back near its baseline.",
        "Training can return to normal step by step.",
    ),
}
SIGNAL_TEXTS: dict[str, SignalText] = RECOVERY_TEXTS | TRAINING_TEXTS | DATA_TEXTS | ACHIEVEMENT_TEXTS
