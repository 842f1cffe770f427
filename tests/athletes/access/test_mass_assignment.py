"""Every call that writes × every name that is not one of its fields: each is named in a 400, and nothing changes.

The names are the fields of all models and of everything that is sent or answered anywhere; a call's own are those that
its documentation lists.
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

from athletes.access.policy import PolicyRow, load_policy
from athletes.access.policy_document import PolicyEndpoint, list_endpoints
from tests.athletes.access.expected_access import Owner, compute_expected_status, list_owners
from tests.athletes.access.matrix import build_request_data, send_request
from tests.athletes.access.world import PERSONAS, World

APPS = ("athletes", "metrics", "coaching", "knox")
# Asked for one at a time too, with a value that would be worth something.
TEMPTING = {
    "is_staff", "is_superuser", "role", "status", "organization", "organization_id", "org_id", "athlete", "athlete_id",
    "user", "user_id", "id", "pk", "assigned_coach", "source", "data_version", "password", "scopes",
}  # fmt: skip
WRITING = [
    pytest.param(endpoint, method, row, id=f"{method} {endpoint.address}")
    for endpoint in list_endpoints()
    for method, row in load_policy().get(endpoint.name, {}).items()
    if method != "GET" and not endpoint.is_page
]


@cache
def documentation() -> dict[str, Any]:
    document: dict[str, Any] = Client().get("/api/schema").json()
    return document


@cache
def names() -> frozenset[str]:
    """Of columns and relations, and of everything that any call is sent or answers."""
    fields: Iterator[Any] = chain.from_iterable(
        model._meta.get_fields() for app in APPS for model in apps.get_app_config(app).get_models()
    )
    columns = {name for field in fields for name in (field.name, getattr(field, "attname", field.name))}
    schemas = documentation()["components"]["schemas"].values()
    told = {name for schema in schemas for name in schema.get("properties", ())}
    return frozenset({*columns, *told, *TEMPTING, "pk"})


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = documentation()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def body_of(endpoint: PolicyEndpoint, method: str) -> dict[str, Any] | None:
    """What the documentation says about the body of a call; None: it takes none."""
    body = documentation()["paths"][endpoint.address][method.lower()].get("requestBody")
    if body is None:
        return None
    (content,) = body["content"].values()
    return _resolved(content["schema"])


def overfull(schema: dict[str, Any], asked: dict[str, Any]) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """The body with every name in it that is not its own, and those names; the same for the rows that it holds."""
    foreign = set(names() - schema["properties"].keys())
    yield asked | dict.fromkeys(foreign, "x"), foreign
    for name, value in asked.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            inner = overfull(_resolved(schema["properties"][name]["items"]), value[0])
            yield from ((asked | {name: [row]}, within) for row, within in inner)


def permitted(endpoint: PolicyEndpoint, method: str, row: PolicyRow) -> tuple[str, Owner]:
    """Somebody who may, and over what; not staff, who may too much to show anything."""
    return next(
        (persona, owner)
        for persona in PERSONAS
        if persona != "stella" and not (row.right.anybody and persona != "anonymous")
        for owner in list_owners(endpoint, row, persona)
        if compute_expected_status(endpoint, method, row, persona, owner) == 200
    )


def stored() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every model."""
    kinds: Iterator[type[models.Model]] = chain.from_iterable(
        apps.get_app_config(app).get_models() for app in APPS
    )
    return {kind.__name__: sorted(kind._default_manager.values_list(), key=repr) for kind in kinds}


def worth(world: World, name: str) -> Any:
    if name.startswith("is_"):
        return True
    return {"role": "head_coach", "status": "active"}.get(name) or world.user_id("zora")


def refused(answer: Any) -> set[str]:
    """The names, without their places, that an answer says do not exist."""
    details = answer.json()["details"] if answer.status_code == 400 else {}
    errors = details.get("errors", [details])
    return {one["field"].rpartition(".")[2] for one in errors if one.get("code") == "UNKNOWN_FIELD"}


@pytest.fixture
def frozen_clock() -> Iterator[None]:
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


@pytest.mark.django_db
@pytest.mark.parametrize(("endpoint", "method", "row"), WRITING)
def test_no_call_takes_a_field_that_is_not_its_own(
    world: World, frozen_clock: None, endpoint: PolicyEndpoint, method: str, row: PolicyRow
):
    persona, owner = permitted(endpoint, method, row)
    path, asked = build_request_data(world, endpoint, method, owner)

    def ask(body: dict[str, Any]) -> Any:
        return send_request(world, endpoint, method, persona, path, body)

    before, schema = stored(), body_of(endpoint, method)
    with transaction.atomic():
        if schema is None:
            assert _left_by(ask, dict.fromkeys(names(), "x")) in (before, _left_by(ask, {}))
        else:
            for body, foreign in overfull(schema, asked):
                assert refused(ask(body)) == foreign
            for name in sorted(TEMPTING - schema["properties"].keys()):
                assert refused(ask(asked | {name: worth(world, name)})) == {name}
            assert stored() == before
        transaction.set_rollback(True)


def _left_by(ask: Callable[[dict[str, Any]], Any], body: dict[str, Any]) -> dict[str, Any]:
    """What is stored after a call that takes no body; it is taken back."""
    with transaction.atomic():
        assert ask(body).status_code < 500
        after = stored()
        transaction.set_rollback(True)
    return after


def test_there_are_calls_that_write_and_names_that_are_not_theirs():
    assert len(WRITING) > 30
    assert len(names()) > 200
    assert names() >= {"is_superuser", "data_version", "session_epoch", "recorded", "secret"}
