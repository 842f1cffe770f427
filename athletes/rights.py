"""What one may do: the contract's table, a right a row. Queries, permissions and documentation are made from these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeGuard
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import QuerySet

from athletes.roles import COACHING_ROLES, RECORDING_ROLES, Role


class Scope(models.TextChoices):
    """What an organization's key was made for; `write` includes `read`."""

    READ = "read"
    WRITE = "write"


class Category(models.TextChoices):
    """What an athlete agrees, or does not agree, that the coaches of an organization see."""

    ACTIVITIES = "activities"
    HEALTH = "health"
    GOALS_AND_PLANS = "goals_and_plans"


@dataclass(frozen=True, slots=True)
class CacheScope:
    """What a cached answer depends on in its viewer. Only viewers with equal scopes share an answer."""

    user_id: UUID | None = None  # None for an API key
    organization_id: UUID | None = None  # of an API key
    data_version: int = 0
    is_staff: bool = False


class Viewer(Protocol):
    """Who asks: a person, or an organization's key. Nobody but these methods needs to know which."""

    @property
    def pk(self) -> Any: ...  # the person; None for a key, which is nobody

    @property
    def is_active(self) -> bool: ...

    @property
    def is_staff(self) -> bool: ...

    @property
    def cache_scope(self) -> CacheScope:
        """Who looks, and as of which change of what they are: what is kept for one outlook is for no other."""

    def has_scope(self, scope: str | None) -> bool:
        """Whether what it signed in with is good for calls of this scope; None: calls that no key may make."""

    def organization_ids(self, roles: frozenset[Role]) -> QuerySet[Any, UUID]:
        """The ids of the organizations where it acts in one of these roles."""


@dataclass(frozen=True, slots=True)
class Right:
    """One row of the table.

    `own`: people, about themselves. `roles`: in the organization. `assigned`: roles that may for the athletes
    assigned to them. `scope`: what a key needs; None: no key may. `staff`: staff may everywhere. `anybody`: also
    who is not signed in.
    """

    description: str
    own: bool = False
    roles: frozenset[Role] = frozenset()
    assigned: frozenset[Role] = frozenset()
    scope: Scope | None = None
    staff: bool = True
    anybody: bool = False

    def allows(self, viewer: Viewer | AnonymousUser) -> TypeGuard[Viewer]:
        """Whether to look any further; which people and organizations are in reach, the querysets say."""
        if isinstance(viewer, AnonymousUser):
            return False
        return viewer.is_active and viewer.has_scope(self.scope)

    def is_unrestricted_for(self, viewer: Viewer) -> bool:
        return self.staff and viewer.is_staff


_COACHING, _RECORDING = frozenset(COACHING_ROLES), frozenset(RECORDING_ROLES)

PUBLIC = Right("public", anybody=True)
OWN = Right("decide about oneself", own=True, staff=False)
READ = Right("read about an athlete", own=True, roles=_COACHING, scope=Scope.READ)
RECORD = Right("record for an athlete", own=True, roles=_RECORDING, scope=Scope.WRITE)
OVERSEE = Right("read about the organization", roles=_COACHING, scope=Scope.READ)
ANNOTATE = Right("write notes and labels", roles=_COACHING)
ARRANGE = Right(
    "plan for an athlete", roles=_RECORDING, assigned=frozenset({Role.ASSISTANT_COACH}), scope=Scope.WRITE
)
MANAGE = Right("run the organization", roles=frozenset({Role.HEAD_COACH}))
