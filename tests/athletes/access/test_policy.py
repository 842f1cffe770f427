"""The policy table is complete, and docs/PERMISSIONS.md matches it."""

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
from athletes.rights import (
    ANNOTATE,
    ARRANGE,
    CONFIGURE,
    DECIDE,
    MANAGE,
    OVERSEE,
    OWN,
    PUBLIC,
    READ,
    RECORD,
    SCHEDULE,
    Right,
    Scope,
)
from athletes.roles import Role
from tests.support.paths import ROOT


def test_policy_rows_match_endpoints_and_methods():
    served = {(endpoint.name, method) for endpoint in list_endpoints() for method in endpoint.methods}
    rows = {(name, method) for name, methods in load_policy().items() for method in methods}
    assert len(served) > 40
    assert served - rows == set()
    assert rows - served == set()


def test_every_api_view_checks_the_policy_unless_public():
    for endpoint in list_endpoints():
        view = getattr(endpoint.view, "cls", None)
        if view is None:  # a page: it checks access in ProtectedPage
            continue
        public = all(row.right == PUBLIC for row in load_policy()[endpoint.name].values())
        assert view.permission_classes in ([PolicyPermission], (PolicyPermission,)) or (
            public and AllowAny in view.permission_classes
        )


def test_every_page_checks_the_policy_and_has_a_page_name():
    pages = [endpoint for endpoint in list_endpoints() if not endpoint.address.startswith("/api/")]
    assert {endpoint.name for endpoint in pages if not endpoint.is_page} == {"healthz", "mcp"}
    assert len(pages) > 10
    for endpoint in list_endpoints():
        assert endpoint.is_page == endpoint.name.endswith("-page"), endpoint.name
        if endpoint.is_page:
            assert issubclass(endpoint.view.view_class, ProtectedPage)
            assert endpoint.view.view_class.check_access is ProtectedPage.check_access


def test_keys_have_no_scope_for_auth_calls():
    scopes = {row.right.scope for methods in load_policy().values() for row in methods.values()}
    assert scopes == {None, Scope.READ, Scope.WRITE}
    assert [
        name
        for name, methods in load_policy().items()
        if name.startswith("auth") and any(row.right.scope for row in methods.values())
    ] == []


def test_permissions_document_is_up_to_date():
    assert (ROOT / "docs/PERMISSIONS.md").read_text() == build_policy_document()


# The required rights: own, assistant coach, coach, head coach, read key, write key.
REQUIRED_RIGHTS = {
    READ: (True, True, True, True, True, True),
    RECORD: (True, False, True, True, False, True),
    ANNOTATE: (False, True, True, True, False, False),
    ARRANGE: (False, "assigned", True, True, False, True),
    SCHEDULE: (True, "assigned", True, True, False, True),
    DECIDE: (True, "assigned", True, True, False, False),
    MANAGE: (False, False, False, True, False, False),
    CONFIGURE: (True, False, False, False, False, False),
    OWN: (True, False, False, False, False, False),
    OVERSEE: (False, True, True, True, True, True),
}


@pytest.mark.parametrize("right", REQUIRED_RIGHTS)
def test_right_matches_the_required_rights(right: Right):
    own, assistant, coach, head, read, write = REQUIRED_RIGHTS[right]
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
