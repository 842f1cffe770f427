"""One message of an assistant: who calls, and which rights each tool gets.

A tool has the rights of calls of the API: it asks their policy rows, and the same querysets.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions

from astral import ids
from astral.http.errors import ApiError
from athletes.access.permissions import Permit, parse_id
from athletes.access.policy import PolicyRow, find_policy_row
from athletes.looks.collector import get_look_collector
from athletes.models import Athlete, User
from athletes.organizations.consent import load_visibilities
from athletes.rights import EVERYTHING, NOTHING, Scope, Viewer, Visibility

REFUSALS = (PermissionDenied, exceptions.PermissionDenied, Http404)


@dataclass(frozen=True, slots=True)
class ApiCall:
    """The call of the API whose rights a tool has, by the name of its address."""

    endpoint: str
    method: str = "GET"

    @property
    def row(self) -> PolicyRow:
        row = find_policy_row(self.endpoint, self.method)
        assert row is not None, self.endpoint
        return row

    @property
    def is_write(self) -> bool:
        return self.method != "GET"


class MissingScopeError(ApiError):
    """The credential may not make calls of this kind at all."""

    def __init__(self, row: PolicyRow) -> None:
        needed = "a key with the scope write" if row.right.scope == Scope.WRITE else "the token of a person"
        super().__init__("PERMISSION_DENIED", f"Your credential may not do this. It takes {needed}.", 403)


class NothingFoundError(ApiError):
    """It does not exist, or the caller may not see it. Nobody is told which."""

    def __init__(self, kind: str) -> None:
        super().__init__("NOT_FOUND", f"There is no such {kind}.", 404)


@dataclass(slots=True)
class CallTrace:
    """What a tool leaves for the request: its athlete, for the log line; what it raised unexpectedly.

    Context variables would be lost: the library runs each tool in a context of its own.
    """

    athlete_id: UUID | None = None
    failure: Exception | None = None


@dataclass(frozen=True, slots=True)
class AssistantCall:
    """`key_name`: of an API key."""

    viewer: Viewer
    key_name: str
    now: datetime
    trace: CallTrace = field(default_factory=CallTrace)

    def get_permit(self, api_call: ApiCall, user_id: str | None = None) -> Permit:
        """The rows on which the caller has the right of this call. Raises MissingScopeError.

        `user_id`: the athlete whom the tool names. The access log gets a refused look.
        """
        row = api_call.row
        if row.right.allows(self.viewer):
            return Permit(self.viewer, row)
        with suppress(ids.MalformedId):
            named = ids.decode(User.prefix, user_id or "")
            get_look_collector().add_refused(self.viewer, row.shown_categories, named)
        raise MissingScopeError(row)

    def find_athlete(self, api_call: ApiCall, user_id: str | None) -> tuple[Permit, Athlete]:
        """The athlete with this id; without one, the caller.

        Raises NothingFoundError for a foreign athlete, and WithheldError.
        """
        permit = self.get_permit(api_call, user_id)
        identifier = parse_id(User.prefix, user_id, "user_id") if user_id is not None else None
        self.trace.athlete_id = identifier or self.viewer.pk
        try:
            return permit, permit.athlete(identifier)
        except REFUSALS:
            raise NothingFoundError("athlete") from None

    def load_visibility(self, permit: Permit, athlete: Athlete) -> Visibility:
        """What the caller may see of this athlete. One statement; none for oneself."""
        if self.viewer.pk == athlete.pk:
            return EVERYTHING
        visibility = load_visibilities(self.viewer, [athlete.pk]).get(athlete.pk, NOTHING)
        permit.note_withheld(athlete.pk, visibility)
        return visibility
