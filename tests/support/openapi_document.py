"""Walks through the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

METHODS = {"get", "post", "put", "patch", "delete"}


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation, with its method and path."""
    for path, item in schema["paths"].items():
        for method in METHODS & item.keys():
            yield f"{method.upper()} {path}", item[method]


def properties(node: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of the document, with its path."""
    if isinstance(node, dict):
        for name, inner in node.get("properties", {}).items():
            if isinstance(inner, dict):
                yield f"{place}.{name}", inner
        for name, inner in node.items():
            yield from properties(inner, f"{place}.{name}")
    elif isinstance(node, list):
        for inner in node:
            yield from properties(inner, place)


def component_properties(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every property of a component: the component, its name, its schema."""
    for component, node in schema["components"]["schemas"].items():
        for name, inner in node.get("properties", {}).items():
            yield component, name, inner
