"""The database records what changes, whoever writes it, with the author that the request names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from athletes.changes.author import AuthorOfRequest, EntryAuthor, open_change_author
from athletes.changes.tracked_kinds import load_tracked_kinds
from athletes.models import ChangeEntry, Membership, Organization, Threshold, User
from athletes.organizations.api_keys import create_api_key
from athletes.organizations.consent import change_consent
from athletes.organizations.deletion import delete_organizations
from athletes.organizations.invitations import InvitationOffer, create_invitation
from athletes.personal_data.account_deletion import delete_account
from athletes.roles import Role, Status
from coaching.models import Plan, PlanInstance, Race
from metrics.activities.changes import delete_activity
from metrics.models import BinActivity, HealthDay
from metrics.tasks import delete_expired
from tests.support.cast import NOON, PASSWORD, ApiClient, Cast, create_run


@pytest.fixture(autouse=True)
def _forget_cast(cast: Cast) -> None:
    """Each test begins with an empty history."""
    ChangeEntry.objects.all().delete()


def list_changes(**fields: Any) -> list[tuple[str, str, Any, Any]]:
    entries = ChangeEntry.objects.filter(**fields).order_by("number")
    return [(entry.kind, entry.action, entry.before, entry.after) for entry in entries]


def test_every_kind_has_its_triggers_and_its_columns():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, string_agg(split_part(tgname, '_', 2), ' ' ORDER BY tgname),"
            " min(encode(tgargs, 'escape'))"
            " FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname LIKE 'record\\_%%'"
            " GROUP BY relname"
        )
        found = {
            table: (operations, arguments.replace("\\000", "\0").split("\0")[:-1])
            for table, operations, arguments in cursor.fetchall()
        }
    kinds = {
        kind.model._meta.db_table: kind
        for kind in load_tracked_kinds().values()
        if kind.model and kind.fields
    }
    words = {"created": "insert", "changed": "update", "deleted": "delete"}
    assert {table: (kind.name, *kind.fields) for table, kind in kinds.items()} == {
        table: (arguments[0], *arguments[5:]) for table, (_, arguments) in found.items()
    }
    assert {table: {words[action] for action in kind.actions} for table, kind in kinds.items()} == {
        table: set(operations.split()) for table, (operations, _) in found.items()
    }


def test_api_call_names_person_door_and_request(cast: Cast):
    path = f"/api/v1/organizations/{cast.harbour.public_id}/members/{cast.ben.public_id}"
    client = ApiClient(cast.hanna)
    answer = client.patch(
        path, {"status": "suspended"}, content_type="application/json", headers={"X-Request-ID": "find-me"}
    )
    assert answer.status_code == 200
    [entry] = ChangeEntry.objects.filter(kind="membership")
    assert (entry.before, entry.after) == (
        {"role": "athlete", "status": "active"}, {"role": "athlete", "status": "suspended"},
    )  # fmt: skip
    assert (entry.athlete, entry.organization, entry.author) == (cast.ben.pk, cast.harbour.pk, cast.hanna.pk)
    assert (entry.author_kind, entry.door, entry.request_id) == ("person", "api", "find-me")
    client.patch(path, {"level": "fast", "labels": ["x"], "notes": "y"}, content_type="application/json")
    assert ChangeEntry.objects.filter(kind="membership").count() == 1  # nothing that the history keeps


def test_key_page_and_staff_page_name_themselves(cast: Cast):
    key, secret = create_api_key(cast.harbour, "Sync", ["write"], NOON.replace(year=2099), cast.hanna)
    answer = Client(headers={"X-API-Key": secret}).patch(
        f"/api/v1/athletes/{cast.ada.public_id}", {"lthr": 165}, content_type="application/json"
    )
    assert answer.status_code == 200
    browser, staff = Client(), Client()
    browser.force_login(cast.ada)
    assert browser.post("/settings/thresholds", {"lthr": "166"}).status_code == 302
    User.objects.filter(pk=cast.stella.pk).update(is_superuser=True)
    staff.force_login(cast.stella)
    address = f"/admin/athletes/threshold/{Threshold.objects.get().pk}/delete/"
    assert staff.post(address, {"post": "yes"}).status_code == 302
    entries = ChangeEntry.objects.filter(kind="threshold").order_by("number")
    assert [(e.action, e.author_kind, e.author, e.door) for e in entries] == [
        ("created", "key", key.pk, "api"),
        ("changed", "person", cast.ada.pk, "page"),
        ("deleted", "staff", cast.stella.pk, "admin"),
    ]
    assert [values and values["value"] for values in (entries[1].before, entries[1].after)] == [165, 166]


def test_who_joins_with_a_new_account_is_the_author(cast: Cast):
    _, token = create_invitation(
        cast.harbour,
        InvitationOffer(Role.ATHLETE, timezone.now() + timedelta(days=1), 1),
        cast.hanna,
        timezone.now(),
    )
    body = {"token": token, "email": "new@example.test", "password": PASSWORD}
    assert Client().post("/api/v1/invitations/accept", body, "application/json").status_code == 201
    [entry] = ChangeEntry.objects.filter(kind="membership")
    assert entry.author == entry.athlete == User.objects.get(email="new@example.test").pk


@pytest.mark.django_db(transaction=True)
def test_author_ends_with_the_transaction_also_outside_of_one(cast: Cast):
    author = AuthorOfRequest(lambda: EntryAuthor("person", cast.carl.pk), "page", "r1")
    with open_change_author(author):
        race = Race.objects.create(athlete=cast.ada.athlete, name="x", date=NOON.date(), distance_m=5_000)
        Race.objects.filter(pk=race.pk).update(goal_time_s=1_600)  # Django opens no transaction for it
    Race.objects.update(result_time_s=1_500)
    entries = ChangeEntry.objects.filter(kind="race").order_by("number")
    assert [(entry.author_kind, entry.author, entry.request_id) for entry in entries] == [
        ("person", cast.carl.pk, "r1"), ("person", cast.carl.pk, "r1"), ("system", None, ""),
    ]  # fmt: skip


def test_a_statement_for_many_rows_leaves_an_entry_for_each(cast: Cast):
    days = [NOON.date() + timedelta(days=day) for day in range(5)]
    Threshold.objects.bulk_create(
        [
            Threshold(athlete=cast.ada.athlete, kind=kind, value=50, valid_from=day)
            for day in days
            for kind in ("mass_kg", "lthr")
        ]
    )
    assert Threshold.objects.filter(kind="lthr").update(value=51) == 5
    assert ChangeEntry.objects.filter(action="created").count() == 10
    assert ChangeEntry.objects.filter(action="changed").count() == 5
    assert set(ChangeEntry.objects.values_list("category", "before__kind")) == {
        ("", None), ("health", None), ("", "lthr"),
    }  # fmt: skip


def test_consent_and_clubs(cast: Cast):
    change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOON)
    change_consent(cast.ada.athlete, cast.harbour, {"health": True}, NOON)
    withheld = {"category": "health", "granted": False}
    assert list_changes(kind="consent", athlete=cast.ada.pk, organization=cast.harbour.pk) == [
        ("consent", "created", None, withheld),
        ("consent", "changed", withheld, {"category": "health", "granted": True}),
    ]
    assert list_changes(kind="organization") == []  # its version is not tracked
    Organization.objects.filter(pk=cast.harbour.pk).update(name="New")
    [(_, action, before, after)] = list_changes(kind="organization")
    assert (action, before["name"], after["name"]) == ("changed", "Harbour Runners", "New")


def test_plans_without_drafts_and_the_club_of_an_athletes_plan(cast: Cast):
    plan = Plan.objects.create(organization=cast.harbour, name="Base", total_weeks=4)
    Plan.everything.create(
        organization=cast.harbour, name="Draft", total_weeks=4, revises=plan, revised_version=1
    )
    PlanInstance.objects.create(athlete=cast.ada.athlete, plan=plan, start_date=date(2026, 6, 8))
    plan.delete()
    entries = ChangeEntry.objects.filter(organization=cast.harbour.pk).order_by("number")
    assert [(entry.kind, entry.action, entry.category) for entry in entries] == [
        ("plan", "created", "goals_and_plans"), ("plan_instance", "created", "goals_and_plans"),
        ("plan_instance", "deleted", "goals_and_plans"), ("plan", "deleted", "goals_and_plans"),
    ]  # fmt: skip
    assert (entries[1].after or {})["plan_id"] == str(entries[0].subject)


def test_deleted_activities_and_health_days(cast: Cast):
    run = create_run(cast.ada)
    HealthDay.objects.create(athlete=cast.ada.athlete, date=NOON.date(), source="x", resting_hr_bpm=50)
    assert list_changes() == []  # an upload leaves no entry
    delete_activity(run, BinActivity.DeletedBy.ATHLETE, NOON)
    HealthDay.objects.all().delete()
    entries = ChangeEntry.objects.order_by("number")
    assert [(e.kind, e.action, e.category, e.subject) for e in entries[:1]] == [
        ("bin_activity", "created", "activities", run.pk)
    ]
    assert list_changes(kind="health_day") == [
        ("health_day", "deleted", {"date": "2026-06-10", "source": "x"}, None)
    ]


def test_deletion_of_an_account_takes_its_entries_and_its_name(cast: Cast):
    author = AuthorOfRequest(lambda: EntryAuthor("person", cast.carl.pk), "page", "r")
    with open_change_author(author):
        Threshold.objects.create(athlete=cast.ada.athlete, kind="lthr", value=165, valid_from=NOON.date())
        Threshold.objects.create(athlete=cast.carl.athlete, kind="lthr", value=165, valid_from=NOON.date())
        delete_account(cast.carl, NOON)
    assert not ChangeEntry.objects.filter(athlete=cast.carl.pk).exists()
    assert not ChangeEntry.objects.filter(author=cast.carl.pk).exists()
    [entry] = ChangeEntry.objects.filter(athlete=cast.ada.pk, kind="threshold")
    assert (entry.author_kind, entry.author) == ("person", None)
    [deletion] = ChangeEntry.objects.filter(kind="account")
    assert (deletion.action, deletion.subject, deletion.athlete, deletion.author, deletion.before) == (
        "deleted", None, None, None, None,
    )  # fmt: skip


def test_deletion_of_a_club_keeps_what_is_about_its_members(cast: Cast):
    Plan.objects.create(organization=cast.harbour, name="Base", total_weeks=4)
    Membership.objects.filter(user=cast.ada).update(status=Status.SUSPENDED)
    delete_organizations([cast.harbour.pk])
    left = ChangeEntry.objects.filter(organization=cast.harbour.pk)
    assert list_changes(organization=cast.harbour.pk, athlete=None) == [
        ("organization", "deleted", {"name": "Harbour Runners", "requires_second_factor": False}, None)
    ]
    assert [entry.action for entry in left.filter(athlete=cast.ada.pk)] == ["deleted", "changed"]


def test_old_entries_go_and_authors_without_an_account_are_forgotten(cast: Cast):
    for at, author in ((datetime(2024, 5, 9, tzinfo=UTC), cast.carl.pk), (NOON, cast.harbour.pk)):
        ChangeEntry.objects.create(
            changed_at=at, kind="membership", action="created", author_kind="person", author=author
        )
    no_context: Any = None
    with time_machine.travel(NOON, tick=False):
        delete_expired.func(no_context, timestamp=0)
    [entry] = ChangeEntry.objects.all()
    assert (entry.changed_at, entry.author) == (NOON, None)
