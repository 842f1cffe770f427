"""The weekly digest: when it is due, what it tells, and what it must not tell."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from athletes.models import Athlete, Membership, Notice
from athletes.models.notices import NoticeKind
from athletes.organizations.consent import change_consent
from coaching.notices.club_week import load_club_week
from coaching.notices.digests import SENT_LATE, find_due_monday, write_due_digests
from tests.athletes.notices.notice_fixtures import read_header, run_mail_server, send_mails, verify
from tests.coaching.calendar.calendar_fixtures import create_session
from tests.coaching.plan_fixtures import create_absence, get_day
from tests.coaching.roster.roster_fixtures import browser
from tests.coaching.signal_history.episode_fixtures import backdate_memberships, raise_signal
from tests.support.cast import NOON, Cast, create_run

MONDAY = date(2026, 6, 8)  # of the week of NOON: the digest tells of 1 to 7 June
MORNING = datetime(2026, 6, 8, 6, 1, tzinfo=UTC)
FUTURE, LONG_AGO = "2027-01-01", "1970-01-05"
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _joined_long_ago(cast: Cast) -> None:
    backdate_memberships()


def list_digests() -> list[tuple[str, date | None]]:
    rows = Notice.objects.filter(kind=NoticeKind.DIGEST).order_by("recipient__username", "day")
    return list(rows.values_list("recipient__username", "day"))


@pytest.mark.parametrize(
    ("monday", "utc_hour"),
    [
        (date(2026, 3, 23), 5),  # before the clocks go forward on 29 March
        (date(2026, 3, 30), 4),
        (date(2026, 10, 19), 4),
        (date(2026, 10, 26), 5),  # after they went back on 25 October
    ],
)
def test_it_is_due_on_monday_at_six_local_time_across_changes_of_clocks(monday: date, utc_hour: int):
    due = datetime(monday.year, monday.month, monday.day, utc_hour, tzinfo=UTC)
    assert find_due_monday(BERLIN, due) == monday
    assert find_due_monday(BERLIN, due - timedelta(seconds=1)) is None
    assert find_due_monday(BERLIN, due + SENT_LATE - timedelta(seconds=1)) == monday
    assert find_due_monday(BERLIN, due + SENT_LATE) is None


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 3, 22), date(2026, 4, 1)), (date(2026, 10, 18), date(2026, 10, 28))]
)
def test_each_monday_has_one_digest_also_if_the_job_runs_all_the_time(cast: Cast, first: date, last: date):
    Athlete.objects.filter(pk=cast.carl.pk).update(timezone="Europe/Berlin")
    Membership.objects.exclude(user__in=[cast.carl.pk, cast.ada.pk]).delete()
    Membership.objects.update(joined_at=datetime(2026, 1, 1, tzinfo=UTC))
    now = datetime(first.year, first.month, first.day, tzinfo=UTC)
    while now.date() <= last:
        write_due_digests(now)
        now += timedelta(minutes=30)
    rows = Notice.objects.order_by("day")
    assert len(rows) == 2
    for row in rows:
        local = row.created_at.astimezone(BERLIN)
        assert (local.weekday(), local.hour, local.minute, local.date()) == (0, 6, 0, row.day)


def test_each_coach_has_an_own_morning(cast: Cast):
    Athlete.objects.filter(pk=cast.carl.pk).update(timezone="Asia/Kathmandu")  # UTC+5:45
    assert write_due_digests(datetime(2026, 6, 8, 0, 15, tzinfo=UTC)) == 1
    assert list_digests() == [("carl", MONDAY)]
    assert write_due_digests(MORNING) == 3
    assert write_due_digests(MORNING) == 0
    assert [name for name, _ in list_digests()] == ["asha", "carl", "hanna", "zora"]


def test_clubs_without_athletes_and_new_coaches_have_none(cast: Cast):
    Membership.objects.filter(user=cast.zoe).delete()
    Membership.objects.filter(user=cast.asha).update(joined_at=MORNING - timedelta(hours=3))
    write_due_digests(MORNING)
    assert [name for name, _ in list_digests()] == ["carl", "hanna"]


def fill_week(cast: Cast) -> None:
    """Ada ran one of two sessions and has an urgent signal. Ben did nothing, and has a signal of health."""
    create_run(cast.ada, datetime(2026, 6, 3, 12, tzinfo=UTC), duration_s=3_600.0)
    for day in (-7, -5):
        create_session(cast.ada, get_day(day))
    raise_signal(cast.ada, "LOAD_JUMP", back=5, severity="critical")
    raise_signal(cast.ada, "INACTIVITY", back=30, days=10)  # cleared long before
    raise_signal(cast.ben, "POSSIBLE_ILLNESS", back=4)
    raise_signal(cast.ben, "LOAD_JUMP", back=1)  # after the week


def load_week(cast: Cast, viewer: Any = None) -> Any:
    return load_club_week(viewer or cast.hanna, cast.harbour, MONDAY, NOON)


def test_the_week_tells_who_needs_the_coach_how_plans_went_and_who_was_silent(cast: Cast):
    fill_week(cast)
    week = load_week(cast)
    assert (week.first, week.last, week.athlete_count) == (date(2026, 6, 1), date(2026, 6, 7), 2)
    assert [(row.athlete.name, row.is_urgent) for row in week.signals] == [("Ada", True), ("Ben", False)]
    assert [(row.athlete.name, row.done, row.due) for row in week.sessions] == [("Ada", 1, 2)]
    assert [athlete.name for athlete in week.silent] == ["Ben"]


def test_an_absence_excuses_sessions_and_silence(cast: Cast):
    fill_week(cast)
    create_absence(cast.ben, -20, 5)
    create_absence(cast.ada, -5, 5)
    week = load_week(cast)
    assert [(row.done, row.due) for row in week.sessions] == [(1, 1)]
    assert week.silent == []


def test_a_coach_with_assigned_athletes_reads_of_them_alone(cast: Cast):
    fill_week(cast)
    week = load_week(cast, cast.carl)
    assert (week.is_assigned, [*week.shown]) == (True, [cast.ada.pk])


def test_who_is_new_was_not_silent(cast: Cast):
    Membership.objects.filter(user=cast.ben).update(joined_at=datetime(2026, 6, 5, tzinfo=UTC))
    assert [athlete.name for athlete in load_week(cast).silent] == ["Ada"]


def test_a_week_costs_the_same_for_many_athletes(cast: Cast, django_assert_num_queries: Any):
    fill_week(cast)
    with django_assert_num_queries(9):
        load_week(cast)


@pytest.mark.parametrize("category", ["activities", "health", "goals_and_plans"])
def test_a_withheld_category_is_in_no_part_of_the_week(cast: Cast, category: str):
    fill_week(cast)
    for athlete in (cast.ada, cast.ben):
        change_consent(athlete.athlete, cast.harbour, {category: False}, NOON)
    week = load_week(cast)
    signals = [row.athlete.name for row in week.signals]
    if category == "health":
        assert (signals, len(week.sessions)) == (["Ada"], 1)
    elif category == "activities":
        assert (signals, week.sessions, week.silent) == ([], [], [])
    else:  # an absence is withheld, too, and would hide a signal of load
        assert ("Ada" in signals, week.sessions) == (False, [])


def send_digests(settings: Any) -> list[EmailMessage]:
    with run_mail_server(settings) as server:
        write_due_digests(MORNING)
        with time_machine.travel(NOON, tick=False):
            send_mails(MORNING)
        return server.mails


def test_the_email_says_it_all_in_a_few_lines(cast: Cast, settings: Any):
    fill_week(cast)
    verify(cast.hanna)
    [mail] = send_digests(settings)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert read_header(mail) == "The last week in Harbour Runners"
    for line in (
        "2 of 2 athletes need you.", "Ada (urgent): ", "Ben (watch): ",
        "Plans: 1 of 2 sessions were done (50 %).", "Ada: 1 of 2", "Without an activity: Ben.",
    ):  # fmt: skip
        assert line in text, line


def test_the_email_of_staff_who_coach_has_nothing_that_is_withheld(cast: Cast, settings: Any):
    fill_week(cast)
    change_consent(cast.ben.athlete, cast.harbour, {"health": False}, NOON)
    cast.hanna.is_staff = True
    cast.hanna.save()
    verify(cast.hanna)
    [mail] = send_digests(settings)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "1 of 2 athletes needs you." in text
    assert "Ben (watch)" not in text


def test_the_page_of_the_week_shows_the_same_and_the_inbox_leads_to_it(cast: Cast):
    fill_week(cast)
    write_due_digests(MORNING)
    page = browser(cast.hanna)
    with time_machine.travel(NOON, tick=False):
        [notice] = Notice.objects.filter(recipient=cast.hanna)
        assert "The last week in Harbour Runners" in page.get("/notices").content.decode()
        answer = page.get(f"/notices/{notice.public_id}", follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain[0][0] == f"/coach/week?org_id={cast.harbour.public_id}&week=2026-06-08"
    for words in ("Urgent", "Watch", "1 of 2 sessions were done.", ">Ben<"):
        assert words in text, words
    with time_machine.travel(NOON, tick=False):
        this, oldest = (page.get(f"/coach/week?week={day}").context["week"] for day in (FUTURE, LONG_AGO))
        assert oldest.first == this.first - timedelta(weeks=53) == MONDAY - timedelta(weeks=54)
        assert browser(cast.carl).get(f"/coach/week?org_id={cast.hill.public_id}").status_code == 403
