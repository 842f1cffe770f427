"""What somebody asks of a calendar, and who asks. A proposal keeps it as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from athletes.access.permissions import Permit
from athletes.models import Athlete, Membership, User
from athletes.models.querysets import supervised_memberships
from athletes.rights import Category
from coaching.models import CalendarChange


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """One operation. `values` as JSON, days as text.

    add: `day`, columns of a session. change: columns, `activity_id`. move: `day`. add, change and move may
    have a `position`. skip: `reason`. shift: `from`, `days`, `instance_id`. copy_week: `from`, `to`. undo:
    `change_id`. `versions`: the version of each session that it was made for, by id; None: any.
    """

    kind: CalendarChange.Kind
    values: Mapping[str, Any] = field(default_factory=dict)
    session_id: UUID | None = None
    versions: Mapping[str, int] | None = None
    reason: str = ""

    def to_json(self, versions: Mapping[str, int]) -> dict[str, Any]:
        session_id = str(self.session_id) if self.session_id else None
        return {"values": dict(self.values), "session_id": session_id, "versions": dict(versions)}


def parse_proposal(change: CalendarChange) -> ChangeRequest:
    """What a stored proposal asks for."""
    stored = change.request or {}
    session_id = UUID(stored["session_id"]) if stored["session_id"] else None
    kind = CalendarChange.Kind(change.kind)
    return ChangeRequest(kind, stored["values"], session_id, stored["versions"], change.reason)


@dataclass(frozen=True, slots=True)
class ChangeAuthor:
    """The author of a change: a person, or an API key by its name, who acts for `organization_id`."""

    permit: Permit
    user: User | None
    key_name: str
    organization_id: UUID | None


def build_author(permit: Permit, athlete: Athlete, key_name: str = "") -> ChangeAuthor:
    """`key_name`: of the API key that makes the call. One statement; none for the athlete and staff."""
    user, viewer, right = permit.author, permit.viewer, permit.row.right
    if viewer.pk == athlete.pk or right.is_unrestricted_for(viewer):
        return ChangeAuthor(permit, user, key_name, None)
    coached = Membership.objects.active().athletes().sharing(Category.GOALS_AND_PLANS).filter(user=athlete.pk)
    clubs = coached.filter(supervised_memberships(viewer, right)).order_by("organization_id")
    return ChangeAuthor(permit, user, key_name, clubs.values_list("organization_id", flat=True).first())
