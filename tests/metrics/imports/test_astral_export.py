"""The archive of personal data comes back: in another account every answer is the same but for ids."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine

from athletes.models import Athlete, Membership, Organization, Threshold, User
from athletes.roles import Role
from coaching.demo import load_demo
from coaching.demo.people.athletes import HARBOUR_ATHLETES, LANTERN_HEAD_COACH
from coaching.models import Plan, PlanInstance, PlanLink, Race
from metrics.activities.changes import create_manual_activity, delete_activity, update_activity
from metrics.activities.recordings.merge import choose_recording, split_recording
from metrics.imports.files.run import WorkSlice, run_import
from metrics.models import Activity, ActivityRecording, BinActivity, HealthDay, Import
from tests.metrics.imports.import_fixtures import build_zip, list_outcomes, run, send_files
from tests.support.cast import ApiClient, create_member, create_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 16, tzinfo=UTC)
WORK = WorkSlice(lambda: NOW)


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_explore():
    person = HARBOUR_ATHLETES[0]
    load_demo(NOW, [person, LANTERN_HEAD_COACH])
    user = User.objects.get(email=person.email)
    club = Membership.objects.get(user=user).organization
    other = create_person("other")
    create_member(other, club)
    coach = User.objects.get(memberships__organization=club, memberships__role=Role.HEAD_COACH)
    answer: Any = ApiClient(user).get(f"/api/v1/athletes/{user.public_id}/export")
    data = b"".join(answer.streaming_content)
    before = read_answers(user, coach, club)
    parent = run(send_files(other, {"astral.zip": data}), WORK)
    print(parent.kind, parent.status, parent.code, parent.message)
    for row in parent.files.exclude(kind="entry").values_list("name", "status", "reason"):
        print(row)
    print(list(parent.files.filter(kind="entry").exclude(status="stored").values_list("name", "status", "reason")))
    after = read_answers(other, coach, club)
    for name in before:
        diff(name, before[name], after[name])
    assert False


def diff(path, a, b):
    if type(a) != type(b):
        print(path, a, b)
    elif isinstance(a, dict):
        for k in a.keys() | b.keys():
            diff(f"{path}.{k}", a.get(k), b.get(k))
    elif isinstance(a, list):
        if len(a) != len(b):
            print(path, "len", len(a), len(b))
        for i, (x, y) in enumerate(zip(a, b)):
            diff(f"{path}[{i}]", x, y)
    elif a != b:
        print(path, a, b)


def read_answers(user: User, coach: User, club: Organization) -> dict[str, Any]:
    """All analytics answers about a user; ids are left out."""
    first, last = "2026-05-01", "2026-11-22"
    start, end = int((NOW - timedelta(days=200)).timestamp()), int(NOW.timestamp())
    questions = {
        "activity_stats": f"v2/analytics/activity_stats?start_date={first}&end_date={last}",
        "running_stats": f"v1/analytics/running_stats?from_timestamp={start}&to_timestamp={end}",
        "fitness_stats": "v1/analytics/fitness_stats?days=365",
        "health_metrics": f"v2/analytics/health_metrics?start_date={first}&end_date={last}",
        "athlete_profile": "v1/analytics/athlete_profile?",
    }
    api = ApiClient(coach)
    answers = {}
    for name, question in questions.items():
        answer = api.get(f"/api/{question}&user_id={user.public_id}")
        assert answer.status_code == 200, answer.content
        answers[name] = answer.json()["data"]
    roster = api.get(f"/api/v1/analytics/coach_athletes_metrics?org_id={club.public_id}")
    assert roster.status_code == 200, roster.content
    answers["roster"] = [row for row in roster.json()["data"]["athletes"] if user.public_id in json.dumps(row)]
    return json.loads(ID.sub('"id"', json.dumps(answers)))


ID = re.compile(r'"[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}"')
