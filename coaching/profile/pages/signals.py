"""An athlete's signals as cards: reason, numbers, and what the signal does not mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.urls import reverse

from astral.dates.local_time import format_date
from astral.dates.relative_dates import format_since_date
from coaching.assessments.signal_messages import format_signal_message
from coaching.assessments.values import SignalView
from coaching.attention import RULES_BY_CODE
from coaching.attention.distance_messages import DISTANCE_NAMES
from coaching.attention.signal import DOMAINS_SKIPPED_DURING_ABSENCE, SignalDomain
from coaching.insights.cited_numbers import CitedNumbers, UnknownNumber
from coaching.insights.insight import Units
from coaching.insights.rules.signal_texts import SIGNAL_TEXTS
from coaching.profile.pages.action_links import ActionLink, ActionRights, build_action_links
from coaching.profile.summary import AthleteSummary
from metrics.formatting import format_distance, format_number

URGENCY_LABELS = {"critical": "Urgent", "warning": "Watch", "info": "Note", "positive": "Praise"}
BADGE_BY_SEVERITY = {"positive": "good"}
EVIDENCE_LABELS = {
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
    "distance_m": "distance",
    "reported_on": "on",
}  # texts for evidence names that need one
FIRST_EVIDENCE_NAMES = ("value", "baseline", "threshold")  # jsonb does not keep the order
EVIDENCE_DIGITS = 2
DOMAIN_LABELS: dict[SignalDomain, str] = {
    "load": "load",
    "adherence": "the plan, regularity",
    "race": "races",
    "recovery": "recovery",
    "intensity": "intensity",
    "performance": "performance",
    "data": "data",
    "positive": "praise",
}
JUDGEMENT_MARK = " [J]"  # a mark of FORMULAS.md


@dataclass(frozen=True, slots=True)
class SignalCard:
    """A signal as text. `numbers`: its evidence; `description`, `is_not`, `source`: empty for a code that no
    longer exists; `acknowledgement`: until when, by whom and why; `links`: what a coach can do;
    `acknowledge_url` and `unacknowledge_url`: form URLs.
    """

    code: str
    severity: str
    urgency: str
    message: str
    advice: str
    numbers: str
    description: str
    is_not: str
    source: str
    since: date
    since_words: str
    acknowledgement: str
    links: Sequence[ActionLink]
    acknowledge_url: str
    unacknowledge_url: str


@dataclass(frozen=True, slots=True)
class SignalsViewer:
    """The person who reads the signals: their units, and what they may do for the athlete."""

    user_id: Any
    units: str
    may: ActionRights


def build_signal_cards(summary: AthleteSummary, viewer: SignalsViewer) -> list[SignalCard]:
    """Most urgent first, those acknowledged last."""
    return [_build_signal_card(summary, signal, viewer) for signal in summary.visible_signals.signals]


def _build_signal_card(summary: AthleteSummary, signal: SignalView, viewer: SignalsViewer) -> SignalCard:
    units = viewer.units
    rule = RULES_BY_CODE.get(signal.code)
    url_arguments: Sequence[str] = [summary.person.public_id, signal.code]
    return SignalCard(
        code=signal.code,
        severity=BADGE_BY_SEVERITY.get(signal.severity, signal.severity),
        urgency=URGENCY_LABELS[signal.severity],
        message=format_signal_message(signal, units),
        advice=_build_advice(signal, units),
        numbers=format_evidence(signal, units),
        description=rule.description if rule else "",
        is_not=rule.is_not if rule else "",
        source=rule.source.removesuffix(JUDGEMENT_MARK) if rule else "",
        since=signal.since,
        since_words=format_since_date(signal.since, summary.today),
        acknowledgement=describe_acknowledgement(signal, viewer.user_id),
        links=_build_links(summary, signal, viewer),
        acknowledge_url=reverse("acknowledge-page", args=url_arguments),
        unacknowledge_url=reverse("take-back-page", args=url_arguments),
    )


def _build_links(summary: AthleteSummary, signal: SignalView, viewer: SignalsViewer) -> Sequence[ActionLink]:
    """What the signal asks a coach to do; nothing on the athlete's own page."""
    if not signal.is_open or summary.person.user_id == viewer.user_id:
        return ()
    return build_action_links(
        summary.person.public_id, summary.today, [signal], summary.visibility, viewer.may
    )


def format_shown_signals(signals: Iterable[SignalView]) -> str:
    """What a coach sees, for the form that acknowledges all of it: LOAD_JUMP.warning,RAMP_HIGH.info."""
    return ",".join(f"{signal.code}.{signal.severity}" for signal in signals if signal.is_open)


def describe_acknowledgement(signal: SignalView, viewer_id: Any) -> str:
    """For example: Seen by Carl until Fri 12 Jun 2026: a cold. Empty if it is not acknowledged."""
    if not signal.is_acknowledged:
        return ""
    coach = signal.acknowledged_by
    by = "" if coach is None else " by you" if coach.user_id == viewer_id else f" by {coach.name}"
    reason = f": {signal.reason}" if signal.reason else ""
    return f"Seen{by} until {format_date(signal.acknowledged_until)}{reason}"


def _build_advice(signal: SignalView, units: str) -> str:
    """The reason in a sentence and what to do; without the reason if numbers are missing."""
    text = SIGNAL_TEXTS.get(signal.code)
    if text is None:
        return ""
    try:
        return f"{text.reason(CitedNumbers(cast(Units, units)), signal.evidence)} {text.advice}"
    except (KeyError, UnknownNumber):
        return text.advice


def format_evidence(signal: SignalView, units: str) -> str:
    """value 52.1 · usual 63 · limit 55.9 · readings 6."""
    evidence: Mapping[str, Any] = signal.evidence
    distances = DISTANCE_NAMES.get(signal.code, ())
    names = [
        *(name for name in FIRST_EVIDENCE_NAMES if name in evidence),
        *(name for name in evidence if name not in FIRST_EVIDENCE_NAMES),
    ]
    texts = {
        name: format_distance(cast(float, evidence[name]), units)
        if name in distances
        else _format_value(evidence[name])
        for name in names
    }
    return " · ".join(f"{EVIDENCE_LABELS.get(name, name).replace('_', ' ')} {texts[name]}" for name in names)


def _format_value(value: Any) -> str:
    if isinstance(value, float):
        text = format_number(value, EVIDENCE_DIGITS)
        return text.rstrip("0").rstrip(".") if "." in text else text
    return format_number(None) if value is None else str(value)


def _describe_absence_effect() -> str:
    quiet = [words for domain, words in DOMAIN_LABELS.items() if domain in DOMAINS_SKIPPED_DURING_ABSENCE]
    going_on = [
        words for domain, words in DOMAIN_LABELS.items() if domain not in DOMAINS_SKIPPED_DURING_ABSENCE
    ]
    return (
        f"During this absence there are no signals about {_join_words(quiet)}. "
        f"Signals about {_join_words(going_on)} continue."
    )


def _join_words(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


ABSENCE_EFFECT_TEXT = _describe_absence_effect()
