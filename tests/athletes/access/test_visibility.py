"""The visibility rule: yourself, the active athletes you coach; staff see everybody."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from athletes.models import Athlete, Membership
from athletes.rights import EVERYTHING, NOTHING, RECORD, Category, Visibility
from athletes.roles import Role, Status
from tests.support.cast import ApiClient, create_member


def visible_names(viewer) -> set[str]:
    return set(Athlete.objects.visible_to(viewer).values_list("user__username", flat=True))


def recordable_names(viewer) -> set[str]:
    return set(Athlete.objects.reached_by(viewer, RECORD).values_list("user__username", flat=True))


@pytest.mark.parametrize("coach", ["hanna", "carl", "asha"])
def test_coach_sees_active_athletes_of_the_organization_and_herself(cast, coach):
    assert visible_names(getattr(cast, coach)) == {coach, "ada", "ben"}


def test_athlete_sees_only_herself(cast):
    assert visible_names(cast.ada) == {"ada"}


def test_coach_sees_no_athletes_of_another_organization(cast):
    assert visible_names(cast.zora) == {"zora", "zoe"}


def test_user_without_organization_sees_only_himself(cast):
    assert visible_names(cast.otto) == {"otto"}


def test_staff_see_everybody_and_anonymous_users_nobody(cast):
    assert len(visible_names(cast.stella)) == 11
    assert visible_names(AnonymousUser()) == set()


def test_inactive_account_sees_nobody(cast):
    cast.hanna.is_active = False
    assert visible_names(cast.hanna) == set()


@pytest.mark.parametrize("status", [Status.LEFT, Status.SUSPENDED, Status.INVITED])
def test_coach_without_active_membership_sees_only_himself(cast, status):
    Membership.objects.filter(user=cast.carl).update(status=status)
    assert visible_names(cast.carl) == {"carl"}


def test_visibility_needs_role_and_organization_in_one_membership(cast):
    """Ben is an athlete at Harbour and a coach at Hill. He sees Zoe of Hill, but not Ada of Harbour."""
    create_member(cast.ben, cast.hill, Role.COACH)
    assert visible_names(cast.ben) == {"ben", "zoe"}


def test_assistant_coach_reads_but_does_not_record(cast):
    assert recordable_names(cast.asha) == {"asha"}
    assert recordable_names(cast.carl) == {"carl", "ada", "ben"}


def test_invisible_and_missing_athletes_give_the_same_403(cast):
    api = ApiClient(cast.ada)
    foreign = api.get(f"/api/v1/athletes/{cast.zoe.public_id}")
    missing = api.get(
        f"/api/v1/athletes/{cast.zoe.public_id[:-1]}{'0' if cast.zoe.public_id[-1] != '0' else '1'}"
    )
    assert foreign.status_code == missing.status_code == 403
    assert foreign.content == missing.content


def test_staff_get_404_for_a_missing_athlete(cast):
    assert ApiClient(cast.stella).get("/api/v1/athletes/usr_01h00000000000000000000000").status_code == 404


def test_visibility_without_categories_names_them_in_alphabetical_order():
    visibility = Visibility.without(["health", "activities"])
    assert (visibility.activities, visibility.health, visibility.goals_and_plans) == (False, False, True)
    assert visibility.withheld == ["activities", "health"]


def test_visibility_of_everything_and_nothing():
    assert (Visibility.without([]), EVERYTHING.withheld) == (EVERYTHING, [])
    assert (Visibility.without(Category), NOTHING.withheld) == (NOTHING, sorted(Category.values))


def test_visibility_refuses_an_unknown_category():
    with pytest.raises(ValueError, match="weight"):
        Visibility.without(["weight"])
