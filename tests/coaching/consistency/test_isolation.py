"""A cached answer about one athlete or organization is never given for another, even at equal versions."""

from __future__ import annotations

from typing import Any

import pytest

from athletes.models import Athlete, Membership, Organization
from athletes.roles import Role
from tests.coaching.training_fixtures import PROFILE_URL, ROSTER_URL, get_roster, list_usernames
from tests.support.cast import ApiClient, Cast, create_member


@pytest.fixture
def alike(cast: Cast) -> Cast:
    """All athletes and all organizations have the same version; Hanna coaches in both organizations."""
    create_member(cast.hanna, cast.hill, Role.COACH)
    Athlete.objects.update(data_version=7, timezone="UTC")
    Organization.objects.update(version=7)
    return cast


def test_athletes_at_equal_versions_have_separate_cached_profiles(alike: Cast):
    api = ApiClient(alike.hanna)
    for user in (alike.ada, alike.ben, alike.zoe):
        assert api.get(PROFILE_URL, {"user_id": user.public_id}).json()["data"]["user_id"] == user.public_id


def test_organizations_at_equal_versions_have_separate_cached_rosters(alike: Cast):
    # Hill gets a second athlete, so that the sums of the athletes' versions are equal too.
    create_member(alike.otto, alike.hill)
    api = ApiClient(alike.hanna)
    for club in (alike.harbour, alike.hill):
        assert api.get(ROSTER_URL, {"org_id": club.public_id}).json()["data"]["org_id"] == club.public_id


def test_roster_cache_misses_when_members_are_swapped_at_equal_versions(alike: Cast):
    """The sum of the athletes' versions stays the same; only the organization's version changes."""
    before = get_roster(ApiClient(alike.hanna), f"org_id={alike.harbour.public_id}")
    Membership.objects.filter(user=alike.ada).update(user=alike.otto, assigned_coach=None)
    Organization.objects.filter(pk=alike.harbour.pk).bump_version()
    after = get_roster(ApiClient(alike.hanna), f"org_id={alike.harbour.public_id}")
    assert [sorted(list_usernames(roster)) for roster in (before, after)] == [["ada", "ben"], ["ben", "otto"]]


def test_roster_stays_cached_when_people_outside_it_change(cast: Cast, django_assert_num_queries: Any):
    api, cached_sql = ApiClient(cast.carl), 2  # the caller; the versions that the roster depends on
    get_roster(api)
    others = [cast.hanna, cast.lea, cast.sam, cast.zoe, cast.otto]
    Athlete.objects.filter(user__in=others).bump_version()
    with django_assert_num_queries(cached_sql):
        get_roster(api)


def test_org_id_is_optional_for_staff_who_coach_in_one_organization(cast: Cast):
    def get_default_roster() -> Any:
        return ApiClient(cast.stella).get(ROSTER_URL)

    assert get_default_roster().json()["details"]["code"] == "ORG_REQUIRED"
    create_member(cast.stella, cast.hill, Role.COACH)
    assert get_default_roster().json()["data"]["org_id"] == cast.hill.public_id
