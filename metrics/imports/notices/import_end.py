"""Tell of an import that has ended: the webhooks, and whoever made it."""

from __future__ import annotations

from datetime import datetime

from athletes.events.kinds import EventKind
from athletes.events.outbox import record_event
from athletes.models.notices import NoticeKind
from athletes.notices.writing import NewNotice, delete_notices, tell_person
from athletes.rights import Category
from metrics.models import Import


def tell_import_end(parent: Import, now: datetime) -> None:
    """Call it in the transaction that ends the import. The athlete is told if a program made it."""
    record_event(EventKind.IMPORT_DONE, parent.athlete_id, parent.pk)
    notice = NewNotice(NoticeKind.IMPORT, parent.athlete_id, parent.pk, (Category.ACTIVITIES,))
    tell_person(parent.made_by_id or parent.athlete_id, notice, now)


def withdraw_import_end(parent: Import) -> None:
    """Call it when an import that has ended goes on: then its next end is told, too."""
    delete_notices(NoticeKind.IMPORT, parent.pk)
