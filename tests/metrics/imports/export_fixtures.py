"""An athlete with a rich history, the archive of it, and all analytics answers about an athlete."""

from __future__ import annotations

import io
import json
import re
from datetime import date, timedelta
from typing import Any
from zipfile import ZipFile

from athletes.models import Athlete, Threshold, User
from coaching.models import CalendarSession, Comment, PlanInstance
from coaching.plan_instances.assign import link_activity
from coaching.restored_rows.calendar_sessions import STOOD_COLUMNS
from metrics.activities.changes import create_manual_activity, delete_activity, update_activity
from metrics.activities.recordings.merge import choose_recording, split_recording
from metrics.activities.recordings.stored_recordings import list_recordings
from metrics.files.xml.writer import encode_fit, encode_gpx, encode_tcx
from metrics.models import Activity, BinActivity, HealthDay, Streams
from tests.coaching.plan_fixtures import create_absence, create_race, create_test_plan, follow_plan
from tests.coaching.plan_fixtures import list_daily_sessions as list_sessions
from tests.coaching.training_fixtures import create_training
from tests.metrics.imports.import_fixtures import (
    build_recording_item,
    build_zip,
    run,
    send_files,
    send_planned,
)
from tests.support.cast import NOON, ApiClient, Cast
from tests.support.recordings import build_steady_run, build_uneven_run

STEPS = [{"repeat": 6, "duration": 60.0, "recovery": 90.0}]
FIRST_DAY, LAST_DAY = date(2026, 3, 1), NOON.date()
ID = re.compile(r'"[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}"')
OWN_TO_ACCOUNT = ("username", "display_name", "email", "memberships", "membership")

RACE = {"name": "Mile", "date": "2026-05-01", "distance_m": 1609.0, "priority": "A"}
COMMENT = {
    "id": "cmt_x", "activity": None, "activity_started_at": None, "day": "2026-06-01", "session": None,
    "text": "Sore",
    "is_own": True, "created_at": "2026-06-02T12:00:00Z", "edited_at": None,
}  # fmt: skip
ACTIVITY = {
    "id": "x", "started_at": "2026-06-01T06:00:00Z", "created_at": "2026-06-01T07:00:00Z", "original": None,
    "local_date": "2026-06-01", "source": "manual", "activity_type": "run", "duration_s": 1800.0,
    "recorded": {"duration_s": 1800.0, "elapsed_s": 1800.0, "distance_m": 5000.0},
}  # fmt: skip


def create_history(cast: Cast) -> User:
    """Files with and without second recordings, entries, readings, plans: all that an archive can bring."""
    user = cast.ada
    User.objects.filter(pk=user.pk).update(created_at=NOON - timedelta(days=400))
    create_training(user, cast.harbour, days=9)
    _add_files(user)
    _add_what_people_said(user)
    Athlete.objects.filter(pk=user.pk).update(
        sex="female", birth_date=date(1990, 2, 3), timezone_confirmed=True, units_confirmed=True
    )
    create_absence(user, -60, -50)
    create_race(user, -20, name="Spring run", result_time_s=2_500.0)
    _add_plan(cast, user)
    _add_comments(user)
    return user


def _add_comments(user: User) -> None:
    common: dict[str, Any] = {"athlete": user.athlete, "author": user}
    newest = Activity.objects.filter(athlete=user.athlete).latest("started_at")
    Comment.objects.create(activity=newest, text="Hot\nand windy", created_at=NOON, **common)
    planned = user.athlete.calendar_sessions.filter(is_adjusted=False)
    for session in (planned.get(title="Hills"), planned.exclude(instance=None).latest("day")):
        Comment.objects.create(session=session, text="Together?", created_at=NOON, **common)
    at = NOON - timedelta(days=40)
    Comment.objects.create(day=LAST_DAY, text="Slept well", created_at=at, edited_at=NOON, **common)


def _add_files(user: User) -> None:
    """Eight files of seven activities, one cropped, measured before an earlier threshold was known."""
    starts = [NOON - timedelta(days=days) for days in (15, 18, 21, 24, 27)]
    files = {
        "1.fit": encode_fit(build_uneven_run(starts[0])),
        "2.gpx": encode_gpx(build_uneven_run(starts[1], duration_s=2_900)),
        "3.tcx": encode_tcx(build_steady_run(starts[2], duration_s=900)),
        "4.fit": encode_fit(build_steady_run(starts[3], duration_s=800, sport="bike")),
        "5.fit": encode_fit(build_steady_run(starts[4], duration_s=600)),
        "5.tcx": encode_tcx(build_steady_run(starts[4] + timedelta(seconds=20), duration_s=640)),
        "3.gpx": encode_gpx(build_steady_run(starts[2] + timedelta(seconds=5), duration_s=880)),
    }
    for name, data in files.items():
        run(send_files(user, {name: data}))
    whole = build_steady_run(NOON - timedelta(days=31), duration_s=1_000)
    kept = whole.started_at + timedelta(seconds=200), whole.started_at + timedelta(seconds=700)
    item = build_recording_item("6.fit", cropped_to=kept)
    run(send_planned(user, {"6.fit": encode_fit(whole)}, [item]))
    Threshold.objects.create(
        athlete=user.athlete, kind="lthr", value=168.0, source="laboratory", valid_from=FIRST_DAY
    )
    for days, act in ((27, choose_recording), (21, split_recording)):
        activity = Activity.objects.get(athlete=user.pk, local_date=(NOON - timedelta(days=days)).date())
        second = next(row for row in list_recordings(activity) if not row.counts)
        act(activity, second.pk)


def _add_what_people_said(user: User) -> None:
    uneven, gpx = Activity.objects.filter(athlete=user.pk, original__isnull=False).order_by("-started_at")[:2]
    said = {"name": "Hills", "is_race": True, "feel": 4, "pain_score": 2, "pain_where": "calf"}
    update_activity(uneven, said | {"perceived_effort": 8, "private_note": "Never\nagain", "gear": "Red"})
    update_activity(gpx, {"activity_type": "hike", "sub_type": "trail"})
    entry = {"started_at": NOON - timedelta(days=12), "duration_s": 1_800.0, "distance_m": 5_000.0}
    create_manual_activity(
        user.athlete, entry | {"activity_type": "run", "name": "Treadmill", "perceived_effort": 6}
    )
    deleted = create_manual_activity(
        user.athlete, entry | {"started_at": NOON - timedelta(days=13), "activity_type": "swim"}
    )
    delete_activity(deleted, BinActivity.DeletedBy.ATHLETE, NOON)
    HealthDay.objects.create(
        athlete=user.athlete, date=LAST_DAY, source="manual", pain_score=3, pain_where="knee", is_ill=False,
        sleep_quality=4, weight_kg=61.5, hrv_sdnn_ms=70.0,
    )  # fmt: skip
    _give_samples(
        Activity.objects.filter(athlete=user.pk, original=None, source="file").earliest("started_at")
    )


def _give_samples(activity: Activity) -> None:
    """An activity with samples, but without a file, as the demo has them."""
    copied = Streams.objects.filter(athlete=activity.athlete_id).first()
    assert copied is not None
    Streams.objects.create(
        activity=activity, athlete_id=activity.athlete_id, content=copied.content, pauses=[[5.0, 9.0]]
    )


def _add_plan(cast: Cast, user: User) -> None:
    ended = {"ended_as": "cancelled", "ended_on": LAST_DAY - timedelta(days=40)}
    plan = create_test_plan(cast.harbour, *list_sessions(zone=2), name="Base")
    follow_plan(user, plan, LAST_DAY - timedelta(days=60), **ended)
    instance = user.athlete.plan_instances.get(plan__name="Ten kilometres")
    session = instance.sessions.get(plan_session__week=1, plan_session__weekday=2)
    link_activity(user.athlete, session, Activity.objects.get(athlete=user.pk, local_date=LAST_DAY))
    _change_calendar(user, instance)


def _change_calendar(user: User, instance: PlanInstance) -> None:
    """Sessions that are moved, skipped, changed too late to count, and a single one."""
    sessions = instance.sessions.filter(is_adjusted=False)
    first = sessions.earliest("day")
    stood = {name: getattr(first, name) for name in STOOD_COLUMNS}
    stood |= {"day": first.day.isoformat(), "is_planned": True}
    sessions.filter(pk=first.pk).update(duration_s=600.0, is_adjusted=True, as_planned=stood)
    later = LAST_DAY + timedelta(days=9)
    sessions.filter(plan_session__week=2, plan_session__weekday=1).update(day=later, is_adjusted=True)
    sessions.filter(plan_session__week=2, plan_session__weekday=3).update(
        is_skipped=True, skip_reason="travelling", is_adjusted=True
    )
    CalendarSession.objects.create(
        athlete=user.athlete, day=LAST_DAY, title="Hills", duration_s=2400.0, steps=STEPS
    )


def download_archive(user: User) -> bytes:
    answer: Any = ApiClient(user).get(f"/api/v1/athletes/{user.public_id}/export")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def read_answers(user: User, cast: Cast) -> dict[str, Any]:
    """All analytics answers about an athlete, for the athlete and for the coach, without ids and names."""
    days = f"start_date={FIRST_DAY}&end_date={LAST_DAY}"
    seconds = (
        f"from_timestamp={int((NOON - timedelta(days=90)).timestamp())}&to_timestamp={int(NOON.timestamp())}"
    )
    questions = (
        f"v2/analytics/activity_stats?{days}",
        f"v1/analytics/running_stats?{seconds}",
        "v1/analytics/fitness_stats?days=120",
        f"v2/analytics/health_metrics?{days}",
        "v1/analytics/athlete_profile?",
        "v1/activities?page_size=100",
    )
    answers: dict[str, Any] = {}
    for person in (user, cast.hanna):
        api = ApiClient(person)
        for question in questions:
            answer = api.get(f"/api/{question}&user_id={user.public_id}")
            assert answer.status_code == 200, answer.content
            answers[f"{person is user} {question}"] = answer.json()["data"]
    roster = ApiClient(cast.hanna).get(
        f"/api/v1/analytics/coach_athletes_metrics?org_id={cast.harbour.public_id}"
    )
    rows = roster.json()["data"]["athletes"]
    answers["roster"] = [row for row in rows if user.public_id in json.dumps(row)]
    assert len(answers["roster"]) == 1
    without_ids: dict[str, Any] = _drop_own(json.loads(ID.sub('"id"', json.dumps(answers))))
    return without_ids


def _drop_own(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _drop_own(inner) for name, inner in value.items() if name not in OWN_TO_ACCOUNT}
    return [_drop_own(inner) for inner in value] if isinstance(value, list) else value


def build_archive(tables: dict[str, Any], formula: int = 0, **raw: bytes) -> bytes:
    """An archive with the files that each has, and these rows."""
    needed = dict.fromkeys(("activities", "original_files", "health_days", "athlete", "thresholds"), b"[]\n")
    facts = json.dumps({"format": 1, "measurement_formula": formula}).encode()
    files = needed | {"export": facts} | raw
    base = build_zip({f"{name}.json": content for name, content in files.items()})
    return edit_archive(base, **tables)


def edit_archive(data: bytes, **files: Any) -> bytes:
    """The archive with other rows in some files; a name without “.json”."""
    with ZipFile(io.BytesIO(data)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    for name, rows in files.items():
        content[f"{name}.json"] = b"[\n" + b",\n".join(json.dumps(row).encode() for row in rows) + b"\n]\n"
    return build_zip(content)
