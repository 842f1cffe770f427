"""Every list in a request body is a bounded one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver
from rest_framework import serializers

from astral.http.fields import StrictSerializer
from astral.http.list_field import ListField


def request_serializers(base: type[StrictSerializer] = StrictSerializer) -> Iterator[type[StrictSerializer]]:
    for serializer in base.__subclasses__():
        yield serializer
        yield from request_serializers(serializer)


def nested_fields(
    field: serializers.Field[Any, Any, Any, Any],
) -> Iterator[serializers.Field[Any, Any, Any, Any]]:
    yield field
    children = getattr(field, "_declared_fields", {}).values()
    child = getattr(field, "child", None)
    for inner in [*children, *([child] if child else [])]:
        yield from nested_fields(inner)


def test_lists_in_request_bodies_look_at_their_length_first():
    assert get_resolver().url_patterns  # imports all views, and with them all serializers
    fields = [
        (f"{serializer.__name__}.{name}", inner)
        for serializer in request_serializers()
        if serializer.__module__.split(".")[0] != "tests"
        for name, field in serializer._declared_fields.items()
        for inner in nested_fields(field)
    ]
    lists = {place: field for place, field in fields if isinstance(field, serializers.ListField)}
    assert len(lists) > 5
    assert [place for place, field in lists.items() if not isinstance(field, ListField)] == []
    assert [place for place, field in fields if isinstance(field, serializers.ListSerializer)] == []
