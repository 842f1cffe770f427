"""The types of the schema: programs are generated from it, so a type that says nothing is an error."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from astral.http.documentation import get_schema_document
from tests.support.openapi_document import component_properties, operations

# Verbs that name what an operation does, and calls with a name of their own, which people know.
VERBS = r"list|retrieve|create|update|delete"
KNOWN_NAMES = {
    "auth_me", "athlete_profile", "coach_athletes_metrics", "fitness_stats", "running_stats",
    "activity_stats", "health_metrics", "imports_files_csv", "athletes_export", "training_plans_export",
    "calendar_sessions_workout",
}  # fmt: skip
# Texts that have the name of a closed list elsewhere, each with the reason why any text can be there.
OPEN_TEXTS = {
    "ErrorDetails.code": "new errors come with new calls",
    "FieldFault.code": "new errors come with new fields",
    "RowError.code": "new errors come with new fields",
    "Import.code": "new readers refuse for new reasons",
    "ImportFile.code": "new readers refuse for new reasons",
    "Error.error": "a sentence, not a code",
    "SecondFactorRequest.code": "six digits",
    "DataSource.source": "the name of any device or service",
    "HealthDay.source": "the name of any device or service",
    "HealthDayRequest.source": "the name of any device or service",
}
TWINS = ("_s", "_s_per_km")
CLOCK_TEXT = re.compile(r"(?:H:M)?M:SS")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(get_schema_document().body)
    return document


def list_bodies(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, operation in operations(schema):
        parts = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in (content for part in parts for content in part.get("content", {}).items()):
            yield f"{name} {content[0]}", content[1]["schema"]


def list_nodes(node: dict[str, Any], place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schemas inside of a schema, with their places."""
    inner = {f".{name}": part for name, part in node.get("properties", {}).items()}
    inner |= {f"[{name}]": node[name] for name in ("items", "additionalProperties") if name in node}
    inner |= {f"|{place}": part for kind in ("oneOf", "anyOf", "allOf") for part in node.get(kind, [])}
    for name, part in inner.items():
        if isinstance(part, dict):
            yield place + name, part
            yield from list_nodes(part, place + name)


def is_text(node: dict[str, Any]) -> bool:
    return node.get("type") in ("string", ["string", "null"])


def has_choices(node: dict[str, Any]) -> bool:
    return "enum" in node or "Enum" in json.dumps([node.get("allOf"), node.get("oneOf"), node.get("items")])


def test_every_json_body_is_a_named_component(schema: dict[str, Any]):
    bodies = list(list_bodies(schema))
    assert len(bodies) > 500
    plain = {"application/zip", "application/vnd.ant.fit", "text/csv", "application/x-ndjson"}
    assert [
        place for place, body in bodies if "$ref" not in body and place.rpartition(" ")[2] not in plain
    ] == []


def test_no_object_inside_of_a_component_is_anonymous_or_untyped(schema: dict[str, Any]):
    wrong = [
        place
        for name, component in schema["components"]["schemas"].items()
        for place, node in list_nodes(component, name)
        if (node.get("type") == "object" and not node.get("additionalProperties"))
        or not node.keys() - {"description"}
        or "properties" in node
    ]
    assert wrong == []


def test_closed_list_is_an_enum_wherever_its_name_occurs(schema: dict[str, Any]):
    closed = {name for _, name, node in component_properties(schema) if has_choices(node)}
    texts = {
        f"{component}.{name}"
        for component, name, node in component_properties(schema)
        if name in closed and is_text(node) and not has_choices(node) and "const" not in node
    }
    assert {"severity", "domain", "code", "sport", "role", "categories", "unit_system"} <= closed
    assert texts == OPEN_TEXTS.keys()


def test_flags_are_booleans(schema: dict[str, Any]):
    parameters = [
        parameter for _, operation in operations(schema) for parameter in operation.get("parameters", [])
    ]
    flags = {parameter["name"] for parameter in parameters if parameter["schema"].get("type") == "boolean"}
    assert flags >= {"refresh", "propose", "dry_run", "allow_overlap", "is_race", "archived", "my_athletes"}
    nodes = [parameter["schema"] for parameter in parameters]
    nodes += [node for _, _, node in component_properties(schema)]
    assert [node for node in nodes if set(node.get("enum", ())) & {"0", "1", "true", "false"}] == []


def test_text_for_a_clock_has_a_number_beside_it(schema: dict[str, Any]):
    names = {(component, name) for component, name, _ in component_properties(schema)}
    texts = [
        (component, name)
        for component, name, node in component_properties(schema)
        if CLOCK_TEXT.match(node.get("description", "")) and not component.endswith("Request")
    ]
    assert len(texts) > 15
    alone = [
        f"{component}.{name}"
        for component, name in texts
        if not any((component, name.removesuffix("_per_km") + twin) in names for twin in TWINS)
    ]
    assert alone == []


def test_there_is_one_pagination(schema: dict[str, Any]):
    lists = {name for name in schema["components"]["schemas"] if name.startswith("Paginated")}
    shapes = {
        component: json.dumps(node)
        for component, name, node in component_properties(schema)
        if name == "pagination"
    }
    assert shapes.keys() >= lists
    assert all("#/components/schemas/Pagination" in shape for shape in shapes.values())
    assert [name for name in schema["components"]["schemas"] if name.endswith("Pagination")] == ["Pagination"]


def test_names_of_operations_are_good_names_of_methods(schema: dict[str, Any]):
    names = {operation["operationId"]: name for name, operation in operations(schema)}
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", name) or len(name) > 50] == []
    unclear = [
        name
        for name, call in names.items()
        if call.startswith("GET ") and not re.search(rf"_(?:{VERBS})$", name) and name not in KNOWN_NAMES
    ]
    assert unclear == []  # end the name of a GET with _list or _retrieve
    pages = {
        operation["operationId"]
        for _, operation in operations(schema)
        if "Paginated" in json.dumps(operation["responses"])
    }
    assert {name for name in names if name.endswith("_list")} == pages


def test_schema_says_which_server_it_is_of(schema: dict[str, Any]):
    assert [server["url"] for server in schema["servers"]] == ["/"]
