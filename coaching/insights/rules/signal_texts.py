"""The text of each signal: title, reason with its numbers, advice."""

from __future__ import annotations

from coaching.attention import thresholds as limits
from coaching.insights.rules.recovery_texts import RECOVERY_TEXTS
from coaching.insights.rules.reported_texts import REPORTED_TEXTS
from coaching.insights.rules.text import SignalText, cite_window
from coaching.insights.rules.training_texts import TRAINING_TEXTS

DATA_TEXTS = {
    "SYNC_STALE": SignalText(
        "Nothing synced",
        lambda cited, numbers: (
            "Nothing has come in for"
            f" {cited.number_with_noun('days_since_sync', numbers['value'] / 24, 'day')}."
        ),
        "Sync the device before judging the training.",
    ),
    "WELLNESS_GAP": SignalText(
        "No morning readings",
        lambda cited, numbers: (
            "There was no HRV or resting heart rate for"
            f" {cited.number_with_noun('days', numbers['threshold'], 'day')}."
        ),
        "A few more readings keep the baseline up to date.",
    ),
    "PROFILE_INCOMPLETE": SignalText(
        "Profile incomplete",
        lambda cited, numbers: (
            f"Data quality is {cited.number('data_quality_score', numbers['value'])}"
            f" of {cited.number('data_quality_best', 100)}: some settings or data are missing or old."
        ),
        "Threshold pace, heart rates, time zone and units make them more reliable.",
    ),
    "DATA_SUSPECT": SignalText(
        "Suspect recordings",
        lambda cited, numbers: (
            f"{cited.number('doubtful_runs', numbers['value'])} of {cited.number('runs', numbers['n'])} runs"
            f" in the last {cite_window(cited, limits.SUSPECT_D)} days"
            " have GPS glitches or an unreliable altitude."
        ),
        "Read their pace and load with care.",
    ),
}
ACHIEVEMENT_TEXTS = {
    "NEW_PB": SignalText(
        "Personal best",
        lambda cited, numbers: (
            f"There is a new personal best over {cited.word('best_distance', numbers['distance'])}:"
            f" {cited.clock('best_time', numbers['value'])}."
        ),
        "Worth celebrating.",
    ),
    "VDOT_UP": SignalText(
        "VDOT up",
        lambda cited, numbers: (
            f"VDOT rose from {cited.number('vdot_before', numbers['baseline'], 1)}"
            f" to {cited.number('vdot', numbers['value'], 1)}"
            f" within {cite_window(cited, limits.VDOT_UP_D)} days."
        ),
        "Check whether to raise the training paces.",
    ),
    "CONSISTENT": SignalText(
        "Steady weeks",
        lambda cited, numbers: (
            f"Each of the last {cited.number('weeks', numbers['n'])} weeks reached at least"
            f" {cited.number('volume_done_pct', numbers['value'])} % of the plan."
        ),
        "Steady training pays off over a season.",
    ),
    "FITNESS_PEAK": SignalText(
        "Fitness at its highest",
        lambda cited, numbers: (
            f"Fitness is {cited.number('fitness', numbers['value'])},"
            f" the highest in {cite_window(cited, limits.PEAK_D)} days."
        ),
        "A good basis for the next block.",
    ),
    "HRV_RECOVERED": SignalText(
        "HRV back to normal",
        lambda cited, _: f"The HRV of the last {cite_window(cited, 7)} days is back near its baseline.",
        "Training can return to normal step by step.",
    ),
}
SIGNAL_TEXTS: dict[str, SignalText] = (
    RECOVERY_TEXTS | REPORTED_TEXTS | TRAINING_TEXTS | DATA_TEXTS | ACHIEVEMENT_TEXTS
)
