"""The archive of personal data comes back: in another account every answer is the same but for ids."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine

from athletes.models import Athlete, Membership, Threshold, User
from coaching.models import Absence, Plan, PlanInstance, PlanLink, Race
from metrics.models import Activity, ActivityRecording, HealthDay, Import, Streams
from tests.metrics.imports.export_fixtures import create_history, download_archive, read_answers
from tests.metrics.imports.import_fixtures import build_zip, list_outcomes, run, send_files
from tests.metrics.imports.test_undo import undo
from tests.support.cast import NOON, Cast, create_member, create_person

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
    )  # fmt: skip
    return {model.__name__: model.objects.filter(athlete=user.pk).count() for model in models}


def edit_archive(data: bytes, **files: Any) -> bytes:
    """The archive with other rows in some files; a name without “.json”."""
    with ZipFile(io.BytesIO(data)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    for name, rows in files.items():
        content[f"{name}.json"] = b"[\n" + b",\n".join(json.dumps(row).encode() for row in rows) + b"\n]\n"
    return build_zip(content)


def test_every_answer_is_the_same_in_another_account(cast: Cast):
    user = create_history(cast)
    before, rows = read_answers(user, cast), read_rows(user)
    data = download_archive(user)
    Membership.objects.filter(user=user).update(status="left")
    other = create_fresh_account(cast)
    parent = run(send_files(other, {"astral.zip": data}))
    assert (parent.kind, parent.status) == ("astral_export", "done"), parent.message
    print(list(parent.files.values_list("name", "status", "reason")))
    outcomes = {(status, code) for _, status, code in list_outcomes(parent)}
    assert outcomes <= {("stored", ""), ("second_recording", ""), ("skipped", "IN_BIN"), ("skipped", "NOT_RESTORED")}
    assert read_rows(other) == rows
    after = read_answers(other, cast)
    for question, answer in before.items():
        assert after[question] == answer, question
