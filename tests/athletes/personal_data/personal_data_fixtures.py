"""A user with personal data in every table, and helpers to download and delete it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client

from athletes.accounts.acting.support import change_support_consent
from athletes.accounts.email_links.verified_addresses import verify_address
from athletes.events.kinds import EventKind
from athletes.events.outbox import record_event
from athletes.models import AccessLogEntry, ActingSession, Group, Threshold, User
from athletes.models.notices import NoticeKind
from athletes.notices.switches import change_switches
from athletes.notices.writing import NewNotice, tell_people
from athletes.organizations.consent import change_consent
from athletes.organizations.invitations import InvitationOffer, create_invitation
from athletes.webhooks.changes import WebhookOwner, create_webhook
from coaching.assessments.current import current_assessments
from coaching.calendar.feed.addresses import make_feed
from coaching.models import (
    Absence,
    Acknowledgement,
    CalendarChange,
    CalendarSession,
    Comment,
    CommentRead,
    InsightWording,
    Plan,
    PlanInstance,
    PlanLink,
    PlanSession,
    Race,
    RosterView,
    SignalAction,
    SignalEpisode,
)
from coaching.plans.filling import fill_calendars
from metrics.activities.changes import delete_activity
from metrics.activities.recordings.merge import merge_activities
from metrics.files.xml.writer import encode_fit, encode_gpx, encode_tcx
from metrics.models import (
    Activity,
    BinActivity,
    HealthDay,
    Import,
    ImportedActivity,
    ImportedDay,
    MeasurementState,
    Remeasuring,
)
from metrics.remeasurement.tasks import queue_remeasure
from metrics.snapshots.current import current_snapshots
from tests.support.cast import (
    NOON,
    PASSWORD,
    ApiClient,
    Cast,
    create_member,
    create_person,
    create_run,
)
from tests.support.recordings import MORNING, build_steady_run
from tests.support.second_factor import give_app

LATER = NOON + timedelta(days=9)


CANARY = "Zwitscherling"


COACHS = "Kolibri"  # in the coaches' notes about her, which the download must not contain


UPLOAD = "/api/v1/activities/upload"


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


TITLE = f"<trk><name>{CANARY} along the quay</name>".encode()


def two_recordings() -> dict[str, bytes]:
    morning = build_steady_run(MORNING, duration_s=600)
    evening = build_steady_run(MORNING + timedelta(hours=9), duration_s=900)
    return {
        f"{CANARY}.tcx": encode_tcx(morning),
        f"{CANARY}.gpx": encode_gpx(evening).replace(b"<trk>", TITLE),
    }


def second_recording() -> bytes:
    """The morning's run, recorded by another device."""
    return encode_fit(build_steady_run(MORNING, duration_s=600))


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
    verify_address(user)
    give_app(user, NOON)
    membership = create_member(
        user, cast.harbour, assigned_coach=cast.carl, notes=COACHS, labels=[COACHS.lower()], level=COACHS
    )
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(membership)
    for name, content in two_recordings().items():
        assert upload(phone, content, name).status_code == 201
    assert upload(phone, second_recording(), f"{CANARY}.fit").status_code == 200
    assert upload(phone, f"<gpx>{CANARY}".encode(), f"{CANARY}-broken.gpx").status_code == 400
    _create_records(user)
    _create_import_rows(user)
    _create_plan_rows(cast, user)
    _create_comments(cast, user)
    change_consent(user.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    change_consent(user.athlete, cast.harbour, {"goals_and_plans": True}, NOON)
    create_invitation(cast.hill, InvitationOffer("athlete", LATER, email=user.email), cast.zora, NOON)
    Client().post("/api/v1/auth/login", {"email": user.email, "password": "wrong"}, "application/json")
    create_webhook(WebhookOwner(user), {"url": f"https://{CANARY}.example/", "events": ["import.done"]})
    import_id = Import.objects.get(athlete=user.athlete).pk
    record_event(EventKind.IMPORT_DONE, user.pk, import_id)
    told = NewNotice(NoticeKind.IMPORT, user.pk, import_id, ())
    tell_people([(user.pk, told), (cast.carl.pk, told)], NOON)
    change_switches(user.pk, {NoticeKind.IMPORT: False}, NOON)
    queue_remeasure(user.pk, None)
    Remeasuring.objects.create(scope="everybody", reached=user.pk)
    MeasurementState.objects.create(athlete=user.athlete, formula=1, changed=2)
    _create_staff_log(cast, user)
    RosterView.objects.create(owner=user, name=CANARY, columns=["resting_hr"])
    change_support_consent(user.athlete, True, NOON)
    ActingSession.objects.create(
        person=user, staff=cast.stella, reason=f"{CANARY} asked", started_at=NOON, until=LATER
    )
    AccessLogEntry.objects.create(
        viewed_at=NOON, viewer_kind="person", viewer=cast.carl.pk, athlete_ids=[user.pk],
        categories=["health"], door="page", is_refused=False, looks=1,
    )  # fmt: skip
    current_snapshots([user.pk], NOON)
    current_assessments([user.pk], NOON)
    return UserWithData(cast, user, phone, browser)


def _create_import_rows(user: User) -> None:
    """What the files of an import brought. Here it is the refused one."""
    file = Import.objects.get(athlete=user.athlete).files.get()
    activity = Activity.objects.filter(athlete=user.athlete).earliest("started_at")
    common = {"athlete": user.athlete, "file": file}
    ImportedActivity.objects.create(
        activity_id=activity.pk, outcome="stored", described={"name": CANARY}, **common
    )
    ImportedDay.objects.create(date=NOON.date(), source=CANARY.lower(), after={}, **common)


def _create_records(user: User) -> None:
    create_run(user, NOON - timedelta(days=3), name=f"{CANARY} by hand", device=f"{CANARY} One")
    deleted = create_run(user, NOON - timedelta(days=5), name=f"{CANARY} deleted")
    merge_activities(deleted, create_run(user, NOON - timedelta(days=5), device=f"{CANARY} Two"))
    delete_activity(deleted, BinActivity.DeletedBy.ATHLETE, NOON)
    HealthDay.objects.create(athlete=user.athlete, date=NOON.date(), source=CANARY.lower(), hrv_rmssd_ms=61.0)
    Threshold.objects.create(athlete=user.athlete, kind="lthr", value=171.0, valid_from=NOON.date())
    Absence.objects.create(athlete=user.athlete, kind="ill", first_day=NOON.date())
    Race.objects.create(athlete=user.athlete, name=f"{CANARY} Mile", date=LATER.date(), distance_m=1609)


def first_activity(user: User) -> Activity:
    return Activity.objects.filter(athlete=user.pk).earliest("started_at")


def _create_plan_rows(cast: Cast, user: User) -> None:
    plan = Plan.objects.create(organization=cast.harbour, name="Mile", total_weeks=1, created_by=cast.hanna)
    PlanSession.objects.create(plan=plan, week=1, weekday=7, duration_s=600)
    instance = PlanInstance.objects.create(athlete=user.athlete, plan=plan, start_date=NOON.date())
    (session,) = fill_calendars(plan, [instance])
    CalendarChange.objects.create(
        athlete=user.athlete, kind="shift", author=cast.hanna, reason=CANARY, made_at=NOON
    )
    make_feed(user.athlete, NOON, f"{CANARY}-secret")
    activity = first_activity(user)
    PlanLink.objects.create(athlete=user.athlete, session=session, activity=activity)
    InsightWording.objects.create(athlete=user.athlete, digest="x", text=CANARY, model="x", created_at=NOON)
    Acknowledgement.objects.create(
        athlete=user.athlete, organization=cast.harbour, coach=cast.carl,
        code="INACTIVITY", severity="warning", since=NOON.date(), until=NOON.date(),
    )  # fmt: skip
    SignalAction.objects.create(
        athlete=user.athlete, organization=cast.harbour, coach=cast.carl, code="INACTIVITY",
        kind=SignalAction.Kind.ACKNOWLEDGED, day=NOON.date(), until=NOON.date(), created_at=NOON,
    )  # fmt: skip
    SignalEpisode.objects.create(
        athlete=user.athlete, code="INACTIVITY", worst_severity="warning", raised_on=NOON.date()
    )


def _create_comments(cast: Cast, user: User) -> None:
    """She writes and reads; she writes to Ben, too, whose activity is in the bin now."""
    common: dict[str, Any] = {"author": user, "text": CANARY, "created_at": NOON}
    Comment.objects.create(athlete=user.athlete, activity=first_activity(user), **common)
    session = CalendarSession.objects.filter(athlete=user.athlete).earliest("day")
    Comment.objects.create(athlete=user.athlete, session=session, **common)
    of_coach = Comment.objects.create(
        athlete=user.athlete, day=NOON.date(), author=cast.carl, text="Rest", created_at=NOON
    )
    CommentRead.objects.create(comment=of_coach, reader=user, read_at=NOON)
    Comment.objects.create(athlete=cast.ben.athlete, day=NOON.date(), **common)
    in_bin = create_run(cast.ben, NOON - timedelta(days=4))
    Comment.objects.create(athlete=cast.ben.athlete, activity=in_bin, **common)
    delete_activity(in_bin, BinActivity.DeletedBy.ATHLETE, NOON)


def _create_staff_log(cast: Cast, user: User) -> None:
    """Log entries about the user, one of her rows, a deleted row, and a membership that names her."""
    entries: list[tuple[Model, str]] = [
        (user, ""),
        (first_activity(user), ""),
        (cast.harbour, str(user.memberships.get())),
    ]
    for row, message in entries:
        LogEntry.objects.log_actions(cast.stella.pk, [row], 2, message, single_object=True)
    deleted_run = create_run(user, NOON - timedelta(days=30), name=f"{CANARY} in May")
    LogEntry.objects.log_actions(cast.stella.pk, [deleted_run], 3, single_object=True)
    deleted_run.delete()
