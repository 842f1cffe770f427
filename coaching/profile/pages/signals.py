"""An athlete's signals as cards: reason, numbers, and what the signal does not mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.urls import reverse

from astral.relative_dates import since
from coaching.attention import RULES_BY_CODE
from coaching.attention.signal import DOMAINS_SKIPPED_DURING_ABSENCE, SignalDomain
from coaching.insights.cited_numbers import CitedNumbers, UnknownNumber
from coaching.insights.insight import Units
from coaching.insights.rules.signal_texts import SIGNAL_TEXTS
from coaching.profile.summary import AthleteSummary
from metrics.formatting import format_number

URGENCY = {"critical": "Urgent", "warning": "Watch", "info": "Note", "positive": "Praise"}
BADGE = {"positive": "good"}
NUMBERS = {
    "n": "counted",
    "baseline": "usual",
    "threshold": "limit",
    "baseline_n": "readings behind the usual",
    "z": "SD from the usual",
    "delta": "above the usual",
    "change_sd": "change in SD",
    "change_pct": "change in %",
    "hrv_z": "HRV, SD from the usual",
    "hrv_z_threshold": "HRV limit in SD",
}  # texts for evidence names that need one
FIRST = ("value", "baseline", "threshold")  # jsonb does not keep the order
DIGITS = 2
DOMAINS: dict[SignalDomain, str] = {
    "load": "load",
    "adherence": "the plan, regularity",
    "race": "races",
    "recovery": "recovery",
    "intensity": "intensity",
    "performance": "performance",
    "data": "data",
    "positive": "praise",
}
OWN_JUDGEMENT = " [J]"  # a mark of FORMULAS.md


@dataclass(frozen=True, slots=True)
class SignalCard:
    """A signal as text. `numbers`: its evidence; `says`, `is_not`, `source`: empty for a code that no longer
    exists; `acknowledge` and `take_back`: form URLs.
    """

    code: str
    severity: str
    urgency: str
    message: str
    advice: str
    numbers: str
    says: str
    is_not: str
    source: str
    since: date
    since_words: str
    seen_until: date | None
    acknowledge: str
    take_back: str


def build_signal_cards(one: AthleteSummary, units: str) -> list[SignalCard]:
    """Most urgent first, those acknowledged last."""
    return [_build_signal_card(one, signal, units) for signal in one.visible_signals.signals]


def _build_signal_card(one: AthleteSummary, signal: Mapping[str, Any], units: str) -> SignalCard:
    code, severity, began = signal["code"], signal["severity"], date.fromisoformat(signal["since"])
    until, known = signal["acknowledged_until"], RULES_BY_CODE.get(code)
    where: Sequence[str] = [one.person.public_id, code]
    return SignalCard(
        code=code,
        severity=BADGE.get(severity, severity),
        urgency=URGENCY[severity],
        message=signal["message"],
        advice=_advice(signal, units),
        numbers=evidence_text(signal["evidence"]),
        says=known.description if known else "",
        is_not=known.is_not if known else "",
        source=known.source.removesuffix(OWN_JUDGEMENT) if known else "",
        since=began,
        since_words=since(began, one.today),
        seen_until=date.fromisoformat(until) if until else None,
        acknowledge=reverse("acknowledge-page", args=where),
        take_back=reverse("take-back-page", args=where),
    )


def _advice(signal: Mapping[str, Any], units: str) -> str:
    """The reason in a sentence and what to do; without the reason if numbers are missing."""
    words = SIGNAL_TEXTS.get(signal["code"])
    if words is None:
        return ""
    try:
        return f"{words.reason(CitedNumbers(cast(Units, units)), signal['evidence'])} {words.advice}"
    except (KeyError, UnknownNumber):
        return words.advice


def evidence_text(evidence: Mapping[str, Any]) -> str:
    """value 52.1 · usual 63 · limit 55.9 · readings 6."""
    names = [*(name for name in FIRST if name in evidence), *(name for name in evidence if name not in FIRST)]
    return " · ".join(
        f"{NUMBERS.get(name, name).replace('_', ' ')} {_plain(evidence[name])}" for name in names
    )


def _plain(value: Any) -> str:
    if isinstance(value, float):
        text = format_number(value, DIGITS)
        return text.rstrip("0").rstrip(".") if "." in text else text
    return format_number(None) if value is None else str(value)


def _quiet_while_away() -> str:
    quiet = [words for domain, words in DOMAINS.items() if domain in DOMAINS_SKIPPED_DURING_ABSENCE]
    going_on = [words for domain, words in DOMAINS.items() if domain not in DOMAINS_SKIPPED_DURING_ABSENCE]
    return f"During this absence there are no signals about {_listed(quiet)}. Signals about {_listed(going_on)} continue."


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


QUIET_WHILE_AWAY = _quiet_while_away()
