"""When signals are raised and when they clear, from one assessment to the next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from coaching.attention.signal import DOMAINS_SKIPPED_DURING_ABSENCE as ABSENCE_DOMAINS
from coaching.attention.signal import ConsentCategory, Severity, SignalRule
from coaching.science.priority import SEVERITY_RANK

ALL_CATEGORIES: frozenset[ConsentCategory] = frozenset({"activities", "health", "goals_and_plans"})

NEEDS_SYNC = frozenset({"INACTIVITY"})  # silent while nothing arrives, whatever it is


class EpisodeState(NamedTuple):
    """`cleared_on`: the local date of the first assessment without the signal; None while it is active."""

    code: str
    raised_on: date
    worst_severity: Severity
    cleared_on: date | None = None


class RaisedSignal(NamedTuple):
    """An active signal. `since`: the first day of its current period."""

    code: str
    severity: Severity
    since: date


def update_episodes(
    known: Sequence[EpisodeState], active: Iterable[RaisedSignal], today: date
) -> list[EpisodeState]:
    """The episodes that are new or changed by today's signals. The same signals again change nothing.

    `known`: the open episodes, and those that were cleared lately. A signal whose period reaches back to
    a cleared episode continues it: data that came in between had only hidden it.
    """
    signals = {signal.code: signal for signal in active}
    changed = [
        _continue_episode(episode, signals[episode.code])
        if episode.code in signals
        else episode._replace(cleared_on=max(today, episode.raised_on))
        for episode in known
        if episode.cleared_on is None
    ]
    open_codes = {episode.code for episode in known if episode.cleared_on is None}
    latest = _find_latest(known)
    for code in signals.keys() - open_codes:
        changed.append(_begin_episode(latest.get(code), signals[code]))
    unchanged = set(known)
    return sorted(episode for episode in changed if episode not in unchanged)


def _find_latest(known: Iterable[EpisodeState]) -> Mapping[str, EpisodeState]:
    return {episode.code: episode for episode in sorted(known, key=lambda episode: episode.raised_on)}


def _begin_episode(earlier: EpisodeState | None, signal: RaisedSignal) -> EpisodeState:
    if earlier is not None and earlier.cleared_on is not None and signal.since <= earlier.cleared_on:
        return _continue_episode(earlier, signal)
    return EpisodeState(signal.code, signal.since, signal.severity)


def _continue_episode(episode: EpisodeState, signal: RaisedSignal) -> EpisodeState:
    worst = max(episode.worst_severity, signal.severity, key=SEVERITY_RANK.__getitem__)
    return episode._replace(worst_severity=worst, cleared_on=None)


def find_needed_categories(rule: SignalRule) -> frozenset[ConsentCategory]:
    """The categories that can change the rule's signal.

    Who does not see all of them sees another signal, or none. Absences are of `goals_and_plans`. Recovery
    and VO2max are also computed from activities. Rules about the data itself look at all of it.
    """
    if not rule.uses or rule.code in NEEDS_SYNC:
        return ALL_CATEGORIES
    needed = set(rule.uses)
    if rule.domain in ABSENCE_DOMAINS:
        needed.add("goals_and_plans")
    if rule.domain in ("recovery", "performance"):
        needed.add("activities")
    return frozenset(needed)
