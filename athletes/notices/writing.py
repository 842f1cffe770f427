"""Write notices, in the transaction of what they tell. One person is told of one thing once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import OuterRef, Subquery

from athletes.models import Consent, Membership, Notice
from athletes.models.notices import NoticeKind
from athletes.rights import Category
from athletes.roles import Role

# How long an e-mail waits: what is read meanwhile is not mailed, and notices of one kind share one e-mail.
MAIL_DELAYS: Mapping[NoticeKind, timedelta] = {
    NoticeKind.DIGEST: timedelta(),
    NoticeKind.SIGNAL: timedelta(minutes=2),
    NoticeKind.COMMENT: timedelta(minutes=5),
    NoticeKind.CALENDAR_CHANGE: timedelta(minutes=15),
    NoticeKind.IMPORT: timedelta(minutes=5),
}


@dataclass(frozen=True, slots=True)
class NewNotice:
    """What happened to an athlete. `categories`: what a reader must be allowed to see."""

    kind: NoticeKind
    athlete_id: UUID
    subject_id: UUID
    categories: tuple[Category, ...]


def tell_person(recipient_id: UUID, notice: NewNotice, now: datetime) -> None:
    """One statement. If the person was told already, nothing is written."""
    tell_people([(recipient_id, notice)], now)


def tell_coaches(
    notices: Collection[NewNotice],
    now: datetime,
    *,
    but: UUID | None = None,
    also: Collection[UUID] = (),
) -> None:
    """Tell the athletes' coaches who may see it. At most three statements; none without notices.

    In each club: the assigned coach; without one, the head coaches. `but`: whoever did it. `also`: other
    coaches, if they coach the athlete.
    """
    if not notices:
        return
    coaches = _find_coaches({notice.athlete_id for notice in notices}, also)
    told = {
        (coach.person_id, notice)
        for notice in notices
        for coach in coaches.get(notice.athlete_id, ())
        if not coach.withheld.intersection(notice.categories) and coach.person_id != but
    }
    tell_people(told, now)


def tell_people(told: Iterable[tuple[UUID, NewNotice]], now: datetime) -> None:
    """Pairs of a recipient and a notice. One statement."""
    store_notices(
        [
            Notice(
                recipient_id=recipient_id,
                kind=notice.kind,
                athlete_id=notice.athlete_id,
                subject_id=notice.subject_id,
                categories=[category.value for category in notice.categories],
            )
            for recipient_id, notice in told
        ],
        now,
    )


def store_notices(notices: Sequence[Notice], now: datetime) -> None:
    """Store new notices, with an e-mail that waits if this server sends any."""
    for notice in notices:
        notice.created_at = now
        if settings.SENDS_EMAIL:
            notice.mail_state = Notice.MailState.WAITING
            notice.mail_due_at = now + MAIL_DELAYS[NoticeKind(notice.kind)]
    ordered = sorted(notices, key=lambda notice: (notice.recipient_id, notice.kind, notice.subject_id))
    Notice.objects.bulk_create(ordered, ignore_conflicts=True)


def delete_notices(kind: NoticeKind, subject_id: UUID) -> None:
    """Delete what was told of something that is deleted."""
    Notice.objects.filter(kind=kind, subject_id=subject_id).delete()


@dataclass(frozen=True, slots=True)
class _Coach:
    person_id: UUID
    withheld: frozenset[str]


def _find_coaches(athlete_ids: Collection[UUID], also: Collection[UUID]) -> dict[UUID, list[_Coach]]:
    """By athlete, with what the athlete withholds from the coach's club. Two statements."""
    refused = Consent.objects.filter(
        athlete=OuterRef("user_id"), organization=OuterRef("organization_id"), granted=False
    )
    withheld = refused.order_by().values("athlete").values(names=ArrayAgg("category"))
    members = Membership.objects.active().athletes().filter(user__in=athlete_ids)
    joined = list(
        members.annotate(withheld=Subquery(withheld)).values_list(
            "user_id", "organization_id", "assigned_coach_id", "withheld"
        )
    )
    roles = _load_coaches_of({organization_id for _, organization_id, _, _ in joined})
    found: dict[UUID, list[_Coach]] = {}
    for athlete_id, organization_id, assigned_id, names in joined:
        here = roles.get(organization_id, {})
        heads = {pk for pk, role in here.items() if role == Role.HEAD_COACH}
        chosen = {assigned_id} if assigned_id in here else heads
        for person_id in sorted((chosen | here.keys() & set(also)) - {athlete_id}):
            found.setdefault(athlete_id, []).append(_Coach(person_id, frozenset(names or ())))
    return found


def _load_coaches_of(organization_ids: Collection[UUID]) -> dict[UUID, dict[UUID, str]]:
    """The roles of active coaches, by club and person."""
    coaches = Membership.objects.active().coaching().filter(organization__in=organization_ids)
    found: dict[UUID, dict[UUID, str]] = {}
    rows = coaches.filter(user__is_active=True).values_list("organization_id", "user_id", "role")
    for organization_id, person_id, role in rows:
        found.setdefault(organization_id, {})[person_id] = role
    return found
