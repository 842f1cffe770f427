"""The rights table: each Right says who may do something. Querysets, permissions and documentation use it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeGuard
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import QuerySet

from athletes.roles import COACHING_ROLES, RECORDING_ROLES, Role


class Scope(models.TextChoices):
    """What an organization's API key may do; `write` includes `read`."""

    READ = "read"
    WRITE = "write"


class Category(models.TextChoices):
    """What an athlete shares, or does not share, with the coaches of an organization."""

    ACTIVITIES = "activities"
    HEALTH = "health"
    GOALS_AND_PLANS = "goals_and_plans"


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which categories of one athlete a viewer may see."""

    activities: bool = True
    health: bool = True
    goals_and_plans: bool = True

    @classmethod
    def without(cls, withheld: Iterable[str]) -> Visibility:
        """Everything but these categories. Raises ValueError for an unknown one."""
        hidden = {Category(category) for category in withheld}
        return cls(**{category.value: category not in hidden for category in Category})

    @property
    def withheld(self) -> list[str]:
        """The categories the viewer may not see, in alphabetical order."""
        return [category.value for category in sorted(Category) if not getattr(self, category.value)]


EVERYTHING = Visibility()
NOTHING = Visibility(activities=False, health=False, goals_and_plans=False)


@dataclass(frozen=True, slots=True)
class Acting:
    """Staff act as a person. They see nobody's health data, but the person's own if `may_see_own`.

    `staff`: the member of staff as a user. `may_see_own`: the person allows that staff see activities and
    health data.
    """

    session_id: UUID
    person_id: UUID
    staff: Any
    until: datetime
    may_see_own: bool


@dataclass(frozen=True, slots=True)
class CacheScope:
    """The viewer's part of a cache key. Only viewers with equal scopes share an answer."""

    user_id: UUID | None = None  # None for an API key
    organization_id: UUID | None = None  # of an API key
    data_version: int = 0
    is_staff: bool = False
    is_acted: bool = False  # staff act as this viewer, and see less


class Viewer(Protocol):
    """A user or an organization's API key that makes a request. Other code does not need to know which."""

    def __hash__(self) -> int: ...

    @property
    def pk(self) -> Any: ...  # the user's id; None for an API key

    @property
    def is_active(self) -> bool: ...

    @property
    def is_staff(self) -> bool: ...

    @property
    def acting(self) -> Acting | None:
        """The staff who act as this person."""

    @property
    def cache_scope(self) -> CacheScope:
        """Part of every cache key: the viewer and the version of what they may see."""

    @property
    def query_id(self) -> UUID:
        """The id on which its querysets depend: of the user, or of the key's organization."""

    @property
    def log_identity(self) -> tuple[str, UUID | None, UUID | None]:
        """For the access log: the kind of viewer, the id of the user or key, and the club of a key."""

    def with_query_id(self, identifier: UUID) -> Viewer:
        """The same kind of viewer with another id. Equal ones share compiled queries."""

    def has_scope(self, scope: str | None) -> bool:
        """Whether it may make calls that need this scope. None means calls that no API key may make."""

    def organization_ids(self, roles: frozenset[Role]) -> QuerySet[Any, UUID]:
        """The ids of the organizations where the viewer actively has one of these roles."""


@dataclass(frozen=True, slots=True)
class Right:
    """One row of the rights table.

    `own`: users have it on themselves. `roles`: roles that have it in their organization. `assigned`: roles
    that have it only on athletes assigned to them. `not_own`: those of `roles` that do not have it on their
    own membership. `scope`: the scope an API key needs; None means no API key. `staff`: staff have it
    everywhere. `anybody`: anonymous users have it too.
    """

    description: str
    own: bool = False
    roles: frozenset[Role] = frozenset()
    assigned: frozenset[Role] = frozenset()
    not_own: frozenset[Role] = frozenset()
    scope: Scope | None = None
    staff: bool = True
    anybody: bool = False

    def allows(self, viewer: Viewer | AnonymousUser) -> TypeGuard[Viewer]:
        """Whether the viewer can have this right at all.

        The querysets decide on which athletes and organizations.
        """
        if isinstance(viewer, AnonymousUser):
            return False
        return viewer.is_active and viewer.has_scope(self.scope)

    def is_unrestricted_for(self, viewer: Viewer) -> bool:
        return self.staff and viewer.is_staff


_COACHING, _RECORDING = frozenset(COACHING_ROLES), frozenset(RECORDING_ROLES)

PUBLIC = Right("public", anybody=True)
OWN = Right("decide about your own data", own=True, staff=False)
CONFIGURE = Right("change your own settings", own=True)
READ = Right("read about an athlete", own=True, roles=_COACHING, scope=Scope.READ)
RECORD = Right("record for an athlete", own=True, roles=_RECORDING, scope=Scope.WRITE)
ERASE = Right("delete for good", own=True)
OVERSEE = Right("read about the organization", roles=_COACHING, scope=Scope.READ)
ANNOTATE = Right("write notes and labels", roles=_COACHING, not_own=_COACHING - {Role.HEAD_COACH})
REVIEW = Right(
    "read what coaches did about an athlete",
    roles=_COACHING,
    not_own=_COACHING - {Role.HEAD_COACH},
    scope=Scope.READ,
)
COMMENT = Right("write comments", own=True, roles=_COACHING)
ARRANGE = Right(
    "plan for an athlete", roles=_RECORDING, assigned=frozenset({Role.ASSISTANT_COACH}), scope=Scope.WRITE
)
SCHEDULE = Right(
    "change the calendar",
    own=True,
    roles=_RECORDING,
    assigned=frozenset({Role.ASSISTANT_COACH}),
    scope=Scope.WRITE,
)
DECIDE = replace(SCHEDULE, description="decide about a proposal", scope=None)
MANAGE = Right("run the organization", roles=frozenset({Role.HEAD_COACH}))
