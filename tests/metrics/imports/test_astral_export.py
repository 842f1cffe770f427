"""The archive of personal data comes back: in another account every answer is the same but for ids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import Athlete, Threshold, User
from coaching.models import Absence, CalendarSession, Comment, Plan, PlanInstance, PlanLink, Race
from metrics.activities.measure import MEASUREMENT_FORMULA
from metrics.imports.astral_export.undo_rows import CHANGED_ROWS
from metrics.imports.files.run import run_import
from metrics.models import Activity, ActivityRecording, HealthDay, Import, Streams
from tests.metrics.imports.export_fixtures import (
    ACTIVITY,
    COMMENT,
    RACE,
    build_archive,
    create_history,
    download_archive,
    read_answers,
)
from tests.metrics.imports.import_fixtures import list_outcomes, run, send_files, stop_after
from tests.metrics.imports.test_undo import undo
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def create_fresh_account(cast: Cast) -> User:
    user = create_person("again")
    User.objects.filter(pk=user.pk).update(created_at=NOON - timedelta(days=400))
    create_member(user, cast.harbour)
    return user


def read_rows(user: User) -> dict[str, Any]:
    """How many rows of each model the athlete has."""
    models = (
        Activity, ActivityRecording, Streams, HealthDay, Threshold, Race, Absence, PlanInstance, PlanLink,
        CalendarSession,
        Comment,
    )  # fmt: skip
    return {model.__name__: model.objects.filter(athlete=user.pk).count() for model in models}


def test_every_answer_is_the_same_in_another_account(cast: Cast):
    """Also if the import stops again and again. The same archive again changes nothing, in both accounts."""
    user = create_history(cast)
    before, rows, data = read_answers(user, cast), read_rows(user), download_archive(user)
    own = run(send_files(user, {"astral.zip": data}))
    assert {status for _, status, _ in list_outcomes(own)} == {"already_there", "skipped"}
    assert read_rows(user) == rows
    other = create_fresh_account(cast)
    parent = send_files(other, {"astral.zip": data})
    while not run_import(parent.pk, stop_after(7)):
        pass
    parent.refresh_from_db()
    assert (parent.kind, parent.status) == ("astral_export", "done"), parent.message
    assert {(status, code) for _, status, code in list_outcomes(parent)} == {
        ("stored", ""), ("stored", "CROPPED"), ("second_recording", ""), ("skipped", "IN_BIN"),
        ("skipped", "NOT_RESTORED"),
    }  # fmt: skip
    again = run(send_files(other, {"again.zip": data + b" "}))
    assert {status for _, status, _ in list_outcomes(again)} == {"already_there", "skipped"}
    assert read_rows(other) == rows
    for account in (user, other):
        after = read_answers(account, cast)
        for question, answer in before.items():
            assert after[question] == answer, question


def test_an_undo_takes_back_what_nobody_has_changed(cast: Cast):
    data, other = download_archive(create_history(cast)), create_fresh_account(cast)
    parent = run(send_files(other, {"a.zip": data}))
    Race.objects.filter(athlete=other.pk, name="Spring run").update(name="My spring run")
    kept = [reason for outcome, reason in undo(parent) if outcome == "kept"]
    assert kept == [CHANGED_ROWS]
    assert {name for name, count in read_rows(other).items() if count} == {"Race"}
    assert Race.objects.get(athlete=other.pk).name == "My spring run"
    assert not Plan.objects.filter(athlete=other.pk).exists()


def test_settings_and_thresholds_fill_only_what_is_empty(cast: Cast):
    Athlete.objects.filter(pk=cast.ben.pk).update(timezone_confirmed=True, sex="male")
    Threshold.objects.create(athlete=cast.ben.athlete, kind="lthr", value=171.0, valid_from=NOON.date())
    row = {"kind": "lthr", "value": 150.0, "source": "manual", "valid_from": str(NOON.date())}
    settings = {
        "timezone": "Europe/Madrid", "timezone_confirmed": True, "unit_system": "imperial",
        "units_confirmed": True, "sex": "female", "birth_date": "1990-02-03", "privacy_radius_m": 500,
    }  # fmt: skip
    run(send_archive(cast.ben, athlete=[settings], thresholds=[row, row | {"kind": "hr_max", "value": 190}]))
    ben = Athlete.objects.get(pk=cast.ben.pk)
    assert (ben.timezone, ben.unit_system, ben.sex) == ("Asia/Tokyo", "imperial", "male")
    assert str(ben.birth_date) == "1990-02-03"
    assert ben.privacy_radius_m == 500
    assert set(ben.thresholds.values_list("kind", "value")) == {("lthr", 171.0), ("hr_max", 190.0)}


@pytest.mark.parametrize(
    "tables",
    [
        {"races": [RACE | {"distance_m": -1}]},
        {"races": [RACE | {"distance_m": "far"}]},
        {"races": [RACE | {"date": "9999-01-01"}]},
        {"races": [RACE | {"name": "a\u0000b"}]},
        {"races": [RACE | {"name": ["x"]}]},
        {"races": [RACE | {"name": "\ud800"}]},
        {"races": [RACE | {"date": 5}]},
        {"absences": [{"kind": "ill", "first_day": "2026-05-02", "last_day": "2026-05-01"}]},
        {"thresholds": [{"kind": "lthr", "value": 700, "source": "manual", "valid_from": "2026-05-01"}]},
        {"thresholds": [{"kind": "luck", "value": 70, "source": "manual", "valid_from": "2026-05-01"}]},
        {"athlete": [{"timezone": "Mars/Base", "unit_system": "metric"}]},
        {"health_days": [{"date": "2026-05-01", "source": "Garmin!", "updated_at": "2026-05-01T06:00:00Z"}]},
        {"health_days": [{"date": "2026-05-01", "source": "garmin", "sleep_s": 9, "updated_at": None}]},
        {"plan_instances": [{"start_date": "2026-05-01", "ended_as": "", "plan": "plan_x"}]},
        {"calendar_sessions": [{"day": "2026-05-01", "sport": "run", "duration_s": -1}]},
        {"calendar_sessions": [{"day": "2026-05-01", "sport": "run", "duration_s": 60, "as_planned": {}}]},
        {"calendar_sessions": [{"day": "2026-05-01", "sport": "run", "steps": [{"repeat": 9000}]}]},
        {"comments": [COMMENT | {"text": ""}]},
        {"comments": [COMMENT | {"text": "x" * 4_001}]},
        {"comments": [COMMENT | {"day": None}]},
        {"comments": [COMMENT | {"activity_started_at": "2026-05-01T06:00:00Z", "day": None}]},
        {"comments": [COMMENT | {"created_at": "soon"}]},
        {"comments": [COMMENT | {"session": "ses_x"}]},
        {"comments": [COMMENT | {"session": "ses_x", "day": None}]},
        {"plan_links": [{"instance": "pi_x", "session": "ses_x", "activity": "act_x"}]},
    ],
)  # fmt: skip
def test_wrong_rows_are_refused_and_named(cast: Cast, tables: dict[str, Any]):
    parent = run(send_archive(cast.ben, **tables))
    assert [(status, code) for name, status, code in list_outcomes(parent)] == [("refused", "INVALID_ROWS")]
    assert not any(read_rows(cast.ben).values())


def test_only_own_comments_come_back_in_the_own_name(cast: Cast):
    run(
        send_archive(
            cast.ben, comments=[COMMENT | {"author": cast.ada.public_id}, COMMENT | {"is_own": False}]
        )
    )
    [comment] = Comment.objects.all()
    assert (comment.author, comment.athlete_id, comment.text) == (cast.ben, cast.ben.pk, "Sore")
    assert (str(comment.day), comment.created_at) == ("2026-06-01", NOON - timedelta(days=8))


def test_comments_on_sessions_find_their_session_and_others_are_left_out(cast: Cast):
    session = {"id": "ses_a", "day": "2026-06-01", "sport": "run", "duration_s": 60.0, "instance": None}
    comments = [COMMENT | {"day": None, "session": name, "text": name} for name in ("ses_a", "ses_b")]
    run(send_archive(cast.ben, calendar_sessions=[session], comments=comments))
    [comment] = Comment.objects.all()
    assert (comment.text, comment.session) == ("ses_a", CalendarSession.objects.get(athlete=cast.ben.pk))


def test_a_row_names_nobody_else(cast: Cast):
    foreign = Race.objects.create(athlete=cast.ada.athlete, name="Ada's", date=NOON.date(), distance_m=5000.0)
    row = RACE | {"id": foreign.public_id, "athlete": cast.ada.public_id}
    run(send_archive(cast.ben, races=[row]))
    assert list(Race.objects.values_list("athlete", "name").order_by("name")) == [
        (cast.ada.pk, "Ada's"), (cast.ben.pk, "Mile"),
    ]  # fmt: skip


def test_numbers_of_an_edited_archive_are_checked(cast: Cast):
    numbers = {"training_load": 1e300, "best_efforts": [{"distance_m": "x"}], "warnings": []}
    parent = run(send_archive(cast.ben, formula=MEASUREMENT_FORMULA, activities=[ACTIVITY | numbers]))
    assert [(status, code) for _, status, code in list_outcomes(parent)] == [
        ("stored", ""), ("refused", "INVALID_ROWS"),
    ]  # fmt: skip
    assert Activity.objects.filter(training_load__gt=1e3).count() == 0


def test_numbers_of_other_formulas_are_measured_again(cast: Cast):
    run(send_archive(cast.ben, formula=1, activities=[ACTIVITY | {"training_load": 999.0, "name": "Run"}]))
    activity = Activity.objects.get()
    assert (activity.name, activity.training_load == 999.0) == ("Run", False)


def test_a_reformatted_file_is_named_and_the_others_come(cast: Cast):
    parent = run(
        send_files(cast.ben, {"a.zip": build_archive({"races": [RACE]}, thresholds=b'[\n{"a":\n1}]')})
    )
    assert [(name, status, code) for name, status, code in list_outcomes(parent)] == [
        ("races.json", "stored", ""), ("thresholds.json", "skipped", "UNREADABLE_FILE"),
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["NaN", "1e999", "1" + "0" * 400])
def test_numbers_that_no_column_takes_are_named(cast: Cast, number: str):
    rows = b'[\n{"kind":"lthr","value":%s,"valid_from":"2026-05-01"}\n]' % number.encode()
    parent = run(send_files(cast.ben, {"a.zip": build_archive({}, thresholds=rows)}))
    assert list_outcomes(parent) == [("thresholds.json", "skipped", "UNREADABLE_FILE")]


def test_an_archive_of_a_newer_astral_is_refused(cast: Cast):
    data = build_archive({}, export=b'{"format": 2}')
    parent = run(send_files(cast.ben, {"a.zip": data}))
    assert (parent.status, parent.code) == ("failed", "UNREADABLE_FILE")


def test_a_coach_brings_activities_but_no_races(cast: Cast):
    parent = run(
        send_archive(
            cast.ada,
            sent={"made_by_id": cast.carl.pk, "added_by": "coach"},
            races=[RACE],
            activities=[ACTIVITY],
        )
    )
    assert [(status, code) for _, status, code in list_outcomes(parent)] == [
        ("stored", ""), ("skipped", "NOT_ALLOWED"), ("skipped", "NOT_ALLOWED"),
    ]  # fmt: skip
    assert Activity.objects.get().duration_s == 1800


def test_the_plan_of_another_account_can_be_ended_by_a_coach(cast: Cast):
    session = {
        "id": "s", "plan": "p", "week": 1, "weekday": 1, "position": 0, "sport": "run", "title": "",
        "duration_s": 600.0, "distance_m": None, "load": None, "zone": None, "steps": [], "is_key": False,
    }  # fmt: skip
    tables: dict[str, Any] = {
        "plans": [{"id": "p", "name": "Base", "description": "", "total_weeks": 2}],
        "plan_sessions": [session],
        "plan_instances": [{"plan": "p", "start_date": "2026-06-08", "ended_as": "", "ended_on": None}],
    }
    run(send_archive(cast.ada, **tables))
    [instance] = PlanInstance.objects.filter(athlete=cast.ada.pk)
    assert (instance.plan.organization, instance.plan.total_weeks) == (None, 2)
    path = f"/api/v1/plan_instances/{instance.public_id}"
    assert ApiClient(cast.zora).send_json("patch", path, {"status": "cancelled"}).status_code == 403
    assert ApiClient(cast.hanna).send_json("patch", path, {"status": "cancelled"}).status_code == 200
    assert ApiClient(cast.hanna).get("/api/v1/training_plans").json()["data"] == []


def send_archive(user: User, formula: int = 0, sent: dict[str, Any] | None = None, **tables: Any) -> Import:
    return send_files(user, {"astral.zip": build_archive(tables, formula)}, **(sent or {}))
