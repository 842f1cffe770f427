"""What is kept of one athlete or one organization is not told of another, also where nothing else tells them apart."""

from __future__ import annotations

from typing import Any

import pytest

from athletes.models import Athlete, Membership, Organization
from athletes.roles import Role
from tests.coaching.training_fixtures import PROFILE_URL, ROSTER_URL, get_roster, list_usernames
from tests.support.cast import ApiClient, Cast, create_member


@pytest.fixture
def alike(cast: Cast) -> Cast:
    """Everybody and every organization at one version; Hanna coaches in both."""
    create_member(cast.hanna, cast.hill, Role.COACH)
    Athlete.objects.update(data_version=7, timezone="UTC")
    Organization.objects.update(version=7)
    return cast


def test_two_athletes_at_one_version_have_a_profile_each(alike: Cast):
    api = ApiClient(alike.hanna)
    for user in (alike.ada, alike.ben, alike.zoe):
        assert api.get(PROFILE_URL, {"user_id": user.public_id}).json()["data"]["user_id"] == user.public_id


def test_two_organizations_at_one_version_have_a_roster_each(alike: Cast):
    create_member(
        alike.otto, alike.hill
    )  # two athletes there too, so that also the sums of their versions are the same
    api = ApiClient(alike.hanna)
    for club in (alike.harbour, alike.hill):
        assert api.get(ROSTER_URL, {"org_id": club.public_id}).json()["data"]["org_id"] == club.public_id


def test_roster_cache_misses_when_members_are_swapped_at_equal_versions(alike: Cast):
    """The sum of their versions stays what it was; the organization's own tells."""
    before = get_roster(ApiClient(alike.hanna), f"org_id={alike.harbour.public_id}")
    Membership.objects.filter(user=alike.ada).update(user=alike.otto, assigned_coach=None)
    Organization.objects.filter(pk=alike.harbour.pk).bump_version()
    after = get_roster(ApiClient(alike.hanna), f"org_id={alike.harbour.public_id}")
    assert [sorted(list_usernames(roster)) for roster in (before, after)] == [["ada", "ben"], ["ben", "otto"]]


def test_a_roster_is_kept_while_others_than_its_athletes_change(cast: Cast, django_assert_num_queries: Any):
    api, kept = ApiClient(cast.carl), 2  # statements: who asks, and what the roster depends on
    get_roster(api)
    others = [cast.hanna, cast.lea, cast.sam, cast.zoe, cast.otto]
    Athlete.objects.filter(user__in=others).bump_version()
    with django_assert_num_queries(kept):
        get_roster(api)


def test_staff_who_coach_in_one_organization_need_not_name_it(cast: Cast):
    def asked() -> Any:
        return ApiClient(cast.stella).get(ROSTER_URL)

    assert asked().json()["details"]["code"] == "ORG_REQUIRED"
    create_member(cast.stella, cast.hill, Role.COACH)
    assert asked().json()["data"]["org_id"] == cast.hill.public_id
