"""Acknowledge signals, undo it, and apply acknowledgements to an assessment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from athletes.models import Athlete, Consent, User
from athletes.rights import READ, Viewer
from coaching.assessments.values import AssessmentData, SignalView
from coaching.models import Acknowledgement
from coaching.science.priority import RACE_NEAR_D, SEVERITY_RANK, compute_priority

NO_ACKNOWLEDGEMENTS: Sequence[Acknowledgement] = ()


class VisibleSignals(NamedTuple):
    """An assessment for one viewer: signals with `acknowledged_until`, most urgent first, and the priority.

    `urgent`: a critical signal that is not acknowledged; `watch`: a warning, but no critical signal.
    """

    signals: tuple[SignalView, ...]
    priority: float
    urgent: bool
    watch: bool


def apply_acknowledgements(
    assessment: AssessmentData, acknowledgements: Iterable[Acknowledgement] = NO_ACKNOWLEDGEMENTS
) -> VisibleSignals:
    """`acknowledgements`: those of the viewer's organizations for this athlete."""
    by_code: dict[str, list[Acknowledgement]] = {}
    for acknowledgement in acknowledgements:
        by_code.setdefault(acknowledgement.code, []).append(acknowledgement)
    signals, priority = assessment.signals, assessment.priority
    if by_code:
        signals = [
            _acknowledge(signal, by_code.get(signal.code, ()), assessment.local_date) for signal in signals
        ]
        priority = _compute_priority(signals, is_race_near(assessment))
    open_severities = {signal.severity for signal in signals if not signal.is_acknowledged}
    urgent = "critical" in open_severities
    watch = "warning" in open_severities and not urgent
    return VisibleSignals(tuple(sorted(signals, key=_urgency_key)), priority, urgent, watch)


def is_race_near(assessment: AssessmentData) -> bool:
    race = assessment.next_a_race
    return race is not None and (race - assessment.local_date).days <= RACE_NEAR_D


def _acknowledge(signal: SignalView, acknowledgements: Iterable[Acknowledgement], today: date) -> SignalView:
    """The signal with the last day of the acknowledgements that apply; unchanged if none does."""
    days = [
        acknowledgement.until
        for acknowledgement in acknowledgements
        if acknowledgement.applies_to(signal.severity, today)
    ]
    return signal._replace(acknowledged_until=max(days)) if days else signal


def _compute_priority(signals: Iterable[SignalView], race_near: bool) -> float:
    flags = [
        (signal.domain, signal.severity, signal.confidence, signal.is_acknowledged) for signal in signals
    ]
    return round(compute_priority(flags, race_near), 2)


def _urgency_key(signal: SignalView) -> tuple[bool, int, float]:
    return signal.acknowledged_until is not None, -SEVERITY_RANK[signal.severity], -signal.confidence


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
    signal: SignalView,
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
                code=signal.code,
                severity=signal.severity,
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


def drop_escalated(signals: Mapping[UUID, Sequence[SignalView]]) -> None:
    """Delete acknowledgements of signals that became more severe; they stay deleted if the severity falls.

    `signals`: all signals of each athlete. Organizations from which data is withheld are skipped: they see
    other severities. One statement, two when there are any.
    """
    ranks = {
        (athlete_id, signal.code): SEVERITY_RANK[signal.severity]
        for athlete_id, active in signals.items()
        for signal in active
    }
    refusals = Consent.objects.filter(
        athlete=OuterRef("athlete"), organization=OuterRef("organization"), granted=False
    )
    rows = Acknowledgement.objects.filter(~Exists(refusals), athlete_id__in=list(signals))
    escalated = [
        row.pk for row in rows if ranks.get((row.athlete_id, row.code), -1) > SEVERITY_RANK[row.severity]
    ]
    if escalated:
        rows.filter(pk__in=escalated).delete()
