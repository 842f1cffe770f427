"""Texts for recovery and performance signals."""

from __future__ import annotations

from coaching.attention import thresholds as at
from coaching.insights.rules.text import SignalText, cite_window

RECOVERY_TEXTS = {
    "HRV_BELOW_BASELINE": SignalText(
        "HRV below its baseline",
        lambda cited, numbers: (
            f"The HRV of the last {cite_window(cited, 7)} days"
            f" is {cited.number('hrv_ms', numbers['value'])} ms,"
            f" below the usual {cited.number('usual_hrv_ms', numbers['baseline'])} ms."
        ),
        "Keep training easy until it is back; sleep, stress or travel may be the cause.",
    ),
    "HRV_FALLING": SignalText(
        "HRV falling",
        lambda cited, numbers: (
            f"The weekly HRV fell from {cited.number('hrv_a_week_ago_ms', numbers['baseline'])}"
            f" to {cited.number('hrv_ms', numbers['value'])} ms within a week."
        ),
        "Take the intensity out for a few days, then look again.",
    ),
    "RHR_ELEVATED": SignalText(
        "Resting heart rate up",
        lambda cited, numbers: (
            f"Resting heart rate is {cited.number('resting_hr_bpm', numbers['value'])} bpm;"
            f" usually it is {cited.number('usual_resting_hr_bpm', numbers['baseline'])}."
        ),
        "An easy day or a rest day is well placed now.",
    ),
    "POSSIBLE_ILLNESS": SignalText(
        "Worth checking in",
        lambda cited, numbers: (
            f"Resting heart rate is {cited.number('resting_hr_above_usual_bpm', numbers['value'])} bpm"
            f" above the usual {cited.number('usual_resting_hr_bpm', numbers['baseline'])},"
            " and HRV is well down at the same time."
        ),
        "Talk before the next hard session.",
    ),
    "RECOVERY_LOW": SignalText(
        "Recovery low",
        lambda cited, numbers: (
            f"The recovery score averages {cited.number('recovery_score', numbers['value'])}"
            f" over the last {cited.number('scored_days', numbers['n'])} scored days."
        ),
        "Swap the next hard session for an easy one.",
    ),
    "RECOVERY_FALLING": SignalText(
        "Recovery falling",
        lambda cited, numbers: (
            "The mean recovery score fell"
            f" from {cited.number('recovery_score_week_before', numbers['baseline'])}"
            f" to {cited.number('recovery_score', numbers['value'])} within a week."
        ),
        "Find out what changed, and train easy until it rises again.",
    ),
    "FATIGUE_HIGH": SignalText(
        "Fatigue high",
        lambda cited, numbers: (
            f"Fatigue is {cited.number('fatigue_above_fitness_pct', -numbers['value'])} % above fitness,"
            f" and has been high for {cited.number('days', numbers['n'])} days in a row."
        ),
        "A lighter week helps the body adapt.",
    ),
    "VO2MAX_DECLINING": SignalText(
        "VO2max declining",
        lambda cited, numbers: (
            f"The median VO2max of the last {cite_window(cited, at.VO2MAX_D)} days"
            f" is {cited.number('vo2max_ml_kg_min', numbers['value'], 1)},"
            f" down from {cited.number('vo2max_before_ml_kg_min', numbers['baseline'], 1)}"
            " in the weeks before."
        ),
        "Compare the training of both months before changing anything.",
    ),
    "VO2MAX_DROP": SignalText(
        "VO2max down",
        lambda cited, numbers: (
            f"VO2max reads {cited.number('vo2max_ml_kg_min', numbers['value'], 1)},"
            f" down from {cited.number('vo2max_a_week_ago_ml_kg_min', numbers['baseline'], 1)} a week ago."
        ),
        "A single week can be noise: wait for the next readings.",
    ),
}
