"""Lists in request bodies are measured before they are validated."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework import serializers

from astral.http.fields import WholeNumberField
from astral.http.list_field import MAX_WRONG_ITEMS, ListField


class CountingField(WholeNumberField):
    validated_count = 0

    def run_validation(self, data: Any = serializers.empty) -> Any:
        type(self).validated_count += 1
        return super().run_validation(data)


def validate(items: Any, **options: Any) -> tuple[int, Any]:
    """How many items were validated, and the values or errors."""
    CountingField.validated_count = 0
    field = ListField(child=CountingField(), max_length=100, **options)
    outcome: Any
    try:
        outcome = field.run_validation(items)
    except serializers.ValidationError as error:
        outcome = error.detail
    return CountingField.validated_count, outcome


def test_a_list_gives_its_values_in_order():
    assert validate([3, 1, 2]) == (3, [3, 1, 2])


def test_a_too_long_list_is_refused_without_a_look_at_its_items():
    count, errors = validate(["x"] * 101)
    assert count == 0
    assert [error.code for error in errors] == ["max_length"]
    assert str(errors[0]) == "Send at most 100 items, not 101."


def test_validation_stops_after_the_first_wrong_items():
    count, errors = validate(["x"] * 100)
    assert count == MAX_WRONG_ITEMS == len(errors)


def test_right_items_before_and_after_a_wrong_one_are_not_errors():
    assert list(validate([1, "x", 3, "y"])[1]) == [1, 3]


@pytest.mark.parametrize("value", ["text", {"a": 1}, 7])
def test_what_is_no_list_is_refused(value: Any):
    assert [error.code for error in validate(value)[1]] == ["not_a_list"]


def test_an_empty_list_is_refused_where_one_item_is_needed():
    assert [error.code for error in validate([], allow_empty=False)[1]] == ["empty"]
