"""Named tuples of named tuples from the rows of a query."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models.functions import Cast

from astral.nested_rows import ColumnGroup, NestedRow


class Person(NamedTuple):
    user_id: int
    name: str


class Numbers(NamedTuple):
    total: int
    parts: Any


class Inner(NamedTuple):
    person: Person


class Outer(NamedTuple):
    numbers: Numbers
    inner: Inner


PERSON = ColumnGroup(Person, user_id="pk", name="user__name")
NUMBERS = ColumnGroup(Numbers, "snapshot__", json=["parts"])
OUTER = NestedRow(Outer, inner=NestedRow(Inner, person=PERSON), numbers=NUMBERS)


def test_columns_have_the_prefix_and_the_new_names():
    assert PERSON.columns == ["pk", "user__name"]
    assert PERSON.under("athlete__").columns == ["athlete__pk", "athlete__user__name"]
    total, parts = NUMBERS.under("athlete__").columns
    assert total == "athlete__snapshot__total"
    assert isinstance(parts, Cast)


def test_a_group_decodes_its_json_columns():
    assert NUMBERS.read((2, '{"a": [1]}')) == Numbers(2, {"a": [1]})
    assert tuple(NUMBERS.read((None, None))) == (None, None)


def test_a_nested_row_follows_the_order_of_its_fields():
    row = OUTER.read((2, "[]", 7, "Ada"))
    assert row == Outer(Numbers(2, []), Inner(Person(7, "Ada")))
    assert row.inner.person.name == "Ada"
    assert OUTER.under("x__").columns[2:] == ["x__pk", "x__user__name"]
