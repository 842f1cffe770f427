"""Write the digests that are due: for each coach and club, on Monday at 06:00 in the coach's time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from athletes.models import Membership, Notice
from athletes.models.notices import NoticeKind
from athletes.notices.writing import store_notices

SENT_AT = time(6)
SENT_LATE = timedelta(hours=24)  # if no worker ran; later, the week is old


def write_due_digests(now: datetime) -> int:
    """Write the digests that are due and not written. Returns how many. At most three statements.

    The id of a digest follows from club and Monday, so a second worker writes none twice.
    """
    due = _find_due(now)
    keys = {(recipient_id, build_digest_id(club, monday)) for recipient_id, club, monday in due}
    known = Notice.objects.filter(kind=NoticeKind.DIGEST, subject_id__in={key for _, key in keys})
    written = set(known.values_list("recipient_id", "subject_id")) if keys else set()
    notices = [
        Notice(
            recipient_id=recipient_id,
            kind=NoticeKind.DIGEST,
            organization_id=club,
            subject_id=build_digest_id(club, monday),
            day=monday,
        )
        for recipient_id, club, monday in due
        if (recipient_id, build_digest_id(club, monday)) not in written
    ]
    if notices:
        store_notices(notices, now)
    return len(notices)


def build_digest_id(organization_id: UUID, monday: date) -> UUID:
    return uuid5(organization_id, monday.isoformat())


def find_due_monday(zone: ZoneInfo, now: datetime) -> date | None:
    """The Monday whose digest is due at this moment in this zone, or None."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    due_at = datetime.combine(monday, SENT_AT, zone)
    return monday if timedelta() <= now - due_at < SENT_LATE else None


def _find_due(now: datetime) -> list[tuple[UUID, UUID, date]]:
    """(coach, club, Monday) of clubs with athletes. Who became a coach on that Monday waits a week."""
    athletes = Membership.objects.active().athletes().filter(organization=OuterRef("organization"))
    coaches = Membership.objects.active().coaching().filter(Exists(athletes), user__is_active=True)
    rows = coaches.order_by("pk").values_list(
        "user_id", "organization_id", "user__athlete__timezone", "joined_at"
    )
    mondays: dict[str, date | None] = {}
    due = []
    for person_id, club, zone, joined_at in rows:
        if zone not in mondays:
            mondays[zone] = find_due_monday(ZoneInfo(zone), now)
        monday = mondays[zone]
        if monday is not None and joined_at.astimezone(ZoneInfo(zone)).date() < monday:
            due.append((person_id, club, monday))
    return due
