"""A person's own data: told as one archive, and forgotten. Each app says what it keeps (`settings.OWN_DATA`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from astral.row_export import encode_json_rows, export_rows
from astral.zip_stream import ArchiveFile
from athletes.models import User

README_HEAD = """Everything that this Astral server stores about {name}
as of {now:%Y-%m-%d %H:%M} UTC

Each .json file is a list, a stored row a line. Columns carry their units (_m metres, _s seconds, _bpm, …); times are
UTC; ids are those of the API. A file that is [] says that nothing is stored. The recordings under originals/ are byte
for byte what was uploaded: send them to POST /api/v1/activities/upload of any Astral, and the activities are back.

Not in here:
* secrets (password, tokens), which are stored as digests only and would be of use to nobody but a thief;
* labels, notes, level and the assigned coach, which a club's coaches keep for themselves. The club holds them: ask its
  head coach, who has to answer;
* names and addresses of other people.
"""


def yield_no_files(person: User) -> Iterator[ArchiveFile]:
    yield from ()


def forget_nothing(person: User) -> None:
    """Everything goes with the rows that the person owns."""


@dataclass(frozen=True, slots=True)
class PersonalDataTable:
    """The rows of one model about a person: `rows` finds them, `file` tells them, but for the columns `without`."""

    file: str
    description: str
    rows: Callable[[User], QuerySet[Any]]
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonalDataSource:
    """What one app keeps about people.

    `files` are those that no table makes, and `also` says what they are; `forget` removes, in the transaction of the
    deletion, what no foreign key takes along.
    """

    tables: tuple[PersonalDataTable, ...]
    files: Callable[[User], Iterator[ArchiveFile]] = yield_no_files
    file_descriptions: tuple[tuple[str, str], ...] = ()
    forget: Callable[[User], None] = forget_nothing


@cache
def load_personal_data_sources() -> tuple[PersonalDataSource, ...]:
    """Of every app, those above first: what they forget may still point to what those below keep."""
    return tuple(import_string(name) for name in settings.OWN_DATA)


def build_personal_archive(person: User, now: datetime) -> Iterator[ArchiveFile]:
    """The files that tell a person everything stored about them, read piece by piece as they are sent."""
    yield ArchiveFile("README.txt", [build_readme(person, now).encode()])
    for kept in load_personal_data_sources():
        for table in kept.tables:
            yield ArchiveFile(table.file, encode_json_rows(export_rows(table.rows(person), table.without)))
        yield from kept.files(person)


def build_readme(person: User, now: datetime) -> str:
    lines = [
        (table.file, table.description) for kept in load_personal_data_sources() for table in kept.tables
    ]
    lines += [line for kept in load_personal_data_sources() for line in kept.file_descriptions]
    width = max(len(name) for name, _ in lines)
    listed = "\n".join(f"{name:<{width}}  {says}" for name, says in sorted(lines))
    return f"{README_HEAD.format(name=person.email, now=now)}\n{listed}\n"
