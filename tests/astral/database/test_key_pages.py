"""Pages by key give every row once, in order, with one short statement each."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from astral.database.key_pages import read_pages, read_rows
from athletes.models import Group, Organization
from tests.house.test_rules import SOURCES, get_relative_path


@pytest.fixture
def groups(db: None) -> list[tuple[str, str]]:
    """Seven groups of two clubs; names repeat from club to club."""
    clubs = [Organization.objects.create(name=name) for name in ("North", "South")]
    rows = [Group(organization=club, name=f"{number}") for club in clubs for number in range(4)]
    Group.objects.bulk_create(rows[:7])
    return sorted((row.name, row.organization.name) for row in rows[:7])


@pytest.mark.parametrize(("size", "statements"), [(1, 8), (2, 4), (3, 3), (7, 2), (8, 1)])
def test_pages_have_every_row_once(groups, django_assert_num_queries, size: int, statements: int):
    rows = Group.objects.values_list("name", "organization__name")
    with django_assert_num_queries(statements):
        found = list(read_rows(rows, ("name", "organization__name"), tuple, size))
    assert found == groups


def test_a_row_that_is_deleted_meanwhile_stops_nothing(groups, django_assert_num_queries):
    pages = read_pages(Group.objects.all(), ("pk",), lambda group: (group.pk,), 3)
    first = next(pages)
    Group.objects.filter(pk=first[-1].pk).delete()
    assert [len(page) for page in pages] == [3, 1]


def test_no_code_opens_a_cursor_on_the_server():
    """Behind pgbouncer it would be lost between two transactions."""
    opened = [get_relative_path(path) for path in SOURCES if ".iterator(" in path.read_text()]
    assert opened == []


@pytest.mark.parametrize("command", [("migrate",), ("backup", "new"), ("restore", "new")])
def test_commands_that_need_a_session_refuse_pgbouncer(command, settings, tmp_path: Path):
    settings.DATABASE_POOLER = "pgbouncer"
    with pytest.raises(CommandError, match="DATABASE_POOLER=none"):
        call_command(command[0], *(str(tmp_path / name) for name in command[1:]))
