"""The archive of a user's personal data.

Each app lists the data it stores about users (`settings.OWN_DATA`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from astral.exports.row_export import encode_json_rows, export_rows
from astral.exports.zip_stream import ArchiveFile
from astral.http.renderers import dumps
from astral.logs import log_event
from athletes.accounts.limits.use_limits import EXPORTS, count_use
from athletes.models import User
from athletes.personal_data.restorer import RowRestorer

MANIFEST = "export.json"
ARCHIVE_KIND = "astral_export"
ARCHIVE_FORMAT = 1
"""Raise it when an older server could not restore the archive."""
UNITS = {
    "_m": "metres", "_s": "seconds", "_ms": "milliseconds", "_mps": "metres a second",
    "_bpm": "beats a minute", "_spm": "steps a minute", "_kcal": "kilocalories", "_kg": "kilograms",
    "_min": "minutes",
    "threshold_pace": "seconds a kilometre",
}  # fmt: skip

README_HEAD = """All data that this Astral server stores about {name}
on {now:%Y-%m-%d %H:%M} UTC

Each .json file is a list with one stored row per line. Column names end with their unit (_m metres, _s
seconds, _bpm beats per minute, …). Times are in UTC. Ids are the same as in the API. The content [] means
that nothing is stored. The folder originals/ has the exact files you uploaded.

To move to another account or another Astral server, import this whole ZIP there. It restores your activities
with all you said of them, your own comments, second recordings, health days, thresholds, races, absences
and plans with their links. Settings and thresholds fill only what is empty there. A plan of a club becomes
your own plan. It does not restore memberships, what you share, the bin, keys and tokens, what you did as a
coach, comments of others, acknowledged signals, and numbers that are computed again. The page
"Upload" or POST /api/v1/imports takes it.

This archive does not contain:
* secrets (password, tokens): the server stores only their digests;
* labels, notes, level and the assigned coach: these belong to the club. Its head coach must answer if you
  ask;
* names and e-mail addresses of other people, but the names of those who looked at your data.
"""


def yield_no_files(person: User) -> Iterator[ArchiveFile]:
    yield from ()


def state_nothing(person: User) -> Mapping[str, Any]:
    return {}


def forget_nothing(person: User) -> None:
    """Do nothing: foreign keys delete everything."""


@dataclass(frozen=True, slots=True)
class PersonalDataTable:
    """The rows of one model about a user.

    `rows` finds them, `file` names the file, `without` lists omitted columns. `read`, if given, returns what
    is written instead of the stored columns. `restorer` gives the rows back to an account; without one, they
    are not restored.
    """

    file: str
    description: str
    rows: Callable[[User], QuerySet[Any]]
    without: tuple[str, ...] = ()
    read: Callable[[User, datetime], Iterable[dict[str, Any]]] | None = None
    restorer: RowRestorer | None = None

    def read_rows(self, person: User, now: datetime) -> Iterable[dict[str, Any]]:
        return self.read(person, now) if self.read else export_rows(self.rows(person), self.without)


@dataclass(frozen=True, slots=True)
class PersonalDataSource:
    """The data that one app stores about users.

    `files` yields files that are not tables; `file_descriptions`: (name, description) pairs for the README.
    `forget` deletes the data that no foreign key deletes; it runs in the transaction of the account deletion.
    `facts` are about the archive as a whole; they are written into export.json. `file_restorers` restore what
    is no table.
    """

    tables: tuple[PersonalDataTable, ...]
    files: Callable[[User], Iterator[ArchiveFile]] = yield_no_files
    file_descriptions: tuple[tuple[str, str], ...] = ()
    forget: Callable[[User], None] = forget_nothing
    facts: Callable[[User], Mapping[str, Any]] = state_nothing
    file_restorers: Mapping[str, RowRestorer] = field(default_factory=dict)


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
    yield ArchiveFile(MANIFEST, [dumps(build_manifest(person, now))])
    for source in load_personal_data_sources():
        for table in source.tables:
            yield ArchiveFile(table.file, encode_json_rows(table.read_rows(person, now)))
        yield from source.files(person)


def build_manifest(person: User, now: datetime) -> dict[str, Any]:
    """What another server has to know before it reads the archive."""
    facts = {
        name: fact for source in load_personal_data_sources() for name, fact in source.facts(person).items()
    }
    return {"kind": ARCHIVE_KIND, "format": ARCHIVE_FORMAT, "exported_at": now, "units": UNITS} | facts


def load_row_restorers() -> dict[str, RowRestorer]:
    """The restorers of all apps, by the name of their file."""
    restorers: dict[str, RowRestorer] = {}
    for source in load_personal_data_sources():
        restorers |= {table.file: table.restorer for table in source.tables if table.restorer is not None}
        restorers |= source.file_restorers
    return restorers


def build_readme(person: User, now: datetime) -> str:
    sources = load_personal_data_sources()
    files = [(table.file, table.description) for source in sources for table in source.tables]
    files += [described for source in sources for described in source.file_descriptions]
    files.append((MANIFEST, "The version of this format, and the units."))
    width = max(len(name) for name, _ in files)
    lines = "\n".join(f"{name:<{width}}  {description}" for name, description in sorted(files))
    return f"{README_HEAD.format(name=person.email, now=now)}\n{lines}\n"
