"""The inbox: a person's notices with their texts, and marks of what was read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from athletes.looks.collector import PROFILE, get_look_collector
from athletes.models import Notice, User
from athletes.models.notices import NoticeKind, NoticeQuerySet
from athletes.notices.texts import NoticeText, describe_gone, read_notice_texts

READ_KEPT, UNREAD_KEPT = timedelta(days=90), timedelta(days=365)


class InboxEntry(NamedTuple):
    notice: Notice
    text: NoticeText


def find_notices(person: User) -> NoticeQuerySet:
    """What this person may read now, newest first."""
    return Notice.objects.readable_by(person.pk)


def read_entries(person: User, notices: Sequence[Notice], now: datetime) -> list[InboxEntry]:
    """These notices with their texts. The access log gets a look at their athletes."""
    texts = read_notice_texts(person, notices, now)
    note_looks(person, notices)
    return [InboxEntry(notice, texts.get(notice.pk) or describe_gone(notice)) for notice in notices]


def note_looks(person: User, notices: Sequence[Notice]) -> None:
    collector = get_look_collector()
    for notice in notices:
        if notice.athlete_id is not None:
            collector.add(person, notice.athlete_id, tuple(notice.categories) or (PROFILE,))


def mark_notices_read(person_id: UUID, notice_ids: Collection[UUID], now: datetime) -> None:
    """Mark these notices of this person. What was read before keeps its time."""
    own = Notice.objects.filter(recipient=person_id, pk__in=notice_ids)
    own.unread().update(read_at=now)


def mark_subjects_read(
    person_id: UUID, kind: NoticeKind, subject_ids: Collection[UUID], now: datetime
) -> None:
    """The person has seen what these notices are about."""
    own = Notice.objects.filter(recipient=person_id, kind=kind, subject_id__in=subject_ids)
    own.unread().update(read_at=now)


def mark_all_read(person: User, now: datetime) -> int:
    """Mark all notices that this person may read now. Returns how many were new."""
    return find_notices(person).filter(created_at__lte=now).unread().update(read_at=now)


def delete_old_notices(now: datetime) -> None:
    """Delete what was read 90 days ago, and what nobody has read for a year."""
    old = Q(read_at__lt=now - READ_KEPT) | Q(read_at=None, created_at__lt=now - UNREAD_KEPT)
    Notice.objects.filter(old).exclude(mail_state__in=Notice.OPEN_MAIL_STATES).delete()
