"""Which kinds of notices a person wants by e-mail. The inbox has all of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from athletes.models import NoticeSwitch
from athletes.models.notices import NoticeKind


def load_switches(person_id: UUID) -> dict[NoticeKind, bool]:
    """For each kind, whether it comes by e-mail. One statement."""
    stored = dict(NoticeSwitch.objects.filter(person=person_id).values_list("kind", "by_mail"))
    return {kind: stored.get(kind.value, True) for kind in NoticeKind}


def change_switches(person_id: UUID, by_mail: Mapping[str, bool], now: datetime) -> None:
    """Store what a person chose. One statement."""
    NoticeSwitch.objects.bulk_create(
        [
            NoticeSwitch(person_id=person_id, kind=kind, by_mail=wanted, changed_at=now)
            for kind, wanted in sorted(by_mail.items())
        ],
        update_conflicts=True,
        unique_fields=["person", "kind"],
        update_fields=["by_mail", "changed_at"],
    )
