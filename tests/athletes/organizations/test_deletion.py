"""An organization that is deleted: whoever loses a plan, a membership or an acknowledgement by it is told at once."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from athletes.models import Organization, User
from athletes.organizations.membership import create_organization
from athletes.personal_data.account_deletion import delete_account
from coaching.assessments.current import current_assessments
from coaching.models import Acknowledgement, PlanInstance
from tests.coaching.plan_fixtures import TODAY, create_test_plan, follow_plan, get_data_version
from tests.support.cast import NOON, Cast, create_person

ONE, MANY = "one", "many"


def delete_by_staff(club: Organization, how: str) -> None:
    client = Client()
    client.force_login(create_person("root", is_staff=True, is_superuser=True))
    if how == ONE:
        answer = client.post(reverse("admin:athletes_organization_delete", args=[club.pk]), {"post": "yes"})
    else:
        asked = {"action": "delete_selected", "_selected_action": [club.pk], "post": "yes"}
        answer = client.post(reverse("admin:athletes_organization_changelist"), asked)
    assert answer.status_code == 302
    assert not Organization.objects.filter(pk=club.pk).exists()


def versions(*people: User) -> dict[str, int]:
    return {user.username: get_data_version(user) for user in people}


@pytest.mark.parametrize("how", [ONE, MANY])
def test_whoever_loses_a_plan_with_it_stands_without_that_plan_at_once(cast: Cast, how: str):
    follow_plan(
        cast.otto, create_test_plan(cast.harbour, {"weekday": 1})
    )  # was a member once, and kept the plan
    assert current_assessments([cast.otto.pk], NOON)[cast.otto.pk].plans
    delete_by_staff(cast.harbour, how)
    assert not PlanInstance.objects.exists()
    assert not current_assessments([cast.otto.pk], NOON)[cast.otto.pk].plans


@pytest.mark.parametrize("how", [ONE, MANY])
def test_members_and_acknowledged_athletes_are_told_and_nobody_else(cast: Cast, how: str):
    told = {"organization": cast.harbour, "code": "X", "severity": "info", "since": TODAY, "until": TODAY}
    Acknowledgement.objects.create(athlete=cast.otto.athlete, **told)
    concerned = (cast.hanna, cast.carl, cast.ada, cast.ben, cast.lea, cast.sam, cast.otto)
    before, others = versions(*concerned), versions(cast.zora, cast.zoe)
    delete_by_staff(cast.harbour, how)
    assert versions(*concerned) == {name: number + 1 for name, number in before.items()}
    assert versions(cast.zora, cast.zoe) == others


def test_an_account_that_takes_its_empty_organization_along_tells_who_followed_its_plans(cast: Cast):
    founder = create_person("fay")
    club = create_organization(founder, "Fay alone")
    follow_plan(cast.otto, create_test_plan(club, {"weekday": 1}))
    assert current_assessments([cast.otto.pk], NOON)[cast.otto.pk].plans
    delete_account(founder, NOON)
    assert not Organization.objects.filter(pk=club.pk).exists()
    assert not current_assessments([cast.otto.pk], NOON)[cast.otto.pk].plans
