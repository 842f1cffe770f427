"""Deleting an organization updates all athletes who lose a plan, a membership or an acknowledgement."""

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

BY_BUTTON, BY_ACTION = "button", "action"


def delete_by_staff(club: Organization, how: str) -> None:
    client = Client()
    client.force_login(create_person("root", is_staff=True, is_superuser=True))
    if how == BY_BUTTON:
        answer = client.post(reverse("admin:athletes_organization_delete", args=[club.pk]), {"post": "yes"})
    else:
        form = {"action": "delete_selected", "_selected_action": [club.pk], "post": "yes"}
        answer = client.post(reverse("admin:athletes_organization_changelist"), form)
    assert answer.status_code == 302
    assert not Organization.objects.filter(pk=club.pk).exists()


def versions(*people: User) -> dict[str, int]:
    return {user.username: get_data_version(user) for user in people}


@pytest.mark.parametrize("how", [BY_BUTTON, BY_ACTION])
def test_deletion_removes_its_plans_from_assessments_at_once(cast: Cast, how: str):
    follow_plan(
        cast.otto, create_test_plan(cast.harbour, {"weekday": 1})
    )  # a former member who still has the plan
    assert current_assessments([cast.otto.pk], NOON)[cast.otto.pk].plans
    delete_by_staff(cast.harbour, how)
    assert not PlanInstance.objects.exists()
    assert not current_assessments([cast.otto.pk], NOON)[cast.otto.pk].plans


@pytest.mark.parametrize("how", [BY_BUTTON, BY_ACTION])
def test_deletion_raises_only_the_versions_of_affected_athletes(cast: Cast, how: str):
    common = {"organization": cast.harbour, "code": "X", "severity": "info", "since": TODAY, "until": TODAY}
    Acknowledgement.objects.create(athlete=cast.otto.athlete, **common)
    affected = (cast.hanna, cast.carl, cast.ada, cast.ben, cast.lea, cast.sam, cast.otto)
    before, unaffected = versions(*affected), versions(cast.zora, cast.zoe)
    delete_by_staff(cast.harbour, how)
    assert versions(*affected) == {name: number + 1 for name, number in before.items()}
    assert versions(cast.zora, cast.zoe) == unaffected


def test_account_deletion_with_its_organization_updates_athletes_with_its_plans(cast: Cast):
    founder = create_person("fay")
    club = create_organization(founder, "Fay alone")
    follow_plan(cast.otto, create_test_plan(club, {"weekday": 1}))
    assert current_assessments([cast.otto.pk], NOON)[cast.otto.pk].plans
    delete_account(founder, NOON)
    assert not Organization.objects.filter(pk=club.pk).exists()
    assert not current_assessments([cast.otto.pk], NOON)[cast.otto.pk].plans
