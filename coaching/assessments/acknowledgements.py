"""Acknowledge signals, undo it, and apply acknowledgements to an assessment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from astral.http.errors import ApiError
from athletes.models import Athlete, Consent, User
from athletes.rights import READ, Viewer
from coaching.assessments.values import Acknowledger, AssessmentData, SignalView
from coaching.models import Acknowledgement, SignalAction
from coaching.science.priority import RACE_NEAR_D, SEVERITY_RANK, compute_priority
from coaching.signal_history.actions import record_signal_actions

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
    """`acknowledgements`: those of the viewer's organizations for this athlete, with their coach."""
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
    """The signal with the acknowledgement that lasts longest; unchanged if none applies."""
    active = [row for row in acknowledgements if row.applies_to(signal.severity, today)]
    if not active:
        return signal
    longest = max(active, key=lambda row: row.until)
    return signal._replace(
        acknowledged_until=longest.until,
        acknowledged_on=longest.since,
        acknowledged_by=_name_coach(longest.coach) if longest.coach_id else None,
        reason=longest.reason,
    )


def build_coach(coach_id: UUID | None, display_name: str, username: str) -> User | None:
    """A coach from columns that were read with an acknowledgement; None if the account was deleted."""
    return User(pk=coach_id, display_name=display_name, username=username) if coach_id else None


def _name_coach(coach: User | None) -> Acknowledger | None:
    return Acknowledger(coach.pk, coach.display_name or coach.username) if coach else None


def remove_coach_words(acknowledgements: Iterable[Acknowledgement]) -> list[Acknowledgement]:
    """The acknowledgements without coach and reason, for the athlete: those are for coaches only."""
    return [
        Acknowledgement(code=row.code, severity=row.severity, since=row.since, until=row.until)
        for row in acknowledgements
    ]


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
def acknowledge_signals(
    athlete: Athlete,
    organizations: Collection[UUID],
    coach: User,
    signals: Sequence[SignalView],
    now: datetime,
    days: int,
    reason: str = "",
) -> list[SignalView]:
    """Mute active signals for these organizations for `days` (1–7); returns them as acknowledged."""
    Athlete.objects.filter(pk=athlete.pk).bump_version()
    return _store_acknowledgements(athlete, organizations, coach, signals, now, days, reason)


@transaction.atomic
def acknowledge_open_signals(
    athlete: Athlete,
    organizations: Collection[UUID],
    coach: User,
    assessment: AssessmentData,
    now: datetime,
    days: int,
    reason: str = "",
    shown: Mapping[str, str] | None = None,
) -> list[SignalView]:
    """As `acknowledge_signals`, of all signals that are open. What a colleague acknowledged stays theirs.

    `shown`: severity by code, as the coach saw them. Other signals, and those that became more severe, stay
    open. Raises ApiError NOT_SIGNALLED if there is nothing to acknowledge.
    """
    Athlete.objects.filter(pk=athlete.pk).bump_version()  # first: its lock makes a second coach wait
    existing = Acknowledgement.objects.filter(athlete=athlete, organization__in=organizations).select_related(
        "coach"
    )
    visible = apply_acknowledgements(assessment, existing).signals
    signals = [signal for signal in visible if signal.is_open and _was_shown(signal, shown)]
    if not signals:
        raise ApiError("NOT_SIGNALLED", "This athlete has no open signal.")
    return _store_acknowledgements(athlete, organizations, coach, signals, now, days, reason)


def _was_shown(signal: SignalView, shown: Mapping[str, str] | None) -> bool:
    if shown is None:
        return True
    severity = shown.get(signal.code)
    return severity is not None and SEVERITY_RANK[signal.severity] <= SEVERITY_RANK[severity]


def _store_acknowledgements(
    athlete: Athlete,
    organizations: Collection[UUID],
    coach: User,
    signals: Sequence[SignalView],
    now: datetime,
    days: int,
    reason: str,
) -> list[SignalView]:
    today = athlete.local_date(now)
    until = today + timedelta(days=days)
    rows = [
        Acknowledgement(
            athlete=athlete,
            organization_id=organization,
            coach=coach,
            code=signal.code,
            severity=signal.severity,
            since=today,
            until=until,
            reason=reason,
        )
        for organization in organizations
        for signal in signals
    ]
    Acknowledgement.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["athlete", "organization", "code"],
        update_fields=["coach", "severity", "since", "until", "reason"],
    )
    codes = [signal.code for signal in signals]
    record_signal_actions(
        athlete, organizations, coach, codes, SignalAction.Kind.ACKNOWLEDGED, now, until=until, reason=reason
    )
    return [
        _acknowledge(signal, [row for row in rows if row.code == signal.code], today) for signal in signals
    ]


@transaction.atomic
def unacknowledge(
    athlete: Athlete, organizations: Collection[UUID], now: datetime, codes: Collection[str] | None = None
) -> None:
    """Delete these organizations' acknowledgements of the signals with these codes; None: of all signals."""
    Athlete.objects.filter(pk=athlete.pk).bump_version()
    of_codes = {} if codes is None else {"code__in": codes}
    Acknowledgement.objects.filter(athlete=athlete, organization__in=organizations, **of_codes).delete()
    SignalAction.objects.filter(
        athlete=athlete,
        organization__in=organizations,
        kind=SignalAction.Kind.ACKNOWLEDGED,
        until__gte=athlete.local_date(now),
        undone_at__isnull=True,
        **of_codes,
    ).update(undone_at=now)


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
