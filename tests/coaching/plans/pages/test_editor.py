"""The plan editor: entries of one line, weeks, the form of a session, and two editors at once."""

from __future__ import annotations

from typing import Any

import pytest

from coaching.models import Plan
from tests.coaching.plan_fixtures import create_test_plan, follow_plan
from tests.coaching.plans.pages.plan_browser import PlanBrowser, list_sessions, plan_path, read_text
from tests.support.cast import Cast


@pytest.fixture
def coach(cast: Cast) -> PlanBrowser:
    return PlanBrowser(cast.carl)


@pytest.fixture
def plan(cast: Cast) -> Plan:
    """Two weeks: an hour on Monday, and 10 km on Tuesday of the first."""
    return create_test_plan(
        cast.harbour,
        {"zone": 1},
        {"weekday": 2, "duration_s": None, "distance_m": 10_000.0, "title": "Ten"},
        weeks=2,
    )


def list_places(plan: Plan) -> list[tuple[int, int]]:
    return [row[:2] for row in list_sessions(plan)]


def test_plan_begins_empty(cast: Cast, coach: PlanBrowser):
    answer = coach.send("/coach/plans", name="Marathon", weeks="3", form_token="once")
    plan = Plan.objects.get()
    assert (plan.name, plan.total_weeks, plan.created_by, plan.organization) == (
        "Marathon",
        3,
        cast.carl,
        cast.harbour,
    )
    assert "Marathon is there. Now write its first week." in read_text(answer)
    assert "Week 1 of 3" in read_text(answer)


def test_week_is_written_with_one_line_a_day(coach: PlanBrowser, plan: Plan):
    answer = coach.enter(plan, 2, day1="rest", day3="60 min easy", day7="Long run: 24 km Z1 key; drink")
    page = read_text(answer)
    assert "Wednesday: 60 min Z1. That is 1 h 00 min, load 64." in page
    assert "Sunday: Long run: 24 km Z1 key. That is" in page
    assert list_places(plan) == [(1, 1), (1, 2), (2, 1), (2, 3), (2, 7)]
    long_run = plan.sessions.get(week=2, weekday=7)
    assert (long_run.title, long_run.distance_m, long_run.zone) == ("Long run", 24_000.0, 1)
    assert (long_run.is_key, long_run.description) == (True, "drink")
    plan.refresh_from_db()
    assert plan.version == 2


def test_line_that_is_not_understood_stays_and_nothing_is_saved(coach: PlanBrowser, plan: Plan):
    answer = coach.enter(plan, 1, day1="60 minutes easy", day2="8 kn Z2", day3="300 h")
    assert answer.status_code == 200
    assert 'value="8 kn Z2"' in answer.content.decode()
    assert 'value="60 minutes easy"' in answer.content.decode()
    page = read_text(answer)
    assert "“8” needs a unit" in page
    assert "“300 h” is too short or too long." in page
    assert list_places(plan) == [(1, 1), (1, 2)]


def test_session_beyond_the_limits_of_the_api_is_refused_beside_its_line(coach: PlanBrowser, plan: Plan):
    assert "less than or equal to 86400" in read_text(coach.enter(plan, 1, day1="25 h"))
    assert list_places(plan) == [(1, 1), (1, 2)]


def test_day_takes_four_sessions(coach: PlanBrowser, plan: Plan):
    for _ in range(4):
        answer = coach.enter(plan, 1, day1="20 min")
    assert "A day has at most 4 sessions." in read_text(answer)
    assert 'value="20 min"' in answer.content.decode()
    assert list_places(plan) == [(1, 1)] * 4 + [(1, 2)]


def test_weeks_are_added_repeated_raised_copied_moved_and_deleted(coach: PlanBrowser, plan: Plan):
    assert "Week 3 added." in read_text(coach.change_weeks(plan, "add"))
    assert "Week 1 copied to week 3." in read_text(coach.change_weeks(plan, "copy", week=1, to=3))
    assert "Week 4 is week 3 with 10 % more." in read_text(coach.change_weeks(plan, "raise"))
    assert "Week 5 repeats week 4." in read_text(coach.change_weeks(plan, "repeat"))
    raised = plan.sessions.filter(week=5).values_list("duration_s", "distance_m", "title")
    assert list(raised) == [(3_900.0, None, ""), (None, 11_000.0, "Ten")]
    assert "Week 5 is week 2 now." in read_text(coach.change_weeks(plan, "move", week=5, to=2))
    assert list_places(plan) == [(week, day) for week in (1, 2, 4, 5) for day in (1, 2)]
    assert "Week 1 deleted." in read_text(coach.change_weeks(plan, "delete", week=1))
    plan.refresh_from_db()
    assert (plan.total_weeks, plan.version) == (4, 7)
    assert list_places(plan) == [(week, day) for week in (1, 3, 4) for day in (1, 2)]


def test_sessions_keep_their_ids_when_weeks_move(coach: PlanBrowser, plan: Plan):
    before = set(plan.sessions.values_list("pk", flat=True))
    coach.change_weeks(plan, "move", week=1, to=2)
    assert set(plan.sessions.values_list("pk", flat=True)) == before
    assert list_places(plan) == [(2, 1), (2, 2)]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"do": "copy", "week": 9, "to": 1}, "There is no week 9"),
        ({"do": "move", "week": 1, "to": 9}, "There is no week 9"),
        ({"do": "copy", "week": "x"}, "week: A valid integer is required."),
        ({"do": "dance"}, "do: “dance” is not one of"),
    ],
)
def test_impossible_change_of_weeks_says_why(
    coach: PlanBrowser, plan: Plan, fields: dict[str, Any], sentence: str
):
    answer = coach.change_weeks(plan, fields.pop("do"), **fields)
    assert (answer.status_code, sentence in read_text(answer)) == (200, True)


def test_grid_shows_totals_and_the_chart_of_load_and_easy_share(coach: PlanBrowser, plan: Plan):
    page = coach.read(plan_path(plan, "/edit"))
    assert "2 h 03 min 20 km load 131 100 % easy" in page
    assert "Easy share of running, %" in page
    assert "Week 2 of 2" in page
    assert "Week 1 of 2" in coach.read(plan_path(plan, "/edit"), week="1")


@pytest.mark.parametrize("weeks", [1, 60])
def test_changes_take_the_same_statements_for_1_and_60_weeks(
    cast: Cast, coach: PlanBrowser, weeks: int, django_assert_num_queries: Any
):
    plan = create_test_plan(cast.harbour, *[{"week": week} for week in range(1, weeks + 1)], weeks=weeks)
    coach.read(plan_path(plan, "/edit"))
    # Session, user, clubs and units of the viewer; the plan, its club; whether it is assigned, sessions.
    with django_assert_num_queries(8):
        coach.get(plan_path(plan, "/edit"))
    # The first six and: savepoint, lock, whether it is assigned, sessions; deletes two tables, and
    # stores them again; the plan; release; the notice in a cookie.
    with django_assert_num_queries(14):
        coach.post(plan_path(plan, "/weeks"), {"do": "repeat", "version": "1"})


# The form of a session


def fields_of(answer: Any) -> dict[str, str]:
    form = answer.context["form"]
    return {name: form[name].value() or "" for name in form.fields if name != "is_key"}


def test_session_is_changed_in_its_form(coach: PlanBrowser, plan: Plan):
    session = plan.sessions.get(weekday=2)
    path = plan_path(plan, f"/session?session_id={session.public_id}")
    fields = fields_of(coach.get(path))
    assert (fields["distance"], fields["weekday"], fields["title"]) == ("10", "2", "Ten")
    changes = {
        "sport": "bike",
        "title": "Hills",
        "duration": "1h30",
        "distance": "",
        "weekday": "5",
        "week": "2",
        "training_load": "70",
        "description": "Up\nand down.",
        "is_key": "on",
    }
    page = read_text(coach.send(path, **(fields | changes)))
    assert "Friday: Hills: bike 90 min load 70 key." in page
    session.refresh_from_db()
    assert (session.week, session.weekday, session.sport) == (2, 5, "bike")
    assert (session.duration_s, session.distance_m, session.load) == (5_400.0, None, 70.0)
    assert (session.is_key, session.description.split()) == (True, ["Up", "and", "down."])


def test_untouched_length_stays_exact(coach: PlanBrowser, plan: Plan):
    plan.sessions.filter(weekday=2).update(distance_m=10_000.4)
    session = plan.sessions.get(weekday=2)
    path = plan_path(plan, f"/session?session_id={session.public_id}")
    coach.send(path, **(fields_of(coach.get(path)) | {"title": "Same"}))
    session.refresh_from_db()
    assert (session.distance_m, session.title) == (10_000.4, "Same")


def test_steps_of_another_shape_stay_when_they_are_not_touched(coach: PlanBrowser, plan: Plan):
    steps = [{"repeat": 6, "distance": 1_000.0, "zone": 4, "recovery": 90.0, "text": "relaxed"}]
    plan.sessions.filter(weekday=2).update(steps=steps)
    session = plan.sessions.get(weekday=2)
    path = plan_path(plan, f"/session?session_id={session.public_id}")
    fields = fields_of(coach.get(path))
    assert fields["steps"] == "6 × 1 km Z4 90 s"
    coach.send(path, **(fields | {"title": "Reps"}))
    session.refresh_from_db()
    assert (session.steps, session.title, session.distance_m) == (steps, "Reps", 10_000.0)


def test_intervals_get_steps_and_their_length(coach: PlanBrowser, plan: Plan):
    page = read_text(coach.enter(plan, 2, day2="15' + 6×1 km Z4 90s + 10'"))
    assert "Tuesday: 15 min + 6 × 1 km Z4 90 s + 10 min. That is" in page
    session = plan.sessions.get(week=2, weekday=2)
    assert [step["kind"] for step in session.steps] == ["warmup", "repeat", "cooldown"]
    assert session.duration_s == pytest.approx(900 + 6 * (300 / 1.09 + 90) + 600)
    coach.change_weeks(plan, "raise")
    raised = plan.sessions.get(week=3, weekday=2)
    assert raised.steps[1]["steps"][0]["distance"] == 1_100.0
    assert raised.duration_s == pytest.approx(1_020 + 6 * (330 / 1.09 + 90) + 660)


def test_steps_are_changed_in_the_form_and_give_the_new_length(coach: PlanBrowser, plan: Plan):
    coach.enter(plan, 2, day2="6×1 km Z4 90s")
    session = plan.sessions.get(week=2, weekday=2)
    path = plan_path(plan, f"/session?session_id={session.public_id}")
    coach.send(path, **(fields_of(coach.get(path)) | {"steps": "10×400 m Z5 200 m jog + 2 km"}))
    session.refresh_from_db()
    assert (session.duration_s, session.distance_m) == (None, 8_000.0)
    assert coach.read(plan_path(plan)).count("10 × 400 m Z5 200 m + 2 km") == 1


def test_session_is_added_with_all_fields(coach: PlanBrowser, plan: Plan):
    path = plan_path(plan, "/session?week=2&weekday=6")
    fields = fields_of(coach.get(path))
    assert (fields["week"], fields["weekday"], fields["session_id"]) == ("2", "6", "")
    coach.send(path, **(fields | {"duration": "45 min", "zone": "2"}))
    assert plan.sessions.get(week=2, weekday=6).zone == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"duration": "45"}, "“45” needs a unit"),
        ({"duration": "8 km"}, "Write 60 min or 1h30."),
        ({"steps": "6×"}, "Say how long or how far"),
        ({"steps": "Title: 8 km"}, "Write only the steps here."),
        ({"distance": "far"}, "A valid number is required."),
        ({"training_load": "much"}, "A valid number is required."),
        ({"week": "3", "duration": "45 min"}, "There is no week 3"),
        ({}, "Say how long or how far."),
        ({"title": "x" * 121, "duration": "45 min"}, "no more than 120 characters"),
    ],
)
def test_wrong_field_of_a_session_says_what_is_wrong(
    coach: PlanBrowser, plan: Plan, changes: dict[str, str], sentence: str
):
    path = plan_path(plan, "/session?week=2&weekday=6")
    answer = coach.send(path, **(fields_of(coach.get(path)) | changes))
    assert (answer.status_code, sentence in read_text(answer)) == (200, True)
    assert plan.sessions.count() == 2


def test_session_is_removed(coach: PlanBrowser, plan: Plan):
    session = plan.sessions.get(weekday=1)
    fields = {"session_id": session.public_id, "version": 1, "week": 1}
    assert "Session removed." in read_text(coach.send(plan_path(plan, "/session/remove"), **fields))
    assert list_places(plan) == [(1, 2)]
    gone = coach.read(plan_path(plan, "/session"), session_id=session.public_id)
    assert "This session is not in the plan any more." in gone


# Two editors, and plans that athletes have


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("/weeks", {"do": "add"}),
        ("/entries", {"week": "1", "day4": "45 min easy"}),
        ("/session?week=1&weekday=4", {"week": "1", "weekday": "4", "sport": "run", "duration": "45 min"}),
        ("/details", {"name": "Other", "description": ""}),
    ],
)
def test_second_editor_sees_the_plan_as_it_is_now(
    cast: Cast, coach: PlanBrowser, plan: Plan, action: str, fields: dict[str, str]
):
    PlanBrowser(cast.hanna).enter(plan, 1, day7="Hanna's run: 20 km")
    answer = coach.send(plan_path(plan, action), version=1, **fields)
    page = read_text(answer)
    assert answer.status_code == 409
    assert "has changed meanwhile" in page
    assert "Hanna's run" in page
    assert ("45 min" in page) == ("45 min" in str(fields))
    plan.refresh_from_db()
    assert (plan.name, plan.total_weeks, plan.version) == ("Ten kilometres", 2, 2)
    assert list_places(plan) == [(1, 1), (1, 2), (1, 7)]


def test_session_that_somebody_removed_is_not_made_again(cast: Cast, coach: PlanBrowser, plan: Plan):
    session = plan.sessions.get(weekday=2)
    path = plan_path(plan, f"/session?session_id={session.public_id}")
    fields = fields_of(coach.get(path))
    PlanBrowser(cast.hanna).send(plan_path(plan, "/session/remove"), version=1, session_id=session.public_id)
    assert coach.send(path, **fields).status_code == 409
    assert list_places(plan) == [(1, 1)]


@pytest.mark.parametrize("action", ["/edit", "/session"])
def test_plan_that_athletes_have_is_not_edited(cast: Cast, coach: PlanBrowser, plan: Plan, action: str):
    follow_plan(cast.ada, plan)
    removed = {"session_id": plan.sessions.get(weekday=1).public_id, "version": 1}
    assert "“Change the sessions” makes a copy to change first." in coach.read(plan_path(plan, action))
    for answer in (
        coach.enter(plan, 1, day1="20 min"),
        coach.change_weeks(plan, "add"),
        coach.send(plan_path(plan, "/session"), week=1, weekday=1, sport="run", duration="5 min", version=1),
        coach.send(plan_path(plan, "/session/remove"), **removed),
    ):
        assert (answer.status_code, "its sessions cannot change" in read_text(answer)) == (200, True)
    assert list_places(plan) == [(1, 1), (1, 2)]
    assert "Ten more saved." in read_text(
        coach.send(plan_path(plan, "/details"), name="Ten more", description="", version=1)
    )
