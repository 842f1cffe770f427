"""The policy table is whole, and its page says what it says."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from rest_framework.permissions import AllowAny

from astral.ids import new_id
from athletes.access.permissions import PolicyPermission
from athletes.access.policy import load_policy
from athletes.access.policy_document import build_policy_document, list_endpoints
from athletes.access.protected_page import ProtectedPage
from athletes.organizations.api_keys import ApiKeyUser
from athletes.rights import ANNOTATE, ARRANGE, MANAGE, OVERSEE, OWN, PUBLIC, READ, RECORD, Right, Scope
from athletes.roles import Role
from tests.support.paths import ROOT


def test_every_endpoint_and_method_has_a_row_and_every_row_an_endpoint():
    served = {(endpoint.name, method) for endpoint in list_endpoints() for method in endpoint.methods}
    rows = {(name, method) for name, methods in load_policy().items() for method in methods}
    assert len(served) > 40
    assert served - rows == set()
    assert rows - served == set()


def test_every_door_asks_the_policy_and_only_public_ones_ask_nothing():
    for endpoint in list_endpoints():
        view = getattr(endpoint.view, "cls", None)
        if view is None:  # a plain page of Django: asked by whoever serves it
            continue
        public = all(row.right == PUBLIC for row in load_policy()[endpoint.name].values())
        assert view.permission_classes in ([PolicyPermission], (PolicyPermission,)) or (
            public and AllowAny in view.permission_classes
        )


def test_every_page_is_admitted_by_the_policy_and_is_called_one():
    pages = [endpoint for endpoint in list_endpoints() if not endpoint.address.startswith("/api/")]
    assert {endpoint.name for endpoint in pages if not endpoint.is_page} == {"healthz"}
    assert len(pages) > 10
    for endpoint in list_endpoints():
        assert endpoint.is_page == endpoint.name.endswith("-page"), endpoint.name
        if endpoint.is_page:
            assert issubclass(endpoint.view.view_class, ProtectedPage)
            assert endpoint.view.view_class.check_access is ProtectedPage.check_access


def test_no_key_may_what_only_people_may():
    scopes = {row.right.scope for methods in load_policy().values() for row in methods.values()}
    assert scopes == {None, Scope.READ, Scope.WRITE}
    assert [
        name
        for name, methods in load_policy().items()
        if name.startswith("auth") and any(row.right.scope for row in methods.values())
    ] == []


def test_the_page_is_made_from_the_table():
    assert (ROOT / "docs/PERMISSIONS.md").read_text() == build_policy_document()


# The contract's table: own, assistant coach, coach, head coach, key that reads, key that writes.
PROMISED = {
    READ: (True, True, True, True, True, True),
    RECORD: (True, False, True, True, False, True),
    ANNOTATE: (False, True, True, True, False, False),
    ARRANGE: (False, "assigned", True, True, False, True),
    MANAGE: (False, False, False, True, False, False),
    OWN: (True, False, False, False, False, False),
    OVERSEE: (False, True, True, True, True, True),
}


@pytest.mark.parametrize("right", PROMISED)
def test_the_rights_are_those_of_the_contract(right: Right):
    own, assistant, coach, head, read, write = PROMISED[right]
    assert right.own == own
    assert {
        Role.COACH: coach,
        Role.HEAD_COACH: head,
        Role.ATHLETE: False,
        Role.ASSISTANT_COACH: assistant is True,
    } == {role: role in right.roles for role in Role}
    assert (right.assigned == {Role.ASSISTANT_COACH}) == (assistant == "assigned")
    for scope, may in ((Scope.READ, read), (Scope.WRITE, write)):
        assert right.allows(ApiKeyUser(new_id(), frozenset({scope}))) == may
    assert not right.allows(AnonymousUser())
    assert not right.anybody
