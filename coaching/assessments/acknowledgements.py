"""Acknowledge signals, undo it, and apply acknowledgements to an assessment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from athletes.models import Athlete, Consent, User
from athletes.rights import READ, Viewer
from coaching.models import Acknowledgement, Assessment
from coaching.science.priority import RACE_NEAR_D, SEVERITY_RANK, compute_priority

NO_ACKNOWLEDGEMENTS: Sequence[Acknowledgement] = ()


class AssessmentLike(Protocol):
    """An assessment: the model row or a few of its columns."""

    @property
    def local_date(self) -> date: ...
    @property
    def signals(self) -> Sequence[dict[str, Any]]: ...
    @property
    def priority(self) -> float: ...
    @property
    def next_a_race(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class VisibleSignals:
    """An assessment for one viewer: signals with `acknowledged_until`, most urgent first, and the priority.

    `urgent`: a critical signal that is not acknowledged; `watch`: a warning, but no critical signal.
    """

    signals: tuple[dict[str, Any], ...]
    priority: float
    urgent: bool
    watch: bool


def apply_acknowledgements(
    assessment: AssessmentLike, acknowledged: Iterable[Acknowledgement] = NO_ACKNOWLEDGEMENTS
) -> VisibleSignals:
    """`acknowledged`: what the viewer's organizations have acknowledged of this athlete."""
    today = assessment.local_date
    by_code: dict[str, list[Acknowledgement]] = {}
    for one in acknowledged:
        by_code.setdefault(one.code, []).append(one)
    signals = [
        signal | {"acknowledged_until": _acknowledged_until(signal, by_code, today)}
        for signal in assessment.signals
    ]
    loud = {signal["severity"] for signal in signals if signal["acknowledged_until"] is None}
    urgent = "critical" in loud
    value = assessment.priority if not by_code else _compute_priority(signals, is_race_near(assessment))
    return VisibleSignals(
        tuple(sorted(signals, key=_urgency_key)), value, urgent, "warning" in loud and not urgent
    )


def is_race_near(assessment: AssessmentLike) -> bool:
    race = assessment.next_a_race
    return race is not None and (race - assessment.local_date).days <= RACE_NEAR_D


def _acknowledged_until(
    signal: dict[str, Any], by_code: dict[str, list[Acknowledgement]], today: date
) -> str | None:
    active = [
        one.until for one in by_code.get(signal["code"], ()) if one.applies_to(signal["severity"], today)
    ]
    return max(active).isoformat() if active else None


def _compute_priority(signals: Iterable[dict[str, Any]], race_near: bool) -> float:
    flags = [
        (signal["domain"], signal["severity"], signal["confidence"], signal["acknowledged_until"] is not None)
        for signal in signals
    ]
    return round(compute_priority(flags, race_near), 2)


def _urgency_key(signal: dict[str, Any]) -> tuple[bool, int, float]:
    return signal["acknowledged_until"] is not None, -SEVERITY_RANK[signal["severity"]], -signal["confidence"]


def find_acknowledgements(viewer: Viewer) -> QuerySet[Acknowledgement]:
    """Acknowledgements by the viewer's organizations; for staff all."""
    if READ.is_unrestricted_for(viewer):
        return Acknowledgement.objects.all()
    return Acknowledgement.objects.filter(organization__in=viewer.organization_ids(READ.roles))


@transaction.atomic
def acknowledge_signal(
    athlete: Athlete,
    organizations: Iterable[UUID],
    coach: User,
    signal: dict[str, Any],
    today: date,
    days: int,
) -> date:
    """Mute an active signal for these organizations for `days` (1–7); returns the last day."""
    Athlete.objects.filter(pk=athlete.pk).bump_version()
    until = today + timedelta(days=days)
    Acknowledgement.objects.bulk_create(
        [
            Acknowledgement(
                athlete=athlete,
                organization_id=organization,
                coach=coach,
                code=signal["code"],
                severity=signal["severity"],
                since=today,
                until=until,
            )
            for organization in organizations
        ],
        update_conflicts=True,
        unique_fields=["athlete", "organization", "code"],
        update_fields=["coach", "severity", "since", "until"],
    )
    return until


@transaction.atomic
def unacknowledge(athlete: Athlete, organizations: Iterable[UUID], code: str) -> None:
    Athlete.objects.filter(pk=athlete.pk).bump_version()
    Acknowledgement.objects.filter(
        athlete=athlete, organization_id__in=list(organizations), code=code
    ).delete()


def drop_escalated(assessments: Sequence[Assessment]) -> None:
    """Delete acknowledgements of signals that became more severe; they stay deleted if the severity falls.

    Organizations from which data is withheld are skipped: they see other severities. One
    statement, two when there are any.
    """
    now = {
        (one.athlete_id, signal["code"]): SEVERITY_RANK[signal["severity"]]
        for one in assessments
        for signal in one.signals
    }
    refusals = Consent.objects.filter(
        athlete=OuterRef("athlete"), organization=OuterRef("organization"), granted=False
    )
    rows = Acknowledgement.objects.filter(
        ~Exists(refusals), athlete_id__in=[one.athlete_id for one in assessments]
    )
    risen = [row.pk for row in rows if now.get((row.athlete_id, row.code), -1) > SEVERITY_RANK[row.severity]]
    if risen:
        rows.filter(pk__in=risen).delete()
