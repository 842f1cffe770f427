"""The API documentation: valid OpenAPI 3.1, everything has a description, and the page follows the CSP."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from openapi_spec_validator import OpenAPIV31SpecValidator

from astral import VERSION
from athletes.access.policy import find_policy_row
from tests.support.openapi_document import operations, properties
from tests.support.paths import ROOT

NOT_JSON = ("/export", "/files.csv", "/workout.fit")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    answer = Client().get("/api/schema")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    document: dict[str, Any] = answer.json()
    return document


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[str]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, address)
        else:
            yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address)


def test_schema_is_valid_openapi_3_1(schema: dict[str, Any]):
    assert schema["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(schema).validate()


def test_schema_has_every_api_path(schema: dict[str, Any]):
    served = {address for address in routes(get_resolver().url_patterns) if address.startswith("/api/v")}
    assert served == schema["paths"].keys()


def test_every_property_has_a_description(schema: dict[str, Any]):
    undescribed = [place for place, node in properties(schema, "") if not node.get("description")]
    assert undescribed == []


def test_every_parameter_has_a_description(schema: dict[str, Any]):
    undescribed = [
        f"{name} {parameter['name']}"
        for name, operation in operations(schema)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    assert undescribed == []


def test_every_operation_has_a_description_and_a_unique_id(schema: dict[str, Any]):
    assert [name for name, operation in operations(schema) if not operation.get("description")] == []
    names = [operation["operationId"] for _, operation in operations(schema)]
    assert len(names) == len(set(names))


def test_every_operation_has_a_short_unique_summary(schema: dict[str, Any]):
    summaries = [operation["summary"] for _, operation in operations(schema)]
    assert [text for text in summaries if not 1 <= len(text.split()) <= 8] == []
    assert len(summaries) == len(set(summaries))


def test_operation_lists_api_key_only_if_a_key_may_call_it(schema: dict[str, Any]):
    listed = {name for name, operation in operations(schema) if {"api_key": []} in operation["security"]}
    allowed = set()
    for name, _ in operations(schema):
        method, path = name.split()
        row = find_policy_row(resolve(path).url_name or "", method)
        allowed |= {name} if row and row.right.scope else set()
    assert listed == allowed
    assert "GET /api/v1/activities" in listed
    assert (
        not {"POST /api/v1/organizations", "DELETE /api/v1/athletes/{user_id}", "GET /api/v1/auth/me"}
        & listed
    )


def test_every_response_has_a_description(schema: dict[str, Any]):
    undescribed = [
        name
        for name, operation in operations(schema)
        for answer in operation["responses"].values()
        if not answer["description"]
    ]
    assert undescribed == []


def test_components_do_not_mention_serializers(schema: dict[str, Any]):
    assert [
        name for name, node in schema["components"]["schemas"].items() if "serializer" in str(node).lower()
    ] == []


def test_request_component_name_has_one_request_suffix(schema: dict[str, Any]):
    names = list(schema["components"]["schemas"])
    assert [name for name in names if name.endswith("RequestRequest")] == []
    assert "SignInRequest" in names


def test_version_is_the_same_everywhere():
    root = ROOT
    assert settings.SPECTACULAR_SETTINGS["VERSION"] == VERSION
    assert tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["dynamic"][
        "version"
    ] == {"attr": "astral.VERSION"}
    assert re.findall(r"^## (\S+?),? ", (root / "CHANGELOG.md").read_text(), re.M)[0] == VERSION


def test_every_operation_documents_its_errors(schema: dict[str, Any]):
    shape = {"$ref": "#/components/schemas/Error"}
    for name, operation in operations(schema):
        answers = operation["responses"]
        expected = {"400", "404", "405", "500", "503"}
        expected |= {"401", "403"} if operation["security"] else {"401", "429"}
        expected |= {"413", "415"} if not name.startswith(("GET", "DELETE")) else set()
        assert expected <= answers.keys(), name
        for status in {status for status in answers if status >= "400"}:
            assert answers[status]["content"]["application/json"]["schema"] == shape, f"{name} {status}"


def test_every_success_has_the_envelope_except_auth_and_export(schema: dict[str, Any]):
    for name, operation in operations(schema):
        for status in ("200", "201"):
            if status in operation["responses"] and "/auth/" not in name and not name.endswith(NOT_JSON):
                answer = operation["responses"][status]["content"]["application/json"]["schema"]
                answer = schema["components"]["schemas"].get(
                    answer.get("$ref", "").rpartition("/")[2], answer
                )
                assert answer["properties"]["status"]["const"] == "ok", name
                assert {"status", "data"} <= set(answer["required"]), name


def test_every_operation_except_sign_in_takes_a_bearer_token(schema: dict[str, Any]):
    assert schema["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for name, operation in operations(schema):
        is_sign_in = name.startswith("POST /api/v1/auth/login")
        assert ({"bearer": []} in operation["security"]) != is_sign_in, name


def test_documentation_page_has_no_inline_script_or_style(db: None):
    page = Client().get("/api/docs")
    assert page.status_code == 200
    html = page.content.decode()
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL)
    assert len(scripts) >= 2
    assert [body for _, body in scripts if body.strip()] == []
    assert all(re.search(r'src="/', attributes) for attributes, _ in scripts)
    assert not re.search(r"\son\w+=|javascript:|\sstyle=", html)
    assert not re.search(r'(src|href)="(https?:)?//', html)


def test_documentation_page_links_exist(db: None):
    html = Client().get("/api/docs").content.decode()
    links = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(links) >= 4
    for link in links:
        with closing(Client().get(link.replace("&amp;", "&"))) as answer:
            assert answer.status_code == (302 if link == "/" else 200), link
    script = Client().get("/api/docs?script=")
    assert script.headers["Content-Type"].startswith("application/javascript")
    assert b"/api/schema" in script.content


def test_request_bodies_are_closed(schema: dict[str, Any]):
    bodies = {
        content["schema"]["$ref"].rpartition("/")[2]
        for path in schema["paths"].values()
        for call in path.values()
        for content in call.get("requestBody", {}).get("content", {}).values()
    }
    components = schema["components"]["schemas"]
    assert len(bodies) > 15
    assert [name for name in bodies if components[name].get("additionalProperties") is not False] == []
