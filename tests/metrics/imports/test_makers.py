"""Rights can end between the upload of an import and the work on it. Then its maker stores nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from athletes.models import Consent, Membership, Notice, User
from athletes.models.notices import NoticeKind
from athletes.personal_data.account_deletion import delete_account
from athletes.rights import Category
from athletes.roles import Status
from metrics.imports.control import start_import
from metrics.imports.makers import may_store
from metrics.models import Activity, HealthDay, Import
from tests.metrics.imports.import_fixtures import (
    build_day_run,
    build_wellness,
    list_outcomes,
    run,
    send_files,
)
from tests.support.cast import NOON, ApiClient, Cast

pytestmark = pytest.mark.django_db
FILES = {"1.fit": build_day_run(3), "w.csv": build_wellness()}


def send_as_coach(cast: Cast, **options: Any) -> Import:
    return send_files(cast.ada, FILES, made_by_id=cast.carl.pk, added_by="coach", **options)


def withdraw_consent(cast: Cast, category: str) -> None:
    Consent.objects.create(
        athlete=cast.ada.athlete,
        organization=cast.harbour,
        category=category,
        granted=False,
        changed_at=NOON,
    )


def test_a_coach_who_has_left_stores_nothing(cast: Cast):
    parent = send_as_coach(cast)
    Membership.objects.filter(user=cast.carl).update(status=Status.LEFT)
    done = run(parent)
    assert (done.status, done.code) == ("failed", "NOT_ALLOWED")
    assert not Activity.objects.exists()
    assert not HealthDay.objects.exists()


def test_consent_to_activities_that_is_withdrawn_stops_the_coach(cast: Cast):
    parent = send_as_coach(cast)
    withdraw_consent(cast, "activities")
    assert run(parent).code == "NOT_ALLOWED"
    assert not Activity.objects.exists()


def test_consent_to_health_that_is_withdrawn_keeps_health_data_out(cast: Cast):
    parent = send_as_coach(cast)
    withdraw_consent(cast, "health")
    done = run(parent)
    assert list_outcomes(done) == [("1.fit", "stored", ""), ("w.csv", "skipped", "NOT_ALLOWED")]
    assert not HealthDay.objects.exists()


def list_told_people() -> list[User]:
    return [notice.recipient for notice in Notice.objects.filter(kind=NoticeKind.IMPORT)]


def test_the_import_of_a_deleted_coach_brings_only_activities(cast: Cast):
    parent = send_as_coach(cast)
    delete_account(cast.carl, NOON)
    assert list_outcomes(run(parent)) == [("1.fit", "stored", ""), ("w.csv", "skipped", "NOT_ALLOWED")]


def test_the_athlete_goes_on_with_the_import_of_a_coach_who_has_left(cast: Cast):
    parent = run(send_as_coach(cast, is_dry_run=True))
    Membership.objects.filter(user=cast.carl).update(status=Status.LEFT)
    answer = ApiClient(cast.ada).post(f"/api/v1/imports/{parent.public_id}/start")
    assert answer.status_code == 202
    assert {status for _, status, _ in list_outcomes(run(parent))} == {"stored"}
    assert Import.objects.get().made_by == cast.ada
    assert list_told_people() == [cast.ada]


def test_the_maker_is_told_of_the_dry_run_and_again_when_its_start_has_ended(cast: Cast):
    parent = run(send_as_coach(cast, is_dry_run=True))
    assert list_told_people() == [cast.carl]
    Notice.objects.update(read_at=NOON)
    start_import(parent)
    assert list_told_people() == []
    run(parent)
    assert list_told_people() == [cast.carl]
    assert Notice.objects.get().read_at is None


def test_a_key_of_the_club_brings_what_the_athlete_shares(cast: Cast):
    of_key = {"made_by_id": None, "added_by": "api_key", "organization_id": cast.harbour.pk}
    parent = send_files(cast.ada, FILES, **of_key)
    assert may_store(parent, Category.HEALTH)
    withdraw_consent(cast, "health")
    assert not may_store(parent, Category.HEALTH)
    Membership.objects.filter(user=cast.ada).update(status=Status.LEFT)
    assert not may_store(parent, Category.ACTIVITIES)
