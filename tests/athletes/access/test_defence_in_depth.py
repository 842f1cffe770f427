"""Each layer refuses by itself, even if an earlier layer has already refused."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from rest_framework.exceptions import PermissionDenied

from athletes.access.permissions import PolicyPermission, find_request_row, get_permit
from athletes.models import Athlete, Consent, Membership, Organization
from athletes.organizations.api_keys import ApiKeyUser, create_api_key
from athletes.organizations.consent import load_consents
from athletes.rights import ARRANGE, READ, RECORD, Category, Right, Scope
from athletes.roles import Status
from tests.athletes.organizations.withheld_categories import load_withheld
from tests.support.cast import NOON, Cast


def make_request(url_name: str, user: Any) -> Any:
    request = RequestFactory().get("/")
    request.user, request.resolver_match = user, SimpleNamespace(url_name=url_name)  # type: ignore[assignment]
    return request


@pytest.mark.parametrize("right", [RECORD, ARRANGE])
def test_read_key_reaches_no_rows_for_writing(cast: Cast, right: Right):
    key = ApiKeyUser(cast.harbour.pk, frozenset({Scope.READ}))
    for rows in (Athlete.objects.all(), Membership.objects.all(), Organization.objects.all()):
        assert not rows.reached_by(key, right).exists()
        assert rows.reached_by(key, READ).exists()


def test_inactive_user_reaches_no_rows(cast: Cast):
    cast.hanna.is_active = False
    for rows in (Athlete.objects.all(), Membership.objects.all(), Organization.objects.all()):
        assert not rows.reached_by(cast.hanna, READ).exists()


def test_key_without_scopes_has_no_scope(cast: Cast):
    key = ApiKeyUser(cast.harbour.pk, frozenset())
    assert not any(key.has_scope(scope) for scope in (None, *Scope))


def test_coached_by_needs_an_active_coaching_membership(cast: Cast):
    Membership.objects.filter(user=cast.carl).update(status=Status.SUSPENDED)
    found = {
        name: set(Organization.objects.coached_by(getattr(cast, name)))
        for name in ("hanna", "carl", "ada", "otto")
    }
    assert found == {"hanna": {cast.harbour}, "carl": set(), "ada": set(), "otto": set()}


def test_visible_to_checks_consent_if_a_category_is_given(cast: Cast):
    common = {"athlete": cast.ada.athlete, "organization": cast.harbour, "changed_at": NOON}
    Consent.objects.create(category=Category.HEALTH, granted=False, **common)
    ada = Athlete.objects.filter(pk=cast.ada.pk)
    visible = [ada.visible_to(cast.carl, category).exists() for category in (None, *Category)]
    assert visible == [True, True, False, True]


def test_consent_of_one_athlete_does_not_affect_another(cast: Cast):
    Consent.objects.create(
        athlete=cast.ben.athlete,
        organization=cast.harbour,
        category=Category.HEALTH,
        granted=False,
        changed_at=NOON,
    )
    assert load_consents(cast.ada.athlete, cast.harbour) == dict.fromkeys(Category, True)
    assert not load_consents(cast.ben.athlete, cast.harbour)[Category.HEALTH]
    assert load_consents(cast.ben.athlete, cast.hill)[Category.HEALTH]


def test_withheld_categories_are_those_the_athlete_withholds(cast: Cast):
    common = {"athlete": cast.ada.athlete, "organization": cast.harbour, "changed_at": NOON}
    Consent.objects.create(category=Category.HEALTH, granted=False, **common)
    for coach in (cast.hanna, cast.carl, cast.asha):
        assert load_withheld(coach, cast.ada.athlete) == {Category.HEALTH}
        assert load_withheld(coach, cast.ben.athlete) == frozenset()
    assert load_withheld(cast.zora, cast.ada.athlete) == frozenset(Category)


@pytest.mark.parametrize(
    ("scheme", "status"), [("Bearer", 200), ("bearer", 200), ("Basic", 401), ("Token", 401)]
)
def test_key_works_only_with_the_bearer_scheme(cast: Cast, scheme: str, status: int):
    secret = create_api_key(cast.harbour, "x", [Scope.READ], NOON + timedelta(days=36_500), cast.hanna)[1]
    answer = Client().get("/api/v1/organizations", headers={"Authorization": f"{scheme} {secret}"})
    assert answer.status_code == status


def test_cache_scopes_differ_by_viewer_and_version(cast: Cast):
    """The scope changes when the user becomes staff and when their data version rises."""
    scopes = [cast.ada.cache_scope, cast.hanna.cache_scope]
    cast.ada.is_staff = True
    scopes.append(cast.ada.cache_scope)
    cast.ada.athlete.data_version += 1
    scopes.append(cast.ada.cache_scope)
    scopes += [ApiKeyUser(club.pk, frozenset({Scope.READ})).cache_scope for club in (cast.harbour, cast.hill)]
    assert len(set(scopes)) == 6


def test_permission_without_a_policy_row_allows_only_unsupported_methods(cast: Cast):
    """An unsupported method must be 405 for everybody."""
    view = SimpleNamespace(allowed_methods=["POST"])
    request_without_row = make_request("no-such-endpoint", cast.hanna)
    assert find_request_row(request_without_row) is None
    assert find_request_row(RequestFactory().get("/")) is None
    assert PolicyPermission().has_permission(request_without_row, view)
    assert not PolicyPermission().has_permission(
        request_without_row, SimpleNamespace(allowed_methods=["GET"])
    )


def test_get_permit_fails_without_a_row_or_the_right(cast: Cast):
    assert get_permit(make_request("athlete", cast.ada)).viewer == cast.ada
    for request in (make_request("no-such-endpoint", cast.hanna), make_request("athlete", AnonymousUser())):
        with pytest.raises(PermissionDenied):
            get_permit(request)
