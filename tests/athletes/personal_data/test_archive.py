"""The download of personal data contains all data about a user, and nothing about others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.apps import apps
from knox.models import AuthToken

from athletes.models import Threshold, User
from athletes.personal_data.account_deletion import delete_account
from athletes.personal_data.archive import load_personal_data_sources
from coaching.models import (
    PlanInstance,
)
from metrics.models import Activity
from tests.athletes.personal_data.personal_data_fixtures import (
    CANARY,
    COACHS,
    account_address,
    create_user_with_data,
    download,
    second_recording,
    two_recordings,
    upload,
)
from tests.support.cast import (
    NOON,
    ApiClient,
    Cast,
    create_person,
)
from tests.support.error_shape import assert_error


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


# Models that are not in the archive as a table, with the reason.
MODELS_WITHOUT_TABLE = {
    "account.EmailConfirmation": "not used: links are signed",
    "admin.LogEntry": "in staff_log.json and own_staff_log.json",
    "athletes.Group_members": "in groups.json",
    "athletes.User_groups": "permissions of staff",
    "athletes.User_user_permissions": "permissions of staff",
    "athletes.KeptAnswer": "sealed answers; they name nobody and are deleted after a day",
    "athletes.SentForm": "digests of sent forms; they name nobody and are deleted after a day",
    "auth.Group": "names of permissions; no personal data",
    "auth.Group_permissions": "names of permissions; no personal data",
    "auth.Permission": "names of permissions; no personal data",
    "axes.AccessAttemptExpiration": "not used: AXES_USE_ATTEMPT_EXPIRATION is off",
    "axes.AccessFailureLog": "not used: AXES_ENABLE_ACCESS_FAILURE_LOG is off",
    "axes.AccessLog": "not used: AXES_DISABLE_ACCESS_LOG",
    "coaching.ModelCalls": "a count of language model calls; no personal data",
    "contenttypes.ContentType": "names of models",
    "metrics.BinStreams": "in streams/",
    "metrics.Remeasuring": "progress of a run over all athletes",
    "metrics.Streams": "in streams/",
    "procrastinate.ProcrastinateEvent": "outcomes of jobs",
    "procrastinate.ProcrastinateJob": "queued jobs; deleted three days after they are done",
    "procrastinate.ProcrastinatePeriodicDefer": "periodic jobs; no personal data",
    "procrastinate.ProcrastinateWorker": "processes",
    "sessions.Session": "in page_sessions.json",
}


def test_archive_files_have_rows_and_are_listed_in_the_readme(cast: Cast):
    runner = create_user_with_data(cast)
    files = download(runner.user)
    readme = files["README.txt"].decode()
    tables = [table for source in load_personal_data_sources() for table in source.tables]
    assert len({table.file for table in tables}) == len(tables)
    for table in tables:
        assert table.file in readme
        rows = json.loads(files[table.file])
        assert rows or "made" in table.file or "own_staff" in table.file, table.file
    assert {name.partition("/")[0] for name in files} == {
        "README.txt", "export.json", "page_sessions.json", "streams", "originals", "refused",
        *(table.file for table in tables),
    }  # fmt: skip
    [row] = json.loads(files["account.json"])
    assert (row["id"], row["email"]) == (runner.user.public_id, runner.user.email)
    assert len(json.loads(files["activities.json"])) == 3


def test_archive_of_a_coach_does_not_name_athletes(cast: Cast):
    runner = create_user_with_data(cast)
    PlanInstance.objects.update(assigned_by=cast.hanna)
    files = download(cast.hanna)
    assert (
        len(json.loads(files["made_plans.json"])) == len(json.loads(files["made_plan_instances.json"])) == 1
    )
    assert len(json.loads(download(cast.carl)["made_acknowledgements.json"])) == 1
    assert len(json.loads(download(cast.carl)["made_signal_actions.json"])) == 1
    assert len(json.loads(download(cast.zora)["made_invitations.json"])) == 1
    everything = b"".join(b"".join(download(coach).values()) for coach in (cast.hanna, cast.carl, cast.zora))
    for name in (CANARY, CANARY.lower(), runner.user.public_id, str(runner.user.pk)):
        assert name.encode() not in everything


def test_archive_has_original_files_that_give_the_same_numbers(cast: Cast):
    runner = create_user_with_data(cast)
    before = read_numbers(runner.user)
    files = download(runner.user)
    originals = {name: content for name, content in files.items() if name.startswith("originals/")}
    assert sorted(originals.values()) == sorted([*two_recordings().values(), second_recording()])
    assert {name[-4:] for name in originals} == {".tcx", ".gpx", ".fit"}
    rows = [row for table in ("activities", "recordings") for row in json.loads(files[f"{table}.json"])]
    assert {name.partition("/")[2][:-4] for name in originals} <= {row["id"] for row in rows}
    [second] = [row["id"] for row in rows if row.get("counts") is False]
    assert json.loads(files[f"streams/{second}.json"])["columns"]["heart_rate_bpm"][0] == 120
    delete_account(runner.user, NOON)
    again = create_person("again", "Europe/Madrid")
    Threshold.objects.create(athlete=again.athlete, kind="lthr", value=171.0, valid_from=NOON.date())
    for name, content in originals.items():
        status = 200 if content == second_recording() else 201
        assert upload(ApiClient(again), content, name).status_code == status
    assert read_numbers(again) == before


def read_numbers(user: User) -> list[dict[str, Any]]:
    rows = Activity.objects.filter(athlete=user.pk, source="file").order_by("started_at")
    own = ("id", "athlete_id", "original_id", "created_at", "updated_at")
    return [{name: value for name, value in row.items() if name not in own} for row in rows.values()]


def test_archive_contains_no_secrets_and_no_coach_notes(cast: Cast):
    runner = create_user_with_data(cast)
    files = download(runner.user)
    everything = b"".join(files.values()).decode(errors="replace")
    token = AuthToken.objects.filter(user=runner.user).first()
    assert token
    for secret in (
        COACHS,
        COACHS.lower(),
        runner.phone.token,
        token.digest,
        token.token_key,
        runner.user.password,
    ):
        assert secret not in everything
    others = list(User.objects.exclude(pk=runner.user.pk))
    assert [user.email for user in others if user.email in everything] == []
    assert [user.email for user in others if user.public_id in everything] == []


def test_every_model_is_in_the_archive_or_has_a_reason(db: None):
    in_archive = {
        table.rows(User()).model._meta.label
        for source in load_personal_data_sources()
        for table in source.tables
    }
    everything = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    everything -= {"athletes.Organization"} - in_archive
    assert everything - in_archive - MODELS_WITHOUT_TABLE.keys() == set()
    assert MODELS_WITHOUT_TABLE.keys() - everything == set()


def test_archive_is_streamed_with_about_one_statement_per_file(
    cast: Cast, django_assert_max_num_queries: Any
):
    runner = create_user_with_data(cast)
    tables = sum(len(source.tables) for source in load_personal_data_sources())
    with django_assert_max_num_queries(tables + 28):
        answer: Any = ApiClient(runner.user).get(f"{account_address(runner.user)}/export")
        pieces = list(answer.streaming_content)
    assert len(pieces) < 5
    assert max(map(len, pieces)) < 1_000_000


def test_only_the_user_can_download_and_delete(cast: Cast):
    for user in (cast.hanna, cast.carl, cast.ben, cast.zora):
        assert_error(ApiClient(user).get(f"{account_address(cast.ada)}/export"), 403, "PERMISSION_DENIED")
        assert_error(ApiClient(user).delete(account_address(cast.ada)), 403, "PERMISSION_DENIED")
    assert_error(ApiClient(cast.stella).delete(account_address(cast.ada)), 404, "NOT_FOUND")
    assert User.objects.filter(pk=cast.ada.pk).exists()
