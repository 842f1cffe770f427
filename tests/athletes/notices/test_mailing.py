"""E-mails of notices over real SMTP: once, bundled, retried, parked, and only to whom they are for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections

from athletes.looks.buffer import look_buffer
from athletes.models import AccessLogEntry, Notice
from athletes.models.notices import NoticeKind
from athletes.notices import mailing
from athletes.notices.mail_messages import build_notice_mail
from athletes.notices.mailing import CLAIM_LASTS, RETRY_WAITS, claim_mail, send_again
from athletes.notices.switches import change_switches
from tests.athletes.notices.notice_fixtures import (
    LONG_AFTER,
    MailServer,
    read_header,
    read_state,
    run_mail_server,
    send_mails,
    tell_of_import,
    verify,
)
from tests.support.cast import NOON, Cast

REFUSED, DOWN = "450 later", "421 closing"


@pytest.fixture
def smtp(settings: Any, db: None) -> Iterator[MailServer]:
    with run_mail_server(settings) as server:
        yield server


@pytest.fixture
def cast(cast: Cast) -> Cast:
    verify(cast.ada, cast.ben, cast.carl)
    return cast


def test_an_email_has_text_and_html_and_a_link_to_unsubscribe(cast: Cast, smtp: MailServer, settings: Any):
    settings.PUBLIC_URL = "https://astral.example.org"
    notice = tell_of_import(cast.ada, name="<b>run</b>.zip")
    send_mails()
    [mail] = smtp.mails
    assert mail["To"] == cast.ada.email
    assert read_header(mail) == "The import of “<b>run</b>.zip” has ended"
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    link = f"https://astral.example.org/notices/{notice.public_id}"
    assert link in text
    assert f'href="{link}"' in html
    assert "<b>run</b>" not in html  # names are escaped
    unsubscribe = re.fullmatch(
        r"<(https://astral\.example\.org/notices/unsubscribe/\S+)>", read_header(mail, "List-Unsubscribe")
    )
    assert unsubscribe
    assert unsubscribe[1] in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    stored = Notice.objects.get()
    assert (stored.mail_state, stored.mailed_at, stored.mail_attempts) == ("sent", LONG_AFTER, 1)


def test_an_email_waits_and_several_notices_share_it(cast: Cast, smtp: MailServer):
    for minute, name in enumerate(("a.zip", "b.zip")):
        tell_of_import(cast.ada, NOON + timedelta(minutes=3 * minute), name=name)
    send_mails(NOON + timedelta(minutes=4))
    assert smtp.mails == []
    send_mails(NOON + timedelta(minutes=5))
    assert smtp.list_subjects() == ["The import of “a.zip” has ended (and 1 more)"]
    send_mails()
    assert len(smtp.mails) == 1


@pytest.mark.parametrize("change", ["read", "switched off", "not verified", "inactive", "gone", "withheld"])
def test_what_nobody_wants_or_may_see_is_not_sent(cast: Cast, smtp: MailServer, change: str):
    person = cast.otto if change == "not verified" else cast.carl
    notice = tell_of_import(person, athlete=cast.zoe if change == "withheld" else None)
    if change == "read":
        Notice.objects.update(read_at=NOON)
    elif change == "switched off":
        change_switches(person.pk, {NoticeKind.IMPORT: False}, NOON)
    elif change == "inactive":
        cast.carl.is_active = False
        cast.carl.save()
    elif change == "gone":
        cast.carl.athlete.imports.all().delete()
    send_mails()
    assert (smtp.mails, read_state(notice)) == ([], "omitted")


def test_a_server_without_email_stores_only_the_inbox(cast: Cast, settings: Any):
    settings.SENDS_EMAIL = False
    notice = tell_of_import(cast.ada)
    assert (notice.mail_state, notice.mail_due_at) == ("", None)
    settings.SENDS_EMAIL = True
    send_mails()
    assert read_state(notice) == ""


def test_a_failed_email_is_tried_again_with_growing_waits_and_then_parked(cast: Cast, smtp: MailServer):
    smtp.answer = lambda: REFUSED
    tell_of_import(cast.ada)
    now = LONG_AFTER
    for tries, wait in enumerate(RETRY_WAITS, start=1):
        send_mails(now)
        stored = Notice.objects.get()
        assert (stored.mail_state, stored.mail_attempts, stored.mail_due_at) == ("waiting", tries, now + wait)
        assert stored.mail_error == "SMTPDataError"
        send_mails(now)  # too early
        assert Notice.objects.get().mail_attempts == tries
        now += wait
    send_mails(now)
    assert read_state(stored) == "parked"
    smtp.answer = lambda: "250 OK"
    send_mails(now + timedelta(days=9))
    assert smtp.mails == []
    assert send_again(Notice.objects.all(), now) == 1
    send_mails(now)
    assert (len(smtp.mails), read_state(stored)) == (1, "sent")


def test_a_refused_email_does_not_hold_up_others_and_a_dead_server_ends_the_turn(
    cast: Cast, smtp: MailServer
):
    answers = iter([REFUSED, "250 OK"])
    smtp.answer = lambda: next(answers)
    first, second = tell_of_import(cast.ada), tell_of_import(cast.ben)
    send_mails()
    assert sorted(map(read_state, (first, second))) == ["sent", "waiting"]
    Notice.objects.update(mail_state="waiting", mail_due_at=NOON, mail_attempts=0)
    smtp.answer = lambda: DOWN
    send_mails()
    assert sorted(Notice.objects.values_list("mail_attempts", flat=True)) == [0, 1]


def test_an_error_of_ours_parks_the_email_in_the_end_and_sends_others(
    cast: Cast, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
):
    broken, fine = tell_of_import(cast.ada), tell_of_import(cast.ben)
    build = build_notice_mail

    def fail_for_ada(person: Any, *rest: Any) -> Any:
        if person == cast.ada:
            raise KeyError("x")
        return build(person, *rest)

    monkeypatch.setattr(mailing, "build_notice_mail", fail_for_ada)
    send_mails()
    assert (read_state(broken), read_state(fine)) == ("waiting", "sent")


def test_the_claim_of_a_dead_worker_expires_and_its_email_keeps_its_id(cast: Cast, smtp: MailServer):
    notice = tell_of_import(cast.ada)
    assert claim_mail(LONG_AFTER) is not None  # and the worker dies
    tell_of_import(cast.ada, LONG_AFTER, name="later.zip")
    send_mails(LONG_AFTER + CLAIM_LASTS - timedelta(seconds=1))
    assert smtp.list_subjects() == ["The import of “later.zip” has ended"]
    send_mails(LONG_AFTER + CLAIM_LASTS)
    assert smtp.list_subjects()[1:] == ["The import of “a.zip” has ended"]
    assert smtp.mails[1]["Message-ID"] == f"<{notice.public_id}@localhost>"


def test_an_email_that_kills_each_worker_is_parked(cast: Cast, smtp: MailServer):
    notice, now = tell_of_import(cast.ada), LONG_AFTER
    for _ in range(len(RETRY_WAITS) + 1):
        assert claim_mail(now) is not None
        now += CLAIM_LASTS
    send_mails(now)
    assert (smtp.mails, read_state(notice)) == ([], "parked")


def test_an_email_about_somebody_else_is_in_their_access_log(cast: Cast, smtp: MailServer):
    tell_of_import(cast.carl, athlete=cast.ada)
    send_mails()
    look_buffer.flush()
    [entry] = AccessLogEntry.objects.about(cast.ada.pk)
    assert (entry.viewer, entry.door, entry.categories) == (cast.carl.pk, "mail", ["activities"])


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_email_once(settings: Any, cast: Cast):
    people = [cast.ada, cast.ben, cast.carl]
    for person in people:
        for name in ("a.zip", "b.zip", "c.zip", "d.zip"):
            tell_of_import(person, name=name)
    start = Barrier(2)

    def work() -> None:
        start.wait()
        send_mails()
        connections.close_all()

    with run_mail_server(settings) as server:
        workers = [Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        send_mails()
    assert sorted(mail["To"] for mail in server.mails) == sorted(person.email for person in people)
    assert set(Notice.objects.values_list("mail_state", flat=True)) == {"sent"}
    assert set(Notice.objects.values_list("mail_attempts", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_a_person_whose_email_another_worker_claims_is_skipped(cast: Cast):
    tell_of_import(cast.ada)
    tell_of_import(cast.ben, NOON + timedelta(minutes=1))
    claimed: list[Any] = []

    def claim_other() -> None:
        claimed.append(claim_mail(LONG_AFTER))
        connections.close_all()

    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM athletes_user WHERE id = %s FOR UPDATE", [cast.ada.pk])
        worker = Thread(target=claim_other)
        worker.start()
        worker.join()
        cursor.execute("ROLLBACK")
    assert [mail.person for mail in claimed] == [cast.ben]
