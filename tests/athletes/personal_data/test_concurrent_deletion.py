"""Account deletion during concurrent work neither fails nor keeps data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client

from athletes.models import User
from athletes.organizations.invitations import InvitationOffer, create_invitation
from athletes.personal_data.account_deletion import delete_account
from athletes.personal_data.archive import PersonalDataSource, load_personal_data_sources
from coaching.assessments.current import current_assessments
from coaching.models import (
    Assessment,
)
from metrics.activities.ingest import Upload, ingest_file
from metrics.files.xml.writer import encode_tcx
from metrics.models import Activity, OriginalFile, Snapshot
from metrics.snapshots.current import current_snapshots
from tests.athletes.personal_data.personal_data_fixtures import (
    LATER,
    upload,
)
from tests.support.cast import (
    NOON,
    PASSWORD,
    ApiClient,
    create_run,
    make_cast,
)
from tests.support.recordings import build_steady_run


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


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
