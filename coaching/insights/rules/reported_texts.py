"""Texts for signals from what the athlete says. Places and notes, which people type, are never quoted."""

from __future__ import annotations

from coaching.attention.thresholds import PAIN_SCALE, RATING_SCALE
from coaching.insights.cited_numbers import CitedNumbers
from coaching.insights.rules.text import SignalText


def cite_scale(cited: CitedNumbers) -> str:
    return cited.number("highest_rating", RATING_SCALE)


REPORTED_TEXTS = {
    "PAIN_REPORTED": SignalText(
        "Pain reported",
        lambda cited, numbers: (
            f"The last report is {cited.number('pain', numbers['value'])}"
            f" of {cited.number('worst_pain', PAIN_SCALE)}."
        ),
        "Ask before the next session, and leave out what makes it worse.",
    ),
    "ILL_REPORTED": SignalText(
        "Illness reported",
        lambda cited, numbers: (
            f"The check-ins of a week say so on {cited.number_with_noun('days', numbers['value'], 'day')}."
        ),
        "Ask how it is before planning further training.",
    ),
    "SORENESS_HIGH": SignalText(
        "Soreness high",
        lambda cited, numbers: (
            f"The last {cited.number('check_ins', numbers['n'])} check-ins"
            f" rate soreness {cited.number('soreness_limit', numbers['threshold'])}"
            f" of {cite_scale(cited)} or more."
        ),
        "An easy day helps more than another hard one.",
    ),
    "TIREDNESS_HIGH": SignalText(
        "Tiredness high",
        lambda cited, numbers: (
            f"The last {cited.number('check_ins', numbers['n'])} check-ins"
            f" rate tiredness {cited.number('tiredness_limit', numbers['threshold'])}"
            f" of {cite_scale(cited)} or more."
        ),
        "Look at sleep and load before the next hard session.",
    ),
    "FEEL_LOW": SignalText(
        "Activities feel worse than usual",
        lambda cited, numbers: (
            f"The last {cited.number('activities', numbers['n'])} rated activities"
            f" felt {cited.number('feel', numbers['value'], 1)} of {cite_scale(cited)} on average,"
            f" usually {cited.number('usual_feel', numbers['baseline'], 1)}."
        ),
        "A talk and an easier session are well placed now.",
    ),
}
