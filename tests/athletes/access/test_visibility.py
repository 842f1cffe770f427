"""The one visibility rule: yourself, the active athletes you coach, and for staff everybody."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from athletes.models import Athlete, Membership
from athletes.rights import RECORD
from athletes.roles import Role, Status
from tests.support.cast import ApiClient, create_member


def seen(viewer) -> set[str]:
    return set(Athlete.objects.visible_to(viewer).values_list("user__username", flat=True))


def recordable(viewer) -> set[str]:
    return set(Athlete.objects.reached_by(viewer, RECORD).values_list("user__username", flat=True))


@pytest.mark.parametrize("coach", ["hanna", "carl", "asha"])
def test_a_coach_sees_the_active_athletes_of_her_organization_and_herself(cast, coach):
    assert seen(getattr(cast, coach)) == {coach, "ada", "ben"}


def test_an_athlete_sees_herself_only(cast):
    assert seen(cast.ada) == {"ada"}


def test_a_coach_of_another_organization_sees_nobody_of_this_one(cast):
    assert seen(cast.zora) == {"zora", "zoe"}


def test_somebody_without_an_organization_sees_himself_only(cast):
    assert seen(cast.otto) == {"otto"}


def test_staff_see_everybody_and_strangers_nobody(cast):
    assert len(seen(cast.stella)) == 11
    assert seen(AnonymousUser()) == set()


def test_a_switched_off_account_sees_nobody(cast):
    cast.hanna.is_active = False
    assert seen(cast.hanna) == set()


@pytest.mark.parametrize("status", [Status.LEFT, Status.SUSPENDED, Status.INVITED])
def test_a_coach_whose_own_membership_is_not_active_sees_nobody_else(cast, status):
    Membership.objects.filter(user=cast.carl).update(status=status)
    assert seen(cast.carl) == {"carl"}


def test_role_and_organization_must_match_in_one_membership(cast):
    """Ben runs for Harbour and coaches at Hill: that makes him a coach of Zoe and not of Ada."""
    create_member(cast.ben, cast.hill, Role.COACH)
    assert seen(cast.ben) == {"ben", "zoe"}


def test_an_assistant_coach_reads_but_does_not_record(cast):
    assert recordable(cast.asha) == {"asha"}
    assert recordable(cast.carl) == {"carl", "ada", "ben"}


def test_what_you_may_not_see_is_403_with_the_same_body_whether_or_not_it_exists(cast):
    api = ApiClient(cast.ada)
    foreign = api.get(f"/api/v1/athletes/{cast.zoe.public_id}")
    missing = api.get(
        f"/api/v1/athletes/{cast.zoe.public_id[:-1]}{'0' if cast.zoe.public_id[-1] != '0' else '1'}"
    )
    assert foreign.status_code == missing.status_code == 403
    assert foreign.content == missing.content


def test_staff_get_404_for_somebody_who_does_not_exist(cast):
    assert ApiClient(cast.stella).get("/api/v1/athletes/usr_01h00000000000000000000000").status_code == 404
