"""Mass assignment: every writing call refuses every field name that is not its own, with a 400 that names it.

The names are the fields of all models and of all documented bodies and answers. A call's own fields are those
in its documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import models, transaction
from django.test import Client

from astral.http.fields import StrictSerializer
from athletes.access.policy import PolicyRow, load_policy
from athletes.access.policy_document import PolicyEndpoint, list_endpoints
from athletes.models import ChangeEntry, Notice
from coaching.models import CalendarChange
from metrics.health.serializers import HealthDayRequest
from tests.athletes.access.expected_access import Owner, compute_expected_status, list_owners
from tests.athletes.access.matrix import build_request_data, send_request
from tests.athletes.access.world import PERSONAS, World

APPS = ("athletes", "metrics", "coaching", "knox")
# These are also sent one at a time, with a value that an attacker would want.
# What differs each time in rows that a call writes.
LEFT_OUT: dict[type[models.Model], tuple[str, ...]] = {
    CalendarChange: ("id",),
    ChangeEntry: ("number", "changed_at", "request_id"),
    Notice: ("id", "subject_id"),  # the subject may be a change
}
TEMPTING = {
    "is_staff", "is_superuser", "role", "status", "organization",
    "organization_id", "org_id", "athlete", "athlete_id",
    "user", "user_id", "id", "pk", "assigned_coach", "source", "data_version", "password", "scopes",
}  # fmt: skip
WRITING_CALLS = [
    pytest.param(endpoint, method, row, id=f"{method} {endpoint.address}")
    for endpoint in list_endpoints()
    for method, row in load_policy().get(endpoint.name, {}).items()
    # The protocol of assistants has schemas of its own; tests/coaching/assistants holds that they are closed.
    if method != "GET" and not endpoint.is_page and endpoint.name != "mcp"
]


@cache
def load_documentation() -> dict[str, Any]:
    document: dict[str, Any] = Client().get("/api/schema").json()
    return document


@cache
def list_field_names() -> frozenset[str]:
    """Names of all columns, relations, and documented fields."""
    fields: Iterator[Any] = chain.from_iterable(
        model._meta.get_fields() for app in APPS for model in apps.get_app_config(app).get_models()
    )
    columns = {name for field in fields for name in (field.name, getattr(field, "attname", field.name))}
    schemas = load_documentation()["components"]["schemas"].values()
    documented = {name for schema in schemas for name in schema.get("properties", ())}
    return frozenset({*columns, *documented, *TEMPTING, "pk"})


def resolve_schema(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = load_documentation()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def load_body_schema(endpoint: PolicyEndpoint, method: str) -> dict[str, Any] | None:
    """The documented schema of a call's body; None if it takes no body."""
    body = load_documentation()["paths"][endpoint.address][method.lower()].get("requestBody")
    if body is None:
        return None
    (content,) = body["content"].values()
    return resolve_schema(content["schema"])


def add_foreign_names(
    schema: dict[str, Any], data: dict[str, Any], at_once: int = StrictSerializer.max_unknown_names
) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """Yield the body with foreign names added, as many as an answer lists, and those names.

    Does the same for rows nested in the body.
    """
    foreign = sorted(list_field_names() - schema["properties"].keys())
    for start in range(0, len(foreign), at_once):
        names = foreign[start : start + at_once]
        yield data | dict.fromkeys(names, "x"), set(names)
    for name, value in data.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            row_schema = resolve_schema(schema["properties"][name]["items"])
            inner = add_foreign_names(row_schema, value[0], HealthDayRequest.max_unknown_names)
            yield from ((data | {name: [row]}, within) for row, within in inner)


def find_permitted_call(endpoint: PolicyEndpoint, method: str, row: PolicyRow) -> tuple[str, Owner]:
    """A persona that may make the call, and an owner. Not staff, who may do too much to prove anything."""
    return next(
        (persona, owner)
        for persona in PERSONAS
        if persona != "stella" and not (row.right.anybody and persona != "anonymous")
        for owner in list_owners(endpoint, row, persona)
        if compute_expected_status(endpoint, method, row, persona, owner) == 200
    )


def load_all_rows() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all models, without what is new each time: ids of changes, and the request."""
    models_of_apps: Iterator[type[models.Model]] = chain.from_iterable(
        apps.get_app_config(app).get_models() for app in APPS
    )
    return {
        model.__name__: sorted(model._default_manager.values_list(*_list_compared_columns(model)), key=repr)
        for model in models_of_apps
    }


def _list_compared_columns(model: type[models.Model]) -> list[str]:
    names = [column.name for column in model._meta.concrete_fields]
    return [name for name in names if name not in LEFT_OUT.get(model, ())]


def tempting_value(world: World, name: str) -> Any:
    if name.startswith("is_"):
        return True
    return {"role": "head_coach", "status": "active"}.get(name) or world.user_id("zora")


def read_unknown_fields(answer: Any) -> set[str]:
    """The unknown field names that an answer reports, without their position."""
    details = answer.json()["details"] if answer.status_code == 400 else {}
    errors = details.get("errors", [details])
    return {error["field"].rpartition(".")[2] for error in errors if error.get("code") == "UNKNOWN_FIELD"}


@pytest.fixture
def frozen_clock() -> Iterator[None]:
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


@pytest.mark.django_db
@pytest.mark.parametrize(("endpoint", "method", "row"), WRITING_CALLS)
def test_writing_call_refuses_foreign_field_names(
    world: World, frozen_clock: None, endpoint: PolicyEndpoint, method: str, row: PolicyRow
):
    persona, owner = find_permitted_call(endpoint, method, row)
    path, data = build_request_data(world, endpoint, method, owner)

    def send_body(body: dict[str, Any]) -> Any:
        return send_request(world, endpoint, method, persona, path, body)

    before, schema = load_all_rows(), load_body_schema(endpoint, method)
    with transaction.atomic():
        if schema is None:
            assert load_rows_after(send_body, dict.fromkeys(list_field_names(), "x")) in (
                before,
                load_rows_after(send_body, {}),
            )
        else:
            for body, foreign in add_foreign_names(schema, data):
                assert read_unknown_fields(send_body(body)) == foreign
            for name in sorted(TEMPTING - schema["properties"].keys()):
                assert read_unknown_fields(send_body(data | {name: tempting_value(world, name)})) == {name}
            assert load_all_rows() == before
        transaction.set_rollback(True)


def load_rows_after(send_body: Callable[[dict[str, Any]], Any], body: dict[str, Any]) -> dict[str, Any]:
    """All rows after a call that takes no body. The call is rolled back."""
    with transaction.atomic():
        assert send_body(body).status_code < 500
        after = load_all_rows()
        transaction.set_rollback(True)
    return after


def test_there_are_enough_writing_calls_and_field_names():
    assert len(WRITING_CALLS) > 30
    assert len(list_field_names()) > 200
    assert list_field_names() >= {"is_superuser", "data_version", "session_epoch", "recorded", "secret"}
