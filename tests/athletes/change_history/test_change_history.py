"""Who reads the change history: the athlete, the head coach, and staff."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
from django.test import Client

from athletes.change_history import entries
from athletes.changes.author import AuthorOfRequest, EntryAuthor, open_change_author
from athletes.models import ChangeEntry, Membership, Threshold, User
from athletes.organizations.consent import change_consent
from athletes.organizations.membership import change_membership, leave_organization
from coaching.models import Plan, PlanInstance, Race
from tests.support.cast import NOON, ApiClient, Cast


@pytest.fixture(autouse=True)
def _changes(cast: Cast) -> None:
    ChangeEntry.objects.all().delete()
    by_hanna = AuthorOfRequest(lambda: EntryAuthor("person", cast.hanna.pk), "page", "r1")
    with open_change_author(by_hanna):
        change_membership(Membership.objects.get(user=cast.asha), {"role": "coach"})
        plan = Plan.objects.create(organization=cast.harbour, name="Base", total_weeks=4)
        PlanInstance.objects.create(athlete=cast.ada.athlete, plan=plan, start_date=date(2026, 6, 8))
    by_ada = AuthorOfRequest(lambda: EntryAuthor("person", cast.ada.pk), "api", "r2")
    with open_change_author(by_ada):
        change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOON)
        Threshold.objects.create(athlete=cast.ada.athlete, kind="mass_kg", value=55, valid_from=NOON.date())
        race = Race.objects.create(athlete=cast.ada.athlete, name="Ten", date=NOON.date(), distance_m=10_000)
        Race.objects.filter(pk=race.pk).update(result_time_s=2_480)


def read_changes(user: User, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = ApiClient(user).get(f"/api/v1/{path}/changes", query)
    assert answer.status_code == 200, answer.content
    return list(answer.json()["data"])


def read_club(user: User, cast: Cast, **query: Any) -> list[dict[str, Any]]:
    return read_changes(user, f"organizations/{cast.harbour.public_id}", **query)


def test_the_archive_reads_all_entries_in_short_statements(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
):
    monkeypatch.setattr(entries, "ENTRIES_PER_CHUNK", 2)
    monkeypatch.setattr(entries, "serialize_changes", lambda page: [_describe(entry) for entry in page])
    with django_assert_num_queries(3):  # two full pages and a last one
        rows = list(entries.read_changes(cast.ada))
    assert [row["kind"] for row in rows] == ["plan_instance", "consent", "threshold", "race", "race"]


def _describe(entry: ChangeEntry) -> dict[str, Any]:
    return {"kind": entry.kind, "author_id": entry.author, "acted_as_id": None}


def test_athlete_reads_all_that_is_theirs_newest_first(cast: Cast):
    rows = read_changes(cast.ada, f"athletes/{cast.ada.public_id}")
    assert [(row["kind"], row["action"]) for row in rows] == [
        ("race", "changed"), ("race", "created"), ("threshold", "created"), ("consent", "created"),
        ("plan_instance", "created"),
    ]  # fmt: skip
    assert rows[0]["before"]["result_time_s"] is None
    assert rows[0]["after"]["result_time_s"] == 2_480
    given = rows[-1]
    assert given.pop("changed_at")
    assert given.pop("subject_id").startswith("pi_")
    assert given.pop("after")["plan_id"] == Plan.objects.get().public_id
    assert given == {
        "kind": "plan_instance", "action": "created", "before": None,
        "user_id": cast.ada.public_id, "user_name": "Ada",
        "org_id": cast.harbour.public_id, "org_name": "Harbour Runners",
        "author_kind": "person", "author_id": cast.hanna.public_id, "author_name": "Hanna",
        "acted_as_id": None, "door": "page", "request_id": "r1",
    }  # fmt: skip


def test_kind_and_days_limit_the_list(cast: Cast):
    path = f"athletes/{cast.ada.public_id}"
    assert len(read_changes(cast.ada, path, kind="race")) == 2
    # A quarter past midnight on 10 June in Madrid is still 9 June in UTC.
    ChangeEntry.objects.filter(kind="race").update(changed_at="2026-06-09T22:15:00Z")
    assert len(read_changes(cast.ada, path, **{"from": "2026-06-10", "to": "2026-06-10"})) == 2
    assert read_changes(cast.ada, path, **{"from": "2026-06-09", "to": "2026-06-09"}) == []
    for wrong in ({"kind": "x"}, {"from": "2026-06-10", "to": "2026-06-09"}, {"since": "2026-06-09"}):
        assert ApiClient(cast.ada).get(f"/api/v1/{path}/changes", wrong).status_code == 400


def test_head_coach_reads_members_sharing_and_plans_of_the_own_club(cast: Cast):
    rows = read_club(cast.hanna, cast)
    assert [(row["kind"], row["user_name"]) for row in rows] == [
        ("consent", "Ada"), ("plan_instance", "Ada"), ("plan", None), ("membership", "Asha"),
    ]  # fmt: skip
    assert rows[-1]["before"]["role"] == "assistant_coach"
    assert rows[-1]["after"]["role"] == "coach"


def test_others_read_nothing(cast: Cast):
    for user in (cast.carl, cast.asha, cast.ada, cast.zora, cast.otto):
        answer = ApiClient(user).get(f"/api/v1/organizations/{cast.harbour.public_id}/changes")
        assert answer.status_code == 403, user
    for user in (cast.hanna, cast.zora, cast.stella):
        assert ApiClient(user).get(f"/api/v1/athletes/{cast.ada.public_id}/changes").status_code in (403, 404)


def test_head_coach_does_not_read_what_is_withheld_or_what_left(cast: Cast):
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    assert "plan_instance" not in [row["kind"] for row in read_club(cast.hanna, cast)]
    assert "plan_instance" in [row["kind"] for row in read_club(cast.stella, cast)]
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": True}, NOON)
    assert "plan_instance" in [row["kind"] for row in read_club(cast.hanna, cast)]
    leave_organization(Membership.objects.get(user=cast.ada))
    rows = read_club(cast.hanna, cast)
    assert "plan_instance" not in [row["kind"] for row in rows]
    left, consent, *_ = rows
    assert (left["after"]["status"], left["user_id"], left["user_name"]) == ("left", None, "a former member")
    assert (consent["kind"], consent["author_name"], consent["author_id"]) == (
        "consent", "a former member", None,
    )  # fmt: skip
    assert read_club(cast.stella, cast)[0]["user_name"] == "Ada"


def test_query_count_does_not_grow_with_the_entries(cast: Cast, django_assert_num_queries: Any):
    client = ApiClient(cast.hanna)
    for repeats in (1, 20):
        for _ in range(repeats):
            Membership.objects.filter(user=cast.ben).update(status="suspended")
            Membership.objects.filter(user=cast.ben).update(status="active")
        # token with user, its use, organization, count, entries, people, clubs
        with django_assert_num_queries(6):
            client.get(f"/api/v1/organizations/{cast.harbour.public_id}/changes")


def test_pages_say_it_in_words(cast: Cast):
    browser = Client()
    browser.force_login(cast.ada)
    page = browser.get("/settings/changes").content.decode()
    for text in (
        "Race changed",
        "result: <bdi>– → 0:41:20</bdi>",
        "plan: <bdi>Base</bdi>",
        "Hanna",
        "by a program",
    ):
        assert text in page, text
    assert "Race changed" not in browser.get("/settings/changes?kind=threshold&from=&to=").content.decode()
    browser.force_login(cast.hanna)
    page = browser.get("/coach/club/changes").content.decode()
    for text in ("role: <bdi>assistant coach → coach</bdi>", "Asha", "shared: <bdi>no</bdi>", "Plan added"):
        assert text in page, text
    assert "/coach/club/changes?org_id=" in browser.get("/coach/club").content.decode()
    Plan.objects.all().delete()
    assert "plan: <bdi>a deleted one</bdi>" in browser.get("/coach/club/changes").content.decode()


def test_pages_of_more_than_fifty_lines_are_turned(cast: Cast):
    Threshold.objects.bulk_create(
        [
            Threshold(athlete=cast.ada.athlete, kind="lthr", value=150, valid_from=date(2025, 1, day))
            for day in range(1, 32)
        ]
    )
    Threshold.objects.filter(kind="lthr").update(value=151)
    browser = Client()
    browser.force_login(cast.ada)
    first = browser.get("/settings/changes?kind=threshold").content.decode()
    assert "/settings/changes?kind=threshold&amp;page=2" in first
    assert "Newer" in browser.get("/settings/changes?kind=threshold&page=2").content.decode()


def test_own_data_has_both_lists_without_the_ids_of_others(cast: Cast):
    def download(user: User) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        answer: Any = ApiClient(user).get(f"/api/v1/athletes/{user.public_id}/export")
        with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
            return tuple(json.loads(archive.read(f"{name}.json")) for name in ("changes", "made_changes"))

    about, _ = download(cast.ada)
    assert [row["kind"] for row in about] == ["plan_instance", "consent", "threshold", "race", "race"]
    assert about[0]["author_name"] == "Hanna"
    assert "author_id" not in about[0]
    _, made = download(cast.hanna)
    assert [row["kind"] for row in made] == ["membership", "plan", "plan_instance"]
    assert not {"athlete", "before", "after", "subject"} & made[0].keys()


def test_staff_search_the_history_and_cannot_change_it(cast: Cast):
    User.objects.filter(pk=cast.stella.pk).update(is_superuser=True)
    browser = Client()
    browser.force_login(cast.stella)
    listed = browser.get("/admin/athletes/changeentry/", {"q": "asha"}).content.decode()
    assert "asha@example.test" in listed
    assert "ada@example.test" not in listed
    entry = ChangeEntry.objects.filter(kind="membership").get()
    address = f"/admin/athletes/changeentry/{entry.pk}"
    assert "assistant_coach" in browser.get(f"{address}/change/").content.decode()
    assert browser.post(f"{address}/change/", {}).status_code == 403
    assert browser.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
