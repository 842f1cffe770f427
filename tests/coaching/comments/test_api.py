"""Comments over the API: who writes and reads them, read marks, and what happens to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from athletes.accounts.limits import use_limits
from athletes.models import Athlete, User
from athletes.organizations.api_keys import create_api_key
from athletes.organizations.consent import change_consent
from athletes.personal_data.account_deletion import delete_account
from athletes.roles import Role
from coaching.models import Comment, CommentRead
from metrics.activities.changes import delete_activity
from metrics.activities.recordings.merge import merge_activities
from metrics.models import Activity, BinActivity
from metrics.storage.activity_bin import restore_activity
from tests.coaching.calendar.calendar_fixtures import create_session
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_person, create_run
from tests.support.error_shape import assert_error

DAY = NOON.date().isoformat()
HOSTILE = "<script>alert(1)</script>\n=cmd()|' /C calc'!A0\nשלום"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def activity_path(activity: Activity, rest: str = "") -> str:
    return f"/api/v1/activities/{activity.public_id}/comments{rest}"


def day_path(user: User, day: str = DAY, rest: str = "") -> str:
    return f"/api/v1/athletes/{user.public_id}/days/{day}/comments{rest}"


def write(user: User, path: str, text: str = "Well done") -> dict[str, Any]:
    answer = ApiClient(user).send_json("post", path, {"text": text})
    assert answer.status_code == 201, answer.json()
    written: dict[str, Any] = answer.json()["data"]
    return written


def read(user: User, path: str) -> list[tuple[str, bool, bool]]:
    """The text of each comment, whether it is one's own, and whether it is unread."""
    rows = ApiClient(user).get(path).json()["data"]
    return [(row["text"], row["is_own"], row["is_unread"]) for row in rows]


def get_version(user: User) -> int:
    return Athlete.objects.get(pk=user.pk).data_version


def test_athlete_and_coach_write_to_each_other_oldest_first(cast: Cast, clock: Any):
    run = create_run(cast.ada)
    first = write(cast.carl, activity_path(run), "How was it?")
    assert first == {
        "comment_id": Comment.objects.get().public_id,
        "author": {"user_id": cast.carl.public_id, "display_name": "Carl"},
        "text": "How was it?",
        "created_at": "2026-06-10T12:00:00Z",
        "edited_at": None,
        "is_own": True,
        "is_unread": False,
    }
    clock.shift(60)
    write(cast.ada, activity_path(run), "Good")
    assert read(cast.ada, activity_path(run)) == [("How was it?", False, True), ("Good", True, False)]
    assert read(cast.asha, activity_path(run)) == [("How was it?", False, True), ("Good", False, True)]
    answer = ApiClient(cast.ada).get(activity_path(run), {"page_size": 1, "page": 2}).json()
    assert [row["text"] for row in answer["data"]] == ["Good"]
    assert answer["pagination"] == {"page": 2, "page_size": 1, "total": 2, "total_pages": 2}


def test_author_without_a_display_name_has_the_user_name(cast: Cast):
    User.objects.filter(pk=cast.ada.pk).update(display_name="")
    written = write(User.objects.get(pk=cast.ada.pk), day_path(cast.ada))
    assert written["author"]["display_name"] == "ada"


def test_comments_are_seen_with_their_category_by_coaches_of_every_club(cast: Cast):
    create_member(cast.ada, cast.hill, Role.ATHLETE)
    run = create_run(cast.ada)
    write(cast.carl, activity_path(run), "run")
    write(cast.carl, day_path(cast.ada), "day")
    assert read(cast.zora, activity_path(run)) == [("run", False, True)]
    change_consent(cast.ada.athlete, cast.hill, {"activities": True, "health": False}, NOON)
    assert read(cast.zora, activity_path(run)) == [("run", False, True)]
    assert_error(ApiClient(cast.zora).get(day_path(cast.ada)), 403, "WITHHELD")
    assert_error(ApiClient(cast.zora).send_json("post", day_path(cast.ada), {"text": "x"}), 403, "WITHHELD")
    assert read(cast.carl, day_path(cast.ada)) == [("day", True, False)]


def test_a_day_has_its_own_comments(cast: Cast):
    write(cast.ada, day_path(cast.ada), "today")
    assert read(cast.ada, day_path(cast.ada, "2026-06-09")) == []
    assert read(cast.ada, day_path(cast.ada)) == [("today", True, False)]
    assert_error(ApiClient(cast.ada).get(day_path(cast.ada, "yesterday")), 400, "INVALID", "date")


def test_a_reading_key_reads_and_no_key_writes(cast: Cast):
    run = create_run(cast.ada)
    write(cast.carl, activity_path(run))
    secret = create_api_key(cast.harbour, "x", ["read", "write"], NOON + timedelta(days=9), cast.hanna)[1]
    key = Client(headers={"X-API-Key": secret})
    [row] = key.get(activity_path(run)).json()["data"]
    assert (row["is_own"], row["is_unread"]) == (False, False)
    for path in (activity_path(run), activity_path(run, "/read"), day_path(cast.ada)):
        refused = key.post(path, {"text": "x"}, content_type="application/json")
        assert_error(refused, 403, "PERMISSION_DENIED")
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "REQUIRED", "text"),
        ({"text": "  \n "}, "BLANK", "text"),
        ({"text": "x" * 4_001}, "MAX_LENGTH", "text"),
        ({"text": "turned \u202e round"}, "NOT_PLAIN", "text"),
        ({"text": "x", "author": "y"}, "UNKNOWN_FIELD", "author"),
    ],
)
def test_wrong_comments_are_refused_and_nothing_is_stored(
    cast: Cast, body: dict[str, Any], code: str, field: str
):
    assert_error(ApiClient(cast.ada).send_json("post", day_path(cast.ada), body), 400, code, field)
    assert not Comment.objects.exists()


def test_words_are_stored_as_they_were_written(cast: Cast):
    written = write(cast.ada, day_path(cast.ada), HOSTILE + "x" * (4_000 - len(HOSTILE)))
    assert written["text"].startswith(HOSTILE)
    assert len(written["text"]) == 4_000


def test_a_person_edits_and_deletes_only_own_comments(cast: Cast, clock: Any):
    run = create_run(cast.ada)
    comment_id = write(cast.carl, activity_path(run))["comment_id"]
    path = f"/api/v1/comments/{comment_id}"
    for other in (cast.ada, cast.hanna, cast.zora):
        assert_error(ApiClient(other).send_json("patch", path, {"text": "x"}), 403, "PERMISSION_DENIED")
        assert_error(ApiClient(other).delete(path), 403, "PERMISSION_DENIED")
    assert ApiClient(cast.stella).delete(path).status_code == 404
    clock.shift(60)
    carl = ApiClient(cast.carl)
    assert carl.send_json("patch", path, {"text": "Well done"}).json()["data"]["edited_at"] is None
    edited = carl.send_json("patch", path, {"text": "Very well done"}).json()["data"]
    assert (edited["text"], edited["edited_at"]) == ("Very well done", "2026-06-10T12:01:00Z")
    assert read(cast.ada, activity_path(run)) == [("Very well done", False, True)]
    assert carl.delete(path).status_code == 204
    assert_error(carl.delete(path), 403, "PERMISSION_DENIED")
    assert read(cast.ada, activity_path(run)) == []


def test_an_author_who_no_longer_sees_the_activity_cannot_edit_the_comment(cast: Cast):
    run = create_run(cast.ada)
    path = f"/api/v1/comments/{write(cast.carl, activity_path(run))['comment_id']}"
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False, "health": True}, NOON)
    assert_error(ApiClient(cast.carl).send_json("patch", path, {"text": "x"}), 403, "PERMISSION_DENIED")


def test_reading_the_list_marks_nothing_and_the_read_call_marks_for_one_person(cast: Cast):
    run = create_run(cast.ada)
    write(cast.carl, activity_path(run))
    for _ in range(2):
        assert read(cast.ada, activity_path(run)) == [("Well done", False, True)]
    version = get_version(cast.ada)
    for _ in range(2):
        assert ApiClient(cast.ada).post(activity_path(run, "/read")).status_code == 204
    assert read(cast.ada, activity_path(run)) == [("Well done", False, False)]
    assert read(cast.hanna, activity_path(run)) == [("Well done", False, True)]
    assert CommentRead.objects.count() == 1
    assert get_version(cast.ada) == version + 1  # the second call had nothing to mark


def test_day_comments_are_marked_as_read_apart_from_other_days(cast: Cast):
    for day in (DAY, "2026-06-09"):
        write(cast.carl, day_path(cast.ada, day))
    assert ApiClient(cast.ada).post(day_path(cast.ada, rest="/read")).status_code == 204
    assert read(cast.ada, day_path(cast.ada)) == [("Well done", False, False)]
    assert read(cast.ada, day_path(cast.ada, "2026-06-09")) == [("Well done", False, True)]


def test_an_old_comment_is_not_new_to_anybody(cast: Cast, clock: Any):
    run = create_run(cast.ada)
    write(cast.carl, activity_path(run))
    clock.shift(timedelta(days=30))
    assert read(cast.ada, activity_path(run)) == [("Well done", False, False)]


def test_each_change_raises_the_version_of_the_athlete(cast: Cast):
    run, version = create_run(cast.ada), get_version(cast.ada)
    comment_id = write(cast.carl, activity_path(run))["comment_id"]
    assert get_version(cast.ada) == version + 1
    ApiClient(cast.carl).send_json("patch", f"/api/v1/comments/{comment_id}", {"text": "x"})
    assert get_version(cast.ada) == version + 2
    ApiClient(cast.carl).delete(f"/api/v1/comments/{comment_id}")
    assert get_version(cast.ada) == version + 3


def test_comments_of_a_person_are_limited_per_day(cast: Cast, monkeypatch: Any, clock: Any):
    limit = use_limits.UseLimit("comment", use_limits.DAY, lambda: 2, "At most {most}.")
    monkeypatch.setattr("coaching.comments.changes.COMMENTS", limit)
    for _ in range(2):
        write(cast.carl, day_path(cast.ada))
    refused = ApiClient(cast.carl).send_json("post", day_path(cast.ben), {"text": "x"})
    assert_error(refused, 429, "LIMIT_REACHED")
    assert refused.headers["Retry-After"] == "86400"
    write(cast.hanna, day_path(cast.ada))
    clock.shift(timedelta(days=1))
    write(cast.carl, day_path(cast.ben))


def test_merged_activities_keep_the_comments_of_both(cast: Cast):
    kept, other = create_run(cast.ada), create_run(cast.ada)
    for run in (kept, other):
        write(cast.carl, activity_path(run), f"{run.pk}")
    merge_activities(kept, other)
    texts = {text for text, _, _ in read(cast.ada, activity_path(kept))}
    assert texts == {f"{kept.pk}", f"{other.pk}"}


def test_comments_go_to_the_bin_and_come_back_with_the_activity(cast: Cast):
    run = create_run(cast.ada)
    write(cast.carl, activity_path(run), HOSTILE)
    [before] = Comment.objects.values()
    delete_activity(run, BinActivity.DeletedBy.ATHLETE, NOON)
    assert not Comment.objects.exists()
    restore_activity(cast.ada.pk, run.pk)
    assert list(Comment.objects.values()) == [before]


def test_comments_of_a_deleted_coach_are_gone_also_from_the_bin(cast: Cast):
    in_bin, kept = create_run(cast.ada), create_run(cast.ada, NOON - timedelta(days=1))
    for run in (in_bin, kept):
        write(cast.carl, activity_path(run), "of Carl")
        write(cast.hanna, activity_path(run), "of Hanna")
    delete_activity(in_bin, BinActivity.DeletedBy.ATHLETE, NOON)
    version = get_version(cast.ada)
    delete_account(cast.carl, NOON)
    assert [text for text, _, _ in read(cast.ada, activity_path(kept))] == ["of Hanna"]
    assert get_version(cast.ada) > version
    assert str(cast.carl.pk) not in str(BinActivity.objects.get().links)
    restore_activity(cast.ada.pk, in_bin.pk)
    assert [text for text, _, _ in read(cast.ada, activity_path(in_bin))] == ["of Hanna"]


def test_a_comment_has_exactly_one_target(cast: Cast):
    run, own = create_run(cast.ada), {"athlete": cast.ada.athlete, "author": cast.ada, "created_at": NOON}
    session, day = create_session(cast.ada, NOON.date()), NOON.date()
    for target in (
        {}, {"activity": run, "day": day}, {"activity": run, "session": session},
        {"day": day, "session": session}, {"activity": run, "day": day, "session": session},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(text="x", **own, **target)


def test_listing_makes_the_same_number_of_statements_for_any_number_of_comments(
    cast: Cast, django_assert_num_queries: Any
):
    run, api = create_run(cast.ada), ApiClient(cast.ada)
    counts = []
    for _ in range(2):
        write(cast.carl, activity_path(run))
        write(cast.hanna, activity_path(run))
        with django_assert_num_queries(4):  # token, activity, count, rows
            counts.append(len(api.get(activity_path(run)).json()["data"]))
    assert counts == [2, 4]


def test_staff_read_and_delete_a_comment_in_the_admin_and_write_none(cast: Cast):
    write(cast.carl, day_path(cast.ada), HOSTILE)
    comment, version = Comment.objects.get(), get_version(cast.ada)
    browser = Client()
    browser.force_login(create_person("root", is_staff=True, is_superuser=True))
    for page in ("", f"{comment.pk}/change/"):
        answer = browser.get(f"/admin/coaching/comment/{page}")
        assert (answer.status_code, b"<script>alert" in answer.content) == (200, False)
    assert browser.get("/admin/coaching/comment/add/").status_code == 403
    browser.post(f"/admin/coaching/comment/{comment.pk}/delete/", {"post": "yes"})
    assert (Comment.objects.exists(), get_version(cast.ada)) == (False, version + 1)
