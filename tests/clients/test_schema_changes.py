"""Changes that break clients of the last release are found, and the release notes name them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from astral.http.documentation import get_schema_document
from tests.clients.schema_changes import (
    CHANGELOG,
    RELEASED,
    Break,
    compact_schema,
    find_breaks,
    list_unnamed,
    read_release_notes,
)

RACE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "priority": {"$ref": "#/components/schemas/Priority"},
        "time": {"type": ["number", "null"]},
    },
    "required": ["name"],
}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/races": {
            "post": {
                "parameters": [{"name": "dry_run", "in": "query", "schema": {"type": "boolean"}}],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Race"}}}
                },
                "responses": {
                    "201": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Races"}}}
                    },
                    "400": {"content": {"application/json": {"schema": {"type": "object"}}}},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Race": RACE,
            "Races": {
                "type": "object",
                "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Race"}}},
            },
            "Priority": {"type": "string", "enum": ["A", "B"]},
        }
    },
}
CALL = "POST /races"
Change = Callable[[dict[str, Any], dict[str, Any]], Any]


def apply(change: Change) -> list[Break]:
    """The breaks after a change of the operation and the components."""
    after = copy.deepcopy(DOCUMENT)
    change(after["paths"]["/races"], after["components"]["schemas"])
    return find_breaks(compact_schema(DOCUMENT), compact_schema(after))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda path, parts: path.pop("post"), {("/races", "is gone")}),
        (
            lambda path, parts: path["post"]["parameters"].clear(),
            {("dry_run", "is no input any more")},
        ),
        (
            lambda path, parts: path["post"]["parameters"][0].update(required=True),
            {("dry_run", "has to be sent now")},
        ),
        (
            lambda path, parts: path["post"]["parameters"].append(
                {"name": "org", "in": "query", "required": True, "schema": {"type": "string"}}
            ),
            {("org", "is a new input that has to be sent")},
        ),
        (
            lambda path, parts: path["post"]["parameters"][0].update(schema={"type": "integer"}),
            {("dry_run", "takes another type")},
        ),
        (
            lambda path, parts: parts["Race"]["properties"].pop("time"),
            {("time", "is no input any more"), ("time", "is in no answer any more")},
        ),
        (
            lambda path, parts: parts["Race"]["properties"].update(name={"type": ["string", "null"]}),
            {("name", "has another type in answers")},
        ),
        (
            lambda path, parts: parts["Priority"].update(enum=["A"]),
            {
                ("B", "is no value of priority any more"),
                ("B", "is no value of data[].priority in answers any more"),
            },
        ),
    ],
)
def test_breaking_change_is_found(change: Change, expected: set[tuple[str, str]]):
    assert {(one.name, one.what) for one in apply(change)} == expected


@pytest.mark.parametrize(
    "change",
    [
        lambda path, parts: path.update(get=copy.deepcopy(path["post"])),
        lambda path, parts: parts["Race"]["properties"].update(place={"type": "string"}),
        lambda path, parts: parts["Priority"]["enum"].append("C"),
        lambda path, parts: parts["Race"]["properties"].update(time={"type": ["integer", "number", "null"]}),
        lambda path, parts: path["post"]["responses"].pop("400"),
    ],
)
def test_change_that_only_adds_breaks_nothing(change: Change):
    assert apply(change) == []


def test_break_has_to_be_named_in_the_notes_for_clients():
    [gone] = apply(lambda path, parts: path["post"]["parameters"].clear())
    assert gone == Break(CALL, "dry_run", "is no input any more")
    text = (
        "# Changelog\n\n## Unreleased\n\nFor users:\n* `dry_run`\n\n"
        "For clients of the API:\n* {}\n\nSecurity:\n* x\n\n## 1\n"
    )
    assert list_unnamed([gone], read_release_notes(text.format("No `other`."))) == [gone]
    assert list_unnamed([gone], read_release_notes(text.format("No `dry_run=1`."))) == []


def test_release_notes_name_every_break_since_the_last_release():
    breaks = find_breaks(
        json.loads(RELEASED.read_text()), compact_schema(json.loads(get_schema_document().body))
    )
    unnamed = list_unnamed(breaks, read_release_notes(CHANGELOG.read_text()))
    assert [f"{one.call}: {one.name} {one.what}" for one in unnamed] == []
