"""Staff who act as a person are others: they see less, mark nothing as read and sign as staff."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest
from django.test import Client

from athletes.access.permissions import Permit
from athletes.access.policy import PolicyRow, Target
from athletes.access.viewer_queries import ViewerQuery
from athletes.accounts.acting.support import change_support_consent
from athletes.models import ActingSession, Athlete, ChangeEntry, Notice, SupportConsent, User
from athletes.organizations.consent import load_visibilities
from athletes.rights import READ, Acting, Category
from coaching.calendar.pages.write_page import CalendarWritePage
from coaching.comments.changes import add_comment
from coaching.models import CommentRead, SignalAction
from metrics.activities.actors import name_actor
from metrics.models import BinActivity
from metrics.tasks import delete_expired
from tests.athletes.accounts.acting.test_acting import act_as
from tests.browser.recorded_intervals import record_intervals
from tests.coaching.plan_fixtures import create_race
from tests.coaching.signal_history.episode_fixtures import raise_signal
from tests.support.cast import NOON, Cast, create_run


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def test_the_start_of_a_route_stays_hidden_also_with_the_persons_permission(cast: Cast, staff: User):
    address = f"/activities/{record_intervals(cast).public_id}"
    change_support_consent(cast.ada.athlete, True, NOON)
    page = act_as(cast.ada, staff).get(address).content.decode()
    assert "within 200 m of the start and the end" in page
    assert "<title>Start</title>" not in page


def test_forecasts_of_races_need_the_permission_for_activities(cast: Cast, staff: User):
    for ahead in (-30, -9):
        create_race(cast.ada, ahead, result_time_s=2_490.0)
    create_race(cast.ada, 20)
    address = f"/athletes/{cast.ada.public_id}/races"
    browser = act_as(cast.ada, staff)
    assert "it needs activities, which are not shared" in browser.get(address).content.decode()
    change_support_consent(cast.ada.athlete, True, NOON)
    assert "it needs activities" not in browser.get(address).content.decode()


OWN_IDS = {
    category: ViewerQuery(
        lambda viewer, category=category: Athlete.objects.visible_to(viewer, category).values_list("pk")
    )
    for category in (None, *Category)
}


def list_own_categories(person: User) -> list[Category | None]:
    return [category for category, query in OWN_IDS.items() if (person.pk,) in query.rows(person)]


def test_own_rows_need_the_permission_also_in_queries_that_were_compiled_before(cast: Cast, staff: User):
    acted = User.objects.get(pk=cast.ada.pk)
    for is_allowed in (False, True):
        acted.acting = Acting(cast.ada.pk, acted.pk, staff, NOON, is_allowed)
        assert list_own_categories(cast.ada) == [None, *Category]
        needs_no_permission = [None, Category.GOALS_AND_PLANS]
        assert list_own_categories(acted) == ([None, *Category] if is_allowed else needs_no_permission)
        withheld = load_visibilities(acted, [acted.pk])[acted.pk].withheld
        assert withheld == ([] if is_allowed else ["activities", "health"])
        page = CalendarWritePage()
        page.request, page.athlete = HttpRequest(), acted.athlete
        page.request.user = acted
        page.__dict__["permit"] = Permit(acted, PolicyRow(READ, Target.ATHLETE))
        assert page.load_visibility().withheld == withheld


def test_staff_mark_no_comment_and_no_notice_as_read(cast: Cast, staff: User):
    run = record_intervals(cast)
    comment = add_comment(cast.carl, cast.ada.pk, "Well done", NOON, activity_id=run.pk)
    change_support_consent(cast.ada.athlete, True, NOON)
    address = f"/activities/{run.public_id}"
    assert "Well done" in act_as(cast.ada, staff).get(address).content.decode()
    assert not CommentRead.objects.exists()
    assert Notice.objects.unread().filter(recipient=cast.ada, subject_id=comment.pk).exists()
    runner = Client()
    runner.force_login(cast.ada)
    runner.get(address)
    assert CommentRead.objects.get().reader_id == cast.ada.pk


def test_what_staff_do_is_that_of_staff(cast: Cast, staff: User):
    raise_signal(cast.ada, "INACTIVITY")
    run = create_run(cast.ada)
    browser = act_as(cast.hanna, staff)
    absence = {"kind": "ill", "from_date": str(NOON.date())}
    assert browser.post(f"/athletes/{cast.ada.public_id}/absences", absence).status_code == 302
    action = SignalAction.objects.get()
    assert (action.kind, action.coach_id, action.organization) == (
        "absence_entered", staff.pk, cast.harbour,
    )  # fmt: skip
    browser.post(f"/activities/{run.public_id}/delete")
    assert BinActivity.objects.get().deleted_by == "staff"
    for person in (cast.ada, cast.hanna):
        person.acting = Acting(run.pk, person.pk, staff, NOON, True)
        assert name_actor(person, cast.ada.pk) == "staff"


def test_old_times_and_ended_permissions_go_without_a_line_in_the_history(cast: Cast, staff: User):
    for months_ago in (14, 12):
        at = NOON - timedelta(days=30.5 * months_ago)
        ActingSession.objects.create(person=cast.ada, staff=staff, reason="x", started_at=at, until=at)
    for person, at in ((cast.ada, NOON - timedelta(days=7)), (cast.ben, NOON - timedelta(days=6))):
        change_support_consent(person.athlete, True, at)
    no_context: Any = None
    before = set(ChangeEntry.objects.values_list("number", flat=True))
    delete_expired.func(no_context, timestamp=0)
    assert ActingSession.objects.get().until == NOON - timedelta(days=366)
    assert SupportConsent.objects.get().athlete_id == cast.ben.pk
    assert set(ChangeEntry.objects.values_list("number", flat=True)) == before
    change_support_consent(cast.ben.athlete, False, NOON)
    delete_expired.func(no_context, timestamp=0)
    assert ChangeEntry.objects.get(kind="support_consent", action="deleted").athlete == cast.ben.pk
