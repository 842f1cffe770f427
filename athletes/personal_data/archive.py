"""The archive of a user's personal data.

Each app lists the data it stores about users (`settings.OWN_DATA`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from astral.exports.row_export import encode_json_rows, export_rows
from astral.exports.zip_stream import ArchiveFile
from astral.logs import log_event
from athletes.accounts.use_limits import EXPORTS, count_use
from athletes.models import User

README_HEAD = """All data that this Astral server stores about {name}
on {now:%Y-%m-%d %H:%M} UTC

Each .json file is a list with one stored row per line. Column names end with their unit (_m metres, _s
seconds, _bpm beats per minute, …). Times are in UTC. Ids are the same as in the API. The content [] means
that nothing is stored. The folder originals/ has the exact files you uploaded. To restore your activities,
upload these files to any Astral server, on its page "Upload" or with POST /api/v1/activities/upload.

This archive does not contain:
* secrets (password, tokens): the server stores only their digests;
* labels, notes, level and the assigned coach: these belong to the club. Its head coach must answer if you
  ask;
* names and e-mail addresses of other people, but the names of those who looked at your data.
"""


def yield_no_files(person: User) -> Iterator[ArchiveFile]:
    yield from ()


def forget_nothing(person: User) -> None:
    """Do nothing: foreign keys delete everything."""


@dataclass(frozen=True, slots=True)
class PersonalDataTable:
    """The rows of one model about a user.

    `rows` finds them, `file` names the file, `without` lists omitted columns. `read`, if given, returns what
    is written instead of the stored columns.
    """

    file: str
    description: str
    rows: Callable[[User], QuerySet[Any]]
    without: tuple[str, ...] = ()
    read: Callable[[User, datetime], Iterable[dict[str, Any]]] | None = None

    def read_rows(self, person: User, now: datetime) -> Iterable[dict[str, Any]]:
        return self.read(person, now) if self.read else export_rows(self.rows(person), self.without)


@dataclass(frozen=True, slots=True)
class PersonalDataSource:
    """The data that one app stores about users.

    `files` yields files that are not tables; `file_descriptions`: (name, description) pairs for the README.
    `forget` deletes the data that no foreign key deletes; it runs in the transaction of the account deletion.
    """

    tables: tuple[PersonalDataTable, ...]
    files: Callable[[User], Iterator[ArchiveFile]] = yield_no_files
    file_descriptions: tuple[tuple[str, str], ...] = ()
    forget: Callable[[User], None] = forget_nothing


@cache
def load_personal_data_sources() -> tuple[PersonalDataSource, ...]:
    """The sources of all apps, higher apps first: their rows may refer to rows of lower apps."""
    return tuple(import_string(name) for name in settings.OWN_DATA)


def build_personal_archive(person: User, now: datetime) -> Iterator[ArchiveFile]:
    """The files of the archive. Their content is read piece by piece while it is sent.

    Raises 429 LIMIT_REACHED after too many in a day.
    """
    count_use(person.pk, EXPORTS, now)
    log_event("data_exported", person=person.pk)  # here, not in the generator: the line has the request id
    return _yield_archive_files(person, now)


def _yield_archive_files(person: User, now: datetime) -> Iterator[ArchiveFile]:
    yield ArchiveFile("README.txt", [build_readme(person, now).encode()])
    for source in load_personal_data_sources():
        for table in source.tables:
            yield ArchiveFile(table.file, encode_json_rows(table.read_rows(person, now)))
        yield from source.files(person)


def build_readme(person: User, now: datetime) -> str:
    sources = load_personal_data_sources()
    files = [(table.file, table.description) for source in sources for table in source.tables]
    files += [described for source in sources for described in source.file_descriptions]
    width = max(len(name) for name, _ in files)
    lines = "\n".join(f"{name:<{width}}  {description}" for name, description in sorted(files))
    return f"{README_HEAD.format(name=person.email, now=now)}\n{lines}\n"
