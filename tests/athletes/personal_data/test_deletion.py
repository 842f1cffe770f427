"""Account deletion: password, permission, and the data of others that stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client

from athletes.models import Athlete, Invitation, Membership, Organization, User
from athletes.organizations.invitations import InvitationOffer, create_invitation
from athletes.personal_data.account_deletion import delete_account
from athletes.roles import Status
from coaching.models import (
    Plan,
    PlanInstance,
)
from metrics.models import Remeasuring
from metrics.remeasurement.tasks import queue_remeasure
from tests.athletes.personal_data.personal_data_fixtures import (
    LATER,
    account_address,
)
from tests.support.cast import (
    NOON,
    PASSWORD,
    ApiClient,
    Cast,
    create_person,
)
from tests.support.error_shape import assert_error


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def test_deletion_needs_the_password_and_limits_attempts(cast: Cast, settings: Any):
    settings.AXES_FAILURE_LIMIT = 3
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    api = ApiClient(cast.ada)
    assert_error(api.send_json("delete", account_address(cast.ada), {}), 400, "REQUIRED", "password")
    for _ in range(2):
        assert_error(
            api.send_json("delete", account_address(cast.ada), {"password": "x"}),
            400,
            "WRONG_PASSWORD",
            "password",
        )
    assert_error(
        api.send_json("delete", account_address(cast.ada), {"password": "x"}), 429, "TOO_MANY_ATTEMPTS"
    )
    assert_error(
        api.send_json("delete", account_address(cast.ada), {"password": PASSWORD}), 429, "TOO_MANY_ATTEMPTS"
    )


def test_account_without_password_is_deleted_at_once(cast: Cast):
    api = ApiClient(cast.ada)
    assert api.delete(account_address(cast.ada)).status_code == 204
    assert_error(api.get("/api/v1/auth/me"), 401, "INVALID_TOKEN")
    assert_error(ApiClient(cast.carl).get(account_address(cast.ada)), 403, "PERMISSION_DENIED")
    assert not Athlete.objects.filter(pk=cast.ada.pk).exists()


def test_head_coach_must_hand_over_and_empty_organization_is_deleted(cast: Cast):
    assert_error(ApiClient(cast.hanna).delete(account_address(cast.hanna)), 400, "HEAD_COACH")
    assert User.objects.filter(pk=cast.hanna.pk).exists()
    Membership.objects.filter(user=cast.zoe).update(status=Status.LEFT)
    before = Athlete.objects.get(pk=cast.zoe.pk).data_version
    assert ApiClient(cast.zora).delete(account_address(cast.zora)).status_code == 204
    assert not Organization.objects.filter(pk=cast.hill.pk).exists()
    assert Athlete.objects.get(pk=cast.zoe.pk).data_version == before + 1


def test_deletion_of_a_coach_keeps_their_work_for_others(cast: Cast):
    plan = Plan.objects.create(organization=cast.harbour, name="Mile", total_weeks=1, created_by=cast.carl)
    instance = PlanInstance.objects.create(
        athlete=cast.ada.athlete, plan=plan, start_date=NOON.date(), assigned_by=cast.carl
    )
    create_invitation(cast.harbour, InvitationOffer("athlete", LATER), cast.carl, NOON)
    club, runner = cast.harbour.version, Athlete.objects.get(pk=cast.ada.pk).data_version
    assert ApiClient(cast.carl).delete(account_address(cast.carl)).status_code == 204
    plan.refresh_from_db()
    instance.refresh_from_db()
    assert (plan.created_by, instance.assigned_by, Invitation.objects.get().created_by) == (None, None, None)
    assert cast.ada.memberships.get().assigned_coach is None
    assert Athlete.objects.get(pk=cast.ada.pk).data_version == runner + 1
    cast.harbour.refresh_from_db()
    assert cast.harbour.version == club + 1


def test_deletion_keeps_the_position_of_a_run_over_all_athletes(cast: Cast):
    Remeasuring.objects.create(scope="everybody", reached=cast.ada.pk)
    Remeasuring.objects.create(scope=f"athlete {cast.ada.pk}", reached=cast.ada.pk)
    delete_account(cast.ada, NOON)
    row = Remeasuring.objects.get()
    assert (row.scope, row.reached) == ("everybody", UUID(int=cast.ada.pk.int - 1))


def test_staff_deletion_removes_all_data_and_refuses_head_coaches(cast: Cast):
    root = Client()
    root.force_login(create_person("root", is_staff=True, is_superuser=True))
    queue_remeasure(cast.ada.pk, None)
    for user, is_deleted in ((cast.ada, True), (cast.hanna, False)):
        path = f"/admin/athletes/user/{user.pk}/delete/"
        assert ("hand it over first" in root.get(path).content.decode()) != is_deleted
        assert root.post(path, {"post": "yes"}).status_code == (302 if is_deleted else 200)
        assert User.objects.filter(pk=user.pk).exists() != is_deleted
    assert not LogEntry.objects.filter(object_repr__contains="Ada").exists()
    chosen = {"action": "delete_selected", "_selected_action": [cast.ben.pk, cast.zoe.pk], "post": "yes"}
    assert root.post("/admin/athletes/user/", chosen).status_code == 302
    assert not User.objects.filter(pk__in=[cast.ben.pk, cast.zoe.pk]).exists()
