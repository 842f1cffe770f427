"""Where athletes belong, as one viewer may know it: organizations, groups and what coaches note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from astral.compiled import among
from athletes.models import Group, Membership, Organization
from athletes.reading import Reading
from athletes.rights import READ, Viewer


@dataclass(frozen=True, slots=True)
class InGroup:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Belonging:
    """A current membership. What is for coaches only (`level`, `labels`, `assigned_coach_id`) is None in one's own."""

    organization_id: UUID
    organization_name: str
    role: str
    status: str
    joined_at: datetime
    groups: Sequence[InGroup]
    level: str | None = None
    labels: Sequence[str] | None = None
    assigned_coach_id: UUID | None = None

    @property
    def is_own(self) -> bool:
        return self.labels is None


COLUMNS = (
    "user_id", "organization_id", "organization__name", "role", "status", "joined_at", "in_groups",
    "level", "labels", "assigned_coach_id",
)  # fmt: skip


def belongings(
    viewer: Viewer, athlete_ids: Iterable[UUID], organization: Organization | None = None
) -> dict[UUID, list[Belonging]]:
    """Each athlete's memberships: one's own all, those of others in organizations where the viewer coaches.

    Longest first; with `organization` only the one there. One statement.
    """
    ids = list(athlete_ids)
    rows = _THERE.rows(viewer, ids=ids, club=organization.pk) if organization else _ALL.rows(viewer, ids=ids)
    found: dict[UUID, list[Belonging]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(_belonging(row, is_own=row[0] == viewer.pk))
    return found


def _all(viewer: Viewer, ids: Sequence[UUID]) -> QuerySet[Any, Any]:
    groups = Group.objects.filter(members=OuterRef("pk")).order_by("name", "pk")
    named = ArraySubquery(groups.values(told=JSONObject(id="id", name="name")))
    rows = Membership.objects.reached_by(viewer, READ).filter(user__in=among(ids)).annotate(in_groups=named)
    return rows.order_by("joined_at", "pk").values_list(*COLUMNS)


def _there(viewer: Viewer, ids: Sequence[UUID], club: UUID) -> QuerySet[Any, Any]:
    return _all(viewer, ids).filter(organization=club)


_ALL, _THERE = Reading(_all, ids=[UUID(int=2)]), Reading(_there, ids=[UUID(int=2)], club=UUID(int=3))


def _belonging(row: tuple[Any, ...], *, is_own: bool) -> Belonging:
    groups = [InGroup(UUID(group["id"]), group["name"]) for group in row[6]]
    one = Belonging(*(*row[1:6], groups, *row[7:]))
    return replace(one, level=None, labels=None, assigned_coach_id=None) if is_own else one
