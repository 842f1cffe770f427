"""Finds what a change of the schema breaks in clients of the last release.

`docs/openapi-released.json` is the schema of that release without its descriptions and errors. At a release,
`make released-schema` writes it again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from astral.http.documentation import get_schema_document
from tests.support.openapi_document import operations
from tests.support.paths import ROOT

RELEASED = ROOT / "docs" / "openapi-released.json"
CHANGELOG = ROOT / "CHANGELOG.md"
KEPT = {
    "$ref", "type", "enum", "const", "properties", "required", "items", "additionalProperties", "allOf",
    "oneOf", "anyOf",
}  # fmt: skip
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Value:
    """A value that is sent: its types, its closed list, and whether it has to be there."""

    types: frozenset[str]
    choices: frozenset[str] | None
    is_required: bool


@dataclass(frozen=True, slots=True)
class Call:
    inputs: Mapping[str, Value]
    answers: Mapping[str, Value]


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """`name`: what the changelog has to name: a path, a field, or a value of a closed list."""

    call: str
    name: str
    what: str


def compact_schema(document: Schema) -> dict[str, Any]:
    """Only what a client depends on."""
    paths: dict[str, Any] = {}
    for call, operation in operations(dict(document)):
        method, path = call.split(" ")
        good = {code: answer for code, answer in operation["responses"].items() if code < "400"}
        paths.setdefault(path, {})[method.lower()] = {
            "parameters": [
                {key: one[key] for key in ("name", "in", "required") if key in one}
                | {"schema": _strip(one["schema"])}
                for one in operation.get("parameters", [])
            ],
            "requestBody": {"content": _strip_content(operation.get("requestBody", {}))},
            "responses": {code: {"content": _strip_content(answer)} for code, answer in good.items()},
        }
    components = {name: _strip(node) for name, node in document["components"]["schemas"].items()}
    return {"paths": paths, "components": {"schemas": components}}


def _strip_content(part: Schema) -> dict[str, Any]:
    return {kind: {"schema": _strip(content["schema"])} for kind, content in part.get("content", {}).items()}


def _strip(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    stripped = {key: value for key, value in node.items() if key in KEPT}
    for key in ("items", "additionalProperties"):
        if key in stripped:
            stripped[key] = _strip(stripped[key])
    for key in ("allOf", "oneOf", "anyOf"):
        if key in stripped:
            stripped[key] = [_strip(part) for part in stripped[key]]
    if "properties" in stripped:
        stripped["properties"] = {name: _strip(part) for name, part in stripped["properties"].items()}
    return stripped


def read_calls(document: Schema) -> dict[str, Call]:
    components = document["components"]["schemas"]
    calls = {}
    for call, operation in operations(dict(document)):
        inputs = {
            one["name"]: _build_value([one["schema"]], components, is_required=one.get("required", False))
            for one in operation.get("parameters", [])
        }
        for content in operation.get("requestBody", {}).get("content", {}).values():
            inputs |= dict(_walk(content["schema"], components))
        answers: dict[str, Value] = {}
        for code, answer in operation["responses"].items():
            content = answer.get("content", {}).get("application/json")
            if content and code < "400":
                answers |= dict(_walk(content["schema"], components))
        calls[call] = Call(inputs, answers)
    return calls


def _walk(
    node: Schema, components: Schema, place: str = "", seen: tuple[str, ...] = ()
) -> Iterator[tuple[str, Value]]:
    """Every field, with its path: data.points[].distance."""
    alternatives = list(_resolve(node, components, seen))
    always = [set(part.get("required", ())) for part, _ in alternatives if part.get("type") != "null"]
    required = set.intersection(*always) if always else set()
    for part, known in alternatives:
        for name, inner in part.get("properties", {}).items():
            path = f"{place}.{name}" if place else name
            parts = [found for found, _ in _resolve(inner, components, known)]
            yield path, _build_value(parts, components, is_required=name in required)
            yield from _walk(inner, components, path, known)
        for key in ("items", "additionalProperties"):
            if isinstance(part.get(key), dict):
                yield from _walk(part[key], components, f"{place}[]", known)


def _resolve(
    node: Schema, components: Schema, seen: tuple[str, ...] = ()
) -> Iterator[tuple[Schema, tuple[str, ...]]]:
    """The schemas that a value can have, without references. A component inside itself is left out."""
    name = str(node.get("$ref", "")).rpartition("/")[2]
    if name:
        if name not in seen:
            yield from _resolve(components[name], components, (*seen, name))
        return
    parts = [part for key in ("allOf", "oneOf", "anyOf") for part in node.get(key, [])]
    for part in parts:
        yield from _resolve(part, components, seen)
    if not parts:
        yield node, seen


def _build_value(nodes: list[Schema], components: Schema, *, is_required: bool) -> Value:
    found = [part for node in nodes for part, _ in _resolve(node, components)]
    types: set[str] = set()
    choices: set[str] = set()
    for part in found:
        kind = part.get("type", "string" if "enum" in part else "any")
        types |= {kind} if isinstance(kind, str) else set(kind)
        choices |= {str(choice) for choice in part.get("enum", []) if choice is not None}
    is_closed = all("enum" in part for part in found if part.get("type") != "null")
    return Value(frozenset(types), frozenset(choices) if choices and is_closed else None, is_required)


def find_breaks(before: Schema, after: Schema) -> list[Break]:
    """What programs of `before` cannot do with `after`, or would misread."""
    old, new = read_calls(before), read_calls(after)
    found = {Break(call, call.split(" ")[1], "is gone") for call in old.keys() - new.keys()}
    for call in old.keys() & new.keys():
        found |= {Break(call, name, what) for name, what in _compare_inputs(old[call], new[call])}
        found |= {Break(call, name, what) for name, what in _compare_answers(old[call], new[call])}
    return sorted(found)


def _compare_inputs(old: Call, new: Call) -> Iterator[tuple[str, str]]:
    for path in new.inputs.keys() - old.inputs.keys():
        if new.inputs[path].is_required and _is_parent_known(path, old.inputs):
            yield _last(path), "is a new input that has to be sent"
    for path, before in old.inputs.items():
        after = new.inputs.get(path)
        if after is None:
            yield _last(path), "is no input any more"
            continue
        if after.is_required and not before.is_required:
            yield _last(path), "has to be sent now"
        if not before.types <= _widen(after.types):
            yield _last(path), "takes another type"
        for choice in (before.choices or after.choices or frozenset()) - (
            after.choices or before.choices or frozenset()
        ):
            yield choice, f"is no value of {path} any more"


def _compare_answers(old: Call, new: Call) -> Iterator[tuple[str, str]]:
    for path, before in old.answers.items():
        after = new.answers.get(path)
        if after is None:
            yield _last(path), "is in no answer any more"
        elif not after.types <= _widen(before.types):
            yield _last(path), "has another type in answers"
        elif before.choices and after.choices:
            for choice in before.choices - after.choices:
                yield choice, f"is no value of {path} in answers any more"


def _widen(types: frozenset[str]) -> frozenset[str]:
    """A number can be an integer, and an unknown type anything."""
    if "any" in types:
        return frozenset({"any", "string", "number", "integer", "boolean", "object", "array", "null"})
    return types | {"integer"} if "number" in types else types


def _is_parent_known(path: str, known: Mapping[str, Value]) -> bool:
    """Whether the object was there before: fields of new objects break nothing."""
    parent = path.rpartition(".")[0].removesuffix("[]")
    return not parent or parent in known


def _last(path: str) -> str:
    return path.rpartition(".")[2].removesuffix("[]")


def read_release_notes(changelog: str) -> str:
    """What the next release says to clients of the API."""
    unreleased = changelog.partition("## Unreleased")[2].partition("\n## ")[0]
    return re.split(r"\n(?=For |Security)", unreleased.partition("For clients of the API:")[2])[0]


def list_unnamed(breaks: list[Break], notes: str) -> list[Break]:
    """Breaks that the notes do not name in backticks."""
    named = set(re.findall(r"`([^`]+)`", notes))
    return [one for one in breaks if not any(one.name in text for text in named)]


def write_released_schema() -> None:
    document = compact_schema(json.loads(get_schema_document().body))
    RELEASED.write_text(json.dumps(document, separators=(",", ":"), sort_keys=True) + "\n")
