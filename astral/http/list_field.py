"""The list field of request bodies. It looks at the length before it validates the items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

MAX_WRONG_ITEMS = 20  # after so many wrong items the rest of the list is not validated
MAX_ERRORS_PER_BODY = 100  # after so many errors in a body the rest of its lists is not validated


class ListField(serializers.ListField):
    """A JSON list of at most `max_length` items.

    REST framework validates every item first and the length afterwards: a list of a million wrong items then
    costs a minute and gigabytes.
    """

    max_length: int

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Sequence) and not isinstance(data, str) and len(data) > self.max_length:
            raise serializers.ValidationError(
                f"Send at most {self.max_length:,} items, not {len(data):,}.", "max_length"
            )
        return super().to_internal_value(data)

    def run_child_validation(self, data: Any) -> Any:
        assert self.child is not None
        values: list[Any] = []
        errors: dict[Any, Any] = {}
        for place, item in enumerate(data):
            try:
                values.append(self.child.run_validation(item))
            except serializers.ValidationError as error:
                errors[place] = error.detail
                if len(errors) == MAX_WRONG_ITEMS or self._has_enough_errors():
                    break
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def _has_enough_errors(self) -> bool:
        return bool(self.context.get("error_count", 0) >= MAX_ERRORS_PER_BODY)
