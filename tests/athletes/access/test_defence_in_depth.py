"""Each layer refuses by itself, also what the layer before it has refused already or would never ask."""

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
from tests.athletes.organizations.withheld_texts import load_withheld
from tests.support.cast import NOON, Cast


def called(url_name: str, user: Any) -> Any:
    request = RequestFactory().get("/")
    request.user, request.resolver_match = user, SimpleNamespace(url_name=url_name)  # type: ignore[assignment]
    return request


@pytest.mark.parametrize("right", [RECORD, ARRANGE])
def test_a_key_that_only_reads_reaches_nobody_to_write_for(cast: Cast, right: Right):
    key = ApiKeyUser(cast.harbour.pk, frozenset({Scope.READ}))
    for rows in (Athlete.objects.all(), Membership.objects.all(), Organization.objects.all()):
        assert not rows.reached_by(key, right).exists()
        assert rows.reached_by(key, READ).exists()


def test_who_was_switched_off_reaches_nothing(cast: Cast):
    cast.hanna.is_active = False
    for rows in (Athlete.objects.all(), Membership.objects.all(), Organization.objects.all()):
        assert not rows.reached_by(cast.hanna, READ).exists()


def test_a_key_without_a_scope_is_good_for_nothing(cast: Cast):
    key = ApiKeyUser(cast.harbour.pk, frozenset())
    assert not any(key.has_scope(scope) for scope in (None, *Scope))


def test_an_organization_is_coached_by_who_actively_coaches_there(cast: Cast):
    Membership.objects.filter(user=cast.carl).update(status=Status.SUSPENDED)
    found = {
        name: set(Organization.objects.coached_by(getattr(cast, name)))
        for name in ("hanna", "carl", "ada", "otto")
    }
    assert found == {"hanna": {cast.harbour}, "carl": set(), "ada": set(), "otto": set()}


def test_the_one_rule_asks_for_consent_where_a_category_is_named(cast: Cast):
    told = {"athlete": cast.ada.athlete, "organization": cast.harbour, "changed_at": NOON}
    Consent.objects.create(category=Category.HEALTH, granted=False, **told)
    ada = Athlete.objects.filter(pk=cast.ada.pk)
    asked = [ada.visible_to(cast.carl, category).exists() for category in (None, *Category)]
    assert asked == [True, True, False, True]


def test_what_one_athlete_refuses_is_not_told_of_another(cast: Cast):
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


def test_whoever_may_read_is_withheld_only_what_is_refused(cast: Cast):
    told = {"athlete": cast.ada.athlete, "organization": cast.harbour, "changed_at": NOON}
    Consent.objects.create(category=Category.HEALTH, granted=False, **told)
    for coach in (cast.hanna, cast.carl, cast.asha):
        assert load_withheld(coach, cast.ada.athlete) == {Category.HEALTH}
        assert load_withheld(coach, cast.ben.athlete) == frozenset()
    assert load_withheld(cast.zora, cast.ada.athlete) == frozenset(Category)


@pytest.mark.parametrize(
    ("scheme", "status"), [("Bearer", 200), ("bearer", 200), ("Basic", 401), ("Token", 401)]
)
def test_a_key_is_a_bearer_and_nothing_else(cast: Cast, scheme: str, status: int):
    secret = create_api_key(cast.harbour, "x", [Scope.READ], NOON + timedelta(days=36_500), cast.hanna)[1]
    answer = Client().get("/api/v1/organizations", headers={"Authorization": f"{scheme} {secret}"})
    assert answer.status_code == status


def test_nobody_looks_at_what_was_kept_for_another_outlook(cast: Cast):
    """The same person as staff, or after a change of what they are, is somebody else."""
    outlooks = [cast.ada.cache_scope, cast.hanna.cache_scope]
    cast.ada.is_staff = True
    outlooks.append(cast.ada.cache_scope)
    cast.ada.athlete.data_version += 1
    outlooks.append(cast.ada.cache_scope)
    outlooks += [
        ApiKeyUser(club.pk, frozenset({Scope.READ})).cache_scope for club in (cast.harbour, cast.hill)
    ]
    assert len(set(outlooks)) == 6


def test_where_there_is_no_row_only_what_is_not_answered_anyway_is_let_through(cast: Cast):
    """405 is for everybody."""
    view = SimpleNamespace(allowed_methods=["POST"])
    rowless = called("no-such-endpoint", cast.hanna)
    assert find_request_row(rowless) is None
    assert find_request_row(RequestFactory().get("/")) is None
    assert PolicyPermission().has_permission(rowless, view)
    assert not PolicyPermission().has_permission(rowless, SimpleNamespace(allowed_methods=["GET"]))


def test_there_is_no_permit_without_a_row_or_without_the_right(cast: Cast):
    assert get_permit(called("athlete", cast.ada)).viewer == cast.ada
    for refused in (called("no-such-endpoint", cast.hanna), called("athlete", AnonymousUser())):
        with pytest.raises(PermissionDenied):
            get_permit(refused)
