"""The author of the changes of a request. The database gets it just before a tracked table is written.

The triggers read it from a setting that lasts until the end of the transaction, so a connection that goes
back to the pool forgets it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from astral.http.renderers import dumps
from athletes.changes.tracked_kinds import load_tracked_tables
from athletes.models import ChangeEntry

SET_AUTHOR_SQL = "SELECT set_config('astral.change_author', %s, true)"
_WRITE = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')


class EntryAuthor(NamedTuple):
    """`id`: of a user or key. `acted_as`: the person as whom staff act."""

    kind: str
    id: UUID | None
    acted_as: UUID | None = None


@dataclass(slots=True)
class AuthorOfRequest:
    """`find`: the author as far as the request knows it by now. `named`: somebody who joined meanwhile."""

    find: Callable[[], EntryAuthor]
    door: str
    request_id: str
    named: EntryAuthor | None = None

    def encode(self) -> str:
        author = self.named or self.find()
        values = {**author._asdict(), "door": self.door, "request_id": self.request_id}
        return dumps(values).decode()


_current: ContextVar[AuthorOfRequest | None] = ContextVar("change_author", default=None)


def name_change_author(author: EntryAuthor) -> None:
    """For a request that begins without a user: who makes the changes from now on."""
    if current := _current.get():
        current.named = author


@contextmanager
def open_change_author(author: AuthorOfRequest) -> Iterator[None]:
    """Everything that this block writes has this author. Without one, the author is this server."""
    token = _current.set(author)
    try:
        with connection.execute_wrapper(_tell_author):
            yield
    finally:
        _current.reset(token)


def record_acting_request(session_id: UUID, person_id: UUID, page: str) -> None:
    """A line for each form that staff send while they act as somebody, whatever it changes."""
    current = _current.get()
    author = current.find() if current else EntryAuthor(ChangeEntry.AuthorKind.STAFF, None, person_id)
    ChangeEntry.objects.create(
        changed_at=Now(),
        kind="acting_request",
        action=ChangeEntry.Action.CREATED,
        subject=session_id,
        athlete=person_id,
        after={"page": page},
        author_kind=author.kind,
        author=author.id,
        acted_as=author.acted_as,
        door=current.door if current else "",
        request_id=current.request_id if current else "",
    )


def _tell_author(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Before a write of a tracked table, tell the database the author.

    The statement goes past Django's log of statements: it belongs to the write.
    """
    author = _current.get()
    written = _WRITE.match(sql) if author is not None and isinstance(sql, str) else None
    if author is None or written is None or written[1] not in load_tracked_tables():
        return execute(sql, params, many, context)
    # Outside of a transaction the setting would end at once.
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        with connection.wrap_database_errors:
            connection.connection.execute(SET_AUTHOR_SQL, [author.encode()])
        return execute(sql, params, many, context)
