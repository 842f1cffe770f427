"""The inbox by API and page: what a person may read now, marks, switches and the link to unsubscribe."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from athletes.models import Membership, Notice, NoticeSwitch
from athletes.models.notices import NoticeKind
from athletes.notices.inbox import delete_old_notices
from athletes.notices.switches import load_switches
from athletes.notices.unsubscribing import build_unsubscribe_url
from athletes.notices.writing import NewNotice, tell_coaches
from athletes.organizations.consent import change_consent
from athletes.personal_data.account_deletion import delete_account
from athletes.rights import Category
from athletes.roles import Status
from tests.athletes.notices.notice_fixtures import tell_of_import, tell_of_nothing
from tests.coaching.roster.roster_fixtures import browser
from tests.support.cast import NOON, ApiClient, Cast, create_member

PATH = "/api/v1/notices"


def list_recipients() -> list[str]:
    return sorted(Notice.objects.values_list("recipient__username", flat=True))


def tell_coaches_of_ada(cast: Cast, *categories: Category, **options: Any) -> None:
    notice = NewNotice(NoticeKind.SIGNAL, cast.ada.pk, cast.ada.pk, categories)
    tell_coaches([notice], NOON, **options)


def test_the_assigned_coach_is_told_once_and_without_one_the_head_coach(cast: Cast):
    for _ in range(2):
        tell_coaches_of_ada(cast)
    assert list_recipients() == ["carl"]
    Membership.objects.filter(user=cast.carl).update(status=Status.SUSPENDED)
    tell_coaches_of_ada(cast)
    assert list_recipients() == ["carl", "hanna"]


def test_only_clubs_that_see_all_categories_are_told(cast: Cast):
    create_member(cast.ada, cast.hill)
    change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOON)
    tell_coaches_of_ada(cast, Category.ACTIVITIES, Category.HEALTH)
    assert list_recipients() == ["zora"]


def test_nobody_is_told_of_what_they_did_and_strangers_are_told_of_nothing(cast: Cast):
    tell_coaches_of_ada(cast, but=cast.carl.pk, also=[cast.asha.pk, cast.zora.pk, cast.otto.pk])
    assert list_recipients() == ["asha"]


def test_the_list_has_words_and_ids_and_costs_the_same_for_many(cast: Cast, django_assert_num_queries: Any):
    api, notice = ApiClient(cast.ada), tell_of_import(cast.ada)
    statements = 4  # token and user, count, page, imports
    with django_assert_num_queries(statements):
        answer = api.get(PATH).json()
    [entry] = answer["data"]
    import_id = entry["subject_id"]
    assert entry == {
        "notice_id": notice.public_id, "kind": "import", "user_id": cast.ada.public_id, "org_id": None,
        "subject_id": import_id, "week": None, "title": "The import of “a.zip” has ended",
        "lines": ["0 of 0 files."], "page": f"/imports/{import_id}", "created_at": "2026-06-10T12:00:00Z",
        "read_at": None, "mailed_at": None,
    }  # fmt: skip
    for _ in range(4):
        tell_of_import(cast.ada)
    with django_assert_num_queries(statements):
        assert len(api.get(PATH).json()["data"]) == 5


def test_a_notice_of_something_that_is_gone_says_so(cast: Cast):
    tell_of_nothing(cast.carl, cast.ada, [])
    [entry] = ApiClient(cast.carl).get(PATH).json()["data"]
    assert (entry["title"], entry["lines"], entry["page"]) == ("A signal that is gone", [], None)


@pytest.mark.parametrize("reason", ["consent", "left", "suspended coach"])
def test_what_is_out_of_reach_is_neither_listed_nor_counted_nor_opened(cast: Cast, reason: str):
    notice = tell_of_nothing(cast.carl, cast.ada, [Category.HEALTH, Category.ACTIVITIES])
    api, page = ApiClient(cast.carl), browser(cast.carl)
    assert api.get("/api/v1/auth/me").json()["unread_notices"] == 1
    assert "1<span" in page.get("/notices").content.decode()
    if reason == "consent":
        change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOON)
    elif reason == "left":
        Membership.objects.filter(user=cast.ada).update(status=Status.LEFT)
    else:
        Membership.objects.filter(user=cast.carl).update(status=Status.SUSPENDED)
    assert api.get(PATH).json()["data"] == []
    assert api.get("/api/v1/auth/me").json()["unread_notices"] == 0
    assert "There are no notices yet." in page.get("/notices").content.decode()
    assert "1<span" not in page.get("/notices").content.decode()
    assert api.send_json("post", f"{PATH}/{notice.public_id}/read").status_code == 403
    assert page.get(f"/notices/{notice.public_id}").status_code == 403
    assert api.send_json("post", f"{PATH}/read_all").json()["data"] == {"read": 0}
    assert Notice.objects.unread().get() == notice


def test_staff_see_only_what_they_see_as_coaches(cast: Cast):
    tell_of_nothing(cast.stella, cast.ada, [])
    assert ApiClient(cast.stella).get(PATH).json()["data"] == []


def test_notices_are_marked_as_read_one_by_one_and_all_at_once(cast: Cast):
    api = ApiClient(cast.ada)
    first, *_ = (tell_of_import(cast.ada, NOON + timedelta(minutes=minute)) for minute in range(3))
    other = tell_of_import(cast.ben)
    read_at = api.send_json("post", f"{PATH}/{first.public_id}/read").json()["data"]["read_at"]
    assert api.send_json("post", f"{PATH}/{first.public_id}/read").json()["data"]["read_at"] == read_at
    assert len(api.get(PATH, {"unread": "1"}).json()["data"]) == 2
    assert api.send_json("post", f"{PATH}/{other.public_id}/read").status_code == 403
    assert api.send_json("post", f"{PATH}/read_all").json()["data"] == {"read": 2}
    assert api.send_json("post", f"{PATH}/read_all").json()["data"] == {"read": 0}
    assert Notice.objects.unread().get() == other


def test_the_page_groups_by_day_and_a_link_opens_and_marks(cast: Cast):
    page = browser(cast.ada)  # in Madrid
    late = tell_of_import(cast.ada, NOON.replace(hour=23), name="<i>")
    tell_of_import(cast.ada)
    text = page.get("/notices").content.decode()
    assert text.count("<h2") == 2
    assert "&lt;i&gt;" in text
    assert text.count(">New</span>") == 2
    opened = page.get(f"/notices/{late.public_id}")
    assert opened.status_code == 302
    assert opened.headers["Location"].startswith("/imports/imp_")
    assert Notice.objects.unread().count() == 1
    page.post("/notices/read-all")
    assert "Mark all as read" not in page.get("/notices").content.decode()


def test_the_mark_in_the_head_costs_no_statement(cast: Cast, django_assert_num_queries: Any):
    page = browser(cast.carl)
    page.get("/settings")
    for number in range(2):
        with django_assert_num_queries(4):  # session, user, athlete, the head of the page
            text = page.get("/settings").content.decode()
        assert (f"{number}<span" in text) == bool(number)
        tell_of_nothing(cast.carl, cast.ada, [])


def test_switches_are_read_and_changed_by_api_and_page(cast: Cast):
    api, page = ApiClient(cast.ada), browser(cast.ada)
    assert set(api.get(f"{PATH}/settings").json()["data"].values()) == {True}
    changed = api.send_json("patch", f"{PATH}/settings", {"comment": False}).json()["data"]
    assert [kind for kind, by_mail in changed.items() if not by_mail] == ["comment"]
    assert api.send_json("patch", f"{PATH}/settings", {"gossip": False}).status_code == 400
    text = page.get("/settings/notices").content.decode()
    assert text.count(" checked") == len(NoticeKind) - 1
    page.post("/settings/notices", {"comment": "on", "digest": "on"})
    assert [kind for kind, by_mail in load_switches(cast.ada.pk).items() if by_mail] == ["digest", "comment"]
    assert set(load_switches(cast.ben.pk).values()) == {True}


def test_the_link_of_an_email_asks_first_and_needs_no_sign_in(cast: Cast, settings: Any):
    link = build_unsubscribe_url(cast.ada, NoticeKind.COMMENT).removeprefix(settings.PUBLIC_URL)
    client = Client(enforce_csrf_checks=True)
    text = client.get(link).content.decode()
    assert "Switch off these e-mails?" in text
    assert cast.ada.email not in text
    assert load_switches(cast.ada.pk)[NoticeKind.COMMENT]
    answer = client.post(link, {"List-Unsubscribe": "One-Click"})  # as multipart/form-data
    assert answer.status_code == 200
    assert not load_switches(cast.ada.pk)[NoticeKind.COMMENT]
    assert load_switches(cast.ada.pk)[NoticeKind.DIGEST]
    body = "List-Unsubscribe=One-Click"
    assert client.post(link, body, "application/x-www-form-urlencoded").status_code == 200
    assert client.post(link).status_code == 200  # the button of the page
    assert NoticeSwitch.objects.count() == 1


def test_a_forged_link_and_one_of_a_deleted_account_change_nothing(cast: Cast, settings: Any):
    link = build_unsubscribe_url(cast.ada, NoticeKind.COMMENT).removeprefix(settings.PUBLIC_URL)
    client = Client()
    for forged in (f"{link}x", link.replace("comment", "digest"), "/notices/unsubscribe/x"):
        assert client.get(forged).status_code == client.post(forged).status_code == 404
    delete_account(cast.ada, NOON)
    assert client.post(link).status_code == 200
    assert not NoticeSwitch.objects.exists()


def test_old_notices_are_deleted_but_not_before_their_email_has_ended(cast: Cast):
    read = tell_of_import(cast.ada)
    unread, kept, waiting = (tell_of_import(cast.ada) for _ in range(3))
    Notice.objects.update(mail_state="sent", mail_due_at=None)
    Notice.objects.filter(pk__in=[read.pk, kept.pk, waiting.pk]).update(read_at=NOON - timedelta(days=90))
    Notice.objects.filter(pk=kept.pk).update(read_at=NOON - timedelta(days=89))
    Notice.objects.filter(pk=waiting.pk).update(mail_state="waiting", mail_due_at=NOON)
    delete_old_notices(NOON + timedelta(hours=1))
    assert set(Notice.objects.all()) == {unread, kept, waiting}
    delete_old_notices(NOON + timedelta(days=366))
    assert list(Notice.objects.all()) == [waiting]


def test_a_deleted_person_leaves_no_notice(cast: Cast):
    tell_of_nothing(cast.carl, cast.ada, [])
    tell_of_import(cast.ada)
    delete_account(cast.ada, NOON)
    assert not Notice.objects.exists()
