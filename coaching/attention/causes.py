"""Group signals by cause: several signs of one overload are one story. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar

from coaching.attention.signal import Severity, SignalDomain
from coaching.science.priority import SEVERITY_RANK

SignalCause = Literal["recovery", "load", "adherence", "performance", "data", "positive"]

CAUSE_BY_DOMAIN: dict[SignalDomain, SignalCause] = {
    "recovery": "recovery",
    "load": "load",
    "intensity": "load",
    "adherence": "adherence",
    "performance": "performance",
    "race": "performance",
    "data": "data",
    "positive": "positive",
}
CAUSE_TITLES: dict[SignalCause, str] = {
    "recovery": "Illness or overload?",
    "load": "Too much training?",
    "adherence": "Off the plan?",
    "performance": "Out of form?",
    "data": "Data missing?",
    "positive": "Good news",
}  # in the order of equally urgent groups


class GradedSignal(Protocol):
    """What the order of signals depends on."""

    @property
    def domain(self) -> SignalDomain: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def confidence(self) -> float: ...


SignalT = TypeVar("SignalT", bound=GradedSignal)


class CauseGroup(NamedTuple, Generic[SignalT]):
    """The signals of one cause, worst first. Never empty."""

    cause: SignalCause
    signals: tuple[SignalT, ...]

    @property
    def title(self) -> str:
        """Illness or overload? 6 signs; empty for a single signal, which says it itself."""
        count = len(self.signals)
        return f"{CAUSE_TITLES[self.cause]} {count} signs" if count > 1 else ""


def group_by_cause(signals: Iterable[SignalT]) -> list[CauseGroup[SignalT]]:
    """Groups by their worst signal, then by their number of signals. Equal signals keep their order."""
    by_cause: dict[SignalCause, list[SignalT]] = {cause: [] for cause in CAUSE_TITLES}
    for signal in signals:
        by_cause[CAUSE_BY_DOMAIN[signal.domain]].append(signal)
    groups = [
        CauseGroup(cause, tuple(sorted(found, key=_urgency_key)))
        for cause, found in by_cause.items()
        if found
    ]
    return sorted(groups, key=lambda group: (_urgency_key(group.signals[0])[0], -len(group.signals)))


def _urgency_key(signal: GradedSignal) -> tuple[int, float]:
    return -SEVERITY_RANK[signal.severity], -signal.confidence
