"""Random operations by several people in the database, and two people at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from astral.http.errors import ApiError
from athletes.access.permissions import Permit
from athletes.access.policy import load_policy
from athletes.models import User
from coaching.calendar.changes.make_change import MadeChange, make_change
from coaching.calendar.changes.requests import ChangeRequest, build_author
from coaching.calendar.changes.stored_rows import read_state
from coaching.calendar.changes.undo import ChangedSinceError
from coaching.models import CalendarChange, CalendarSession
from tests.coaching.calendar.calendar_fixtures import create_session
from tests.coaching.plan_fixtures import MONDAY, create_test_plan, follow_plan, get_day
from tests.support.cast import NOON, Cast, create_run, make_cast

Kind = CalendarChange.Kind
STEPS = st.lists(
    st.tuples(
        st.integers(0, 1),  # days that pass before
        st.sampled_from(["ada", "carl", "hanna"]),
        st.sampled_from([kind for kind in Kind if kind not in (Kind.PLAN_CHANGED, Kind.UNDO)]),
        st.integers(0, 6),  # a day
        st.integers(0, 3),  # which session
    ),
    min_size=1,
    max_size=5,
)


def change_as(user: User, athlete: User, request: ChangeRequest, now: datetime) -> MadeChange:
    permit = Permit(user, load_policy()["calendar-sessions"]["POST"])
    return make_change(athlete.athlete, request, build_author(permit, athlete.athlete), now)


def build_request(kind: CalendarChange.Kind, day: int, session: CalendarSession | None) -> ChangeRequest:
    date = str(get_day(day))
    values: dict[Any, dict[str, Any]] = {
        Kind.ADD: {"day": date, "duration_s": 60.0},
        Kind.CHANGE: {"duration_s": 60.0 * (1 + day)},
        Kind.MOVE: {"day": date},
        Kind.SKIP: {"reason": "x"},
        Kind.UNSKIP: {},
        Kind.REMOVE: {},
        Kind.SHIFT: {"from": date, "days": 1 - 2 * (day % 2), "instance_id": None},
        Kind.COPY_WEEK: {"from": str(MONDAY), "to": str(MONDAY + timedelta(days=7))},
    }
    return ChangeRequest(kind, values[kind], session.pk if session else None)


def show_calendar(user: User) -> dict[str, Any]:
    rows = CalendarSession.objects.filter(athlete=user.athlete, is_removed=False).select_related("link")
    return {str(row.pk): read_state(row).to_json() | {"as_planned": None} for row in rows}


def make_random_changes(cast: Cast, steps: Any) -> tuple[list[CalendarChange], datetime]:
    made, now = [], NOON
    for days, name, kind, day, number in steps:
        now += timedelta(days=days)
        shown = list(CalendarSession.objects.filter(is_removed=False).order_by("pk"))
        session = shown[number % len(shown)] if shown else None
        request = build_request(kind, day, session)
        if session is None and kind not in (Kind.ADD, Kind.SHIFT, Kind.COPY_WEEK):
            continue
        try:
            made.append(change_as(getattr(cast, name), cast.ada, request, now).change)
        except ApiError as error:
            assert error.details["code"] in ("PLAN_SESSION", "TOO_MANY_SESSIONS")  # noqa: PT017
    return made, now


def undo(change: CalendarChange, user: User, athlete: User, now: datetime) -> MadeChange:
    return change_as(user, athlete, ChangeRequest(Kind.UNDO, {"change_id": str(change.pk)}), now)


def create_small_calendar(cast: Cast) -> None:
    follow_plan(cast.ada, create_test_plan(cast.harbour, {"weekday": 3}, {"weekday": 5}, {"weekday": 6}))
    linked = create_session(cast.ada, get_day(-1))
    run = create_run(cast.ada, NOON - timedelta(days=1), duration_s=60.0)
    request = ChangeRequest(Kind.CHANGE, {"activity_id": str(run.pk)}, linked.pk)
    change_as(cast.ada, cast.ada, request, NOON)


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def undo_or_refuse(cast: Cast, change: CalendarChange, now: datetime) -> None:
    before = show_calendar(cast.ada)
    expected = before | {row["session_id"]: row["before"] for row in change.rows}
    shown = {pk: row for pk, row in expected.items() if row and not row["is_removed"]}
    try:
        undo(change, cast.ada, cast.ada, now)
    except ChangedSinceError:
        assert show_calendar(cast.ada) == before
    else:
        assert show_calendar(cast.ada) == {pk: row | {"as_planned": None} for pk, row in shown.items()}


HYPOTHESIS = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.django_db
def test_undoing_random_changes_in_reverse_gives_the_first_calendar(cast: Cast):
    create_small_calendar(cast)
    first = show_calendar(cast.ada)

    @HYPOTHESIS
    @given(STEPS)
    def check(steps: Any) -> None:
        with rolled_back():
            made, now = make_random_changes(cast, steps)
            for place, change in enumerate(reversed(made)):
                now += timedelta(days=place % 2)
                undo(change, cast.carl if place % 2 else cast.hanna, cast.ada, now)
            assert show_calendar(cast.ada) == first

    check()


@pytest.mark.django_db
def test_undo_in_any_order_restores_the_sessions_or_changes_nothing(cast: Cast):
    create_small_calendar(cast)

    @HYPOTHESIS
    @given(STEPS, st.randoms(use_true_random=False))
    def check(steps: Any, random: Any) -> None:
        with rolled_back():
            made, now = make_random_changes(cast, steps)
            random.shuffle(made)
            for change in made:
                undo_or_refuse(cast, change, now)

    check()


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_is_told_that_the_session_changed():
    cast = make_cast()
    session = create_session(cast.ada, get_day(1))

    def change(number: int) -> str:
        request = ChangeRequest(Kind.CHANGE, {"title": str(number)}, session.pk, {str(session.pk): 1})
        try:
            change_as(cast.ada if number % 2 else cast.carl, cast.ada, request, NOON)
        except ApiError as error:
            return str(error.details["code"])
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(change, range(4)))
    assert answers == ["STALE_VERSION"] * 3 + ["made"]
    session.refresh_from_db()
    assert (session.version, CalendarChange.objects.count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_two_people_undo_a_change_only_once():
    cast = make_cast()
    session = create_session(cast.ada, get_day(1))
    made = change_as(cast.ada, cast.ada, ChangeRequest(Kind.CHANGE, {"title": "x"}, session.pk), NOON)

    def take_back(user: User) -> str:
        try:
            undo(made.change, user, cast.ada, NOON)
        except ApiError as error:
            return str(error.details["code"])
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take_back, (cast.ada, cast.carl))) == ["NOT_MADE", "made"]
