"""Named tuples of named tuples from the rows of a query."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
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


PERSON = ColumnGroup(Person, renamed={"user_id": "pk", "name": "user__name"})
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


def test_names_that_are_no_fields_are_refused():
    with pytest.raises(ValueError, match="Person: unknown or missing fields: nmae"):
        ColumnGroup(Person, renamed={"nmae": "user__name"})
    with pytest.raises(ValueError, match="Numbers: unknown or missing fields: part"):
        ColumnGroup(Numbers, json=["part"])
    with pytest.raises(ValueError, match="Inner: unknown or missing fields: people, person"):
        NestedRow(Inner, people=PERSON)
    with pytest.raises(ValueError, match="Outer: unknown or missing fields: inner"):
        NestedRow(Outer, numbers=NUMBERS)


@pytest.mark.parametrize("row", [(2, "[]", 7), (2, "[]", 7, "Ada", 0)])
def test_a_row_of_another_length_is_refused(row: tuple[Any, ...]):
    with pytest.raises(ValueError, match=f"Outer: {len(row)} values for 4 columns"):
        OUTER.read(row)
    with pytest.raises(ValueError, match="Person: 3 values for 2 columns"):
        PERSON.read((7, "Ada", 0))
