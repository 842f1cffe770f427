"""The authorization matrix: makes one call for each endpoint × method × persona × owner and checks it.

A new endpoint needs a row in its policy table. If a call without parameters is 400, it also needs a line in
`REQUEST_DATA`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from astral.http.middleware.private_answers import VARY
from athletes.access.policy import PolicyRow
from athletes.access.policy_document import PolicyEndpoint
from metrics.files.xml.writer import encode_gpx
from tests.athletes.access.expected_access import (
    ENDPOINTS_WITH_ORG_ID,
    UNNAMED,
    Owner,
    compute_expected_status,
    is_withheld,
    list_owners,
    list_visible_names,
    narrow_row,
)
from tests.athletes.access.expected_looks import find_missing_looks
from tests.athletes.access.world import (
    API_KEYS,
    CALENDAR_SECRET,
    PERSONAS,
    PLANNED_PREFIXES,
    YESTERDAY,
    World,
)
from tests.support.compare_pages import remove_form_token
from tests.support.recordings import build_steady_run

CANARY_PATTERN = re.compile(rb"canary-([a-z]+(?:-[a-z_]+)?)")
PUBLIC_ENDPOINTS = {
    "healthz",
    "schema",
    "docs",
    "auth-login",
    "auth-login-second-factor",
    "second-factor-page",
    "passkey-options-page",
    "passkey-sign-in-page",
    "home-page",
    "sign-in-page",
    "forgot-password-page",
    "calendar-file-page",
    "unsubscribe-page",
}  # the same answer for everybody
CACHED_ENDPOINTS = {
    "fitness-stats", "running-stats", "activity-stats", "health-metrics",
    "athlete-profile", "coach-athletes-metrics",
    "athlete-performance", "athlete-durability", "athlete-compare", "organization-compare",
}  # fmt: skip  # endpoints with cached answers
DAY = YESTERDAY.date().isoformat()
MANUAL_ACTIVITY = {"activity_type": "run", "started_at": "2026-06-10T06:00:00Z", "duration": 60}
REQUEST_DATA: dict[str, dict[str, Any]] = {
    "GET running-stats": {
        "from_timestamp": int(YESTERDAY.timestamp()) - 86_400,
        "to_timestamp": int(YESTERDAY.timestamp()) + 60,
    },
    "GET activity-stats": {"start_date": DAY, "end_date": DAY},
    "GET health-metrics": {"start_date": DAY, "end_date": DAY},
    "POST activities": MANUAL_ACTIVITY,
    "POST mcp": {"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
    "PATCH activity": {"name": "x"},
    "PATCH import": {"activity_type_if_unknown": "run"},
    "PATCH athlete": {"lthr": 165},
    "PUT health-days": {"days": [{"date": DAY, "source": "x", "resting_heart_rate": 50}]},
    "POST organizations": {"name": "x"},
    "PATCH organization": {"name": "x"},
    "PATCH organization-member": {"notes": "x"},
    "POST organization-groups": {"name": "x"},
    "PATCH organization-group": {"name": "x"},
    "POST organization-invite": {"email": "x@example.test"},
    "POST organization-keys": {"name": "x", "scopes": ["read"]},
    "POST organization-webhooks": {"url": "https://x.example.org/", "events": ["import.done"]},
    "PATCH organization-webhook": {"is_enabled": False},
    "POST webhooks-page": {"url": "https://x.example.org/", "import_done": "on"},
    "POST club-webhooks-page": {"url": "https://x.example.org/", "import_done": "on"},
    "POST webhook-page": {"do": "disable"},
    "POST club-webhook-page": {"do": "disable"},
    "POST webhooks": {"url": "https://x.example.org/", "events": ["import.done"]},
    "PATCH webhook": {"is_enabled": False},
    "PATCH notice-settings": {"comment": False},
    "POST notice-settings-page": {"comment": "on"},
    "PUT organization-consent": {"activities": True, "health": True, "goals_and_plans": False},
    "POST invitation-accept": {"token": "x"},
    "POST invitation-page": {"token": "x"},
    "POST join-email-page": {"token": "x"},
    "POST roster-views": {"name": "x", "columns": ["week"]},
    "POST roster-view-save-page": {"name": "x", "columns": ["week"]},
    "POST roster-view-delete-page": {"name": "x"},
    "POST races": {"race_name": "x", "race_date": DAY, "distance": 5_000},
    "PATCH race": {"priority": "B"},
    "POST absences": {"kind": "ill", "from_date": DAY},
    "PATCH absence": {"kind": "injured"},
    "GET calendar": {"from": DAY, "to": DAY},
    "POST calendar-sessions": {"date": DAY, "target_duration": 60},
    "PATCH calendar-session": {"title": "x", "version": 1},
    "POST calendar-session-skip": {"version": 1},
    "POST calendar-session-unskip": {"version": 1},
    "POST calendar-session-move": {"date": DAY, "version": 1},
    "POST calendar-shift": {"from": DAY, "days": 1},
    "POST calendar-copy-week": {"from": "2026-06-01", "to": "2026-06-08"},
    "POST training-plans": {"name": "x", "weeks": [{"week": 1, "days": []}]},
    "PATCH training-plan": {"name": "x"},
    "POST training-plan-duplicate": {"name": "x"},
    "POST plans-page": {"name": "x", "weeks": "1"},
    "POST plan-give-page": {"plan_id": "plan_01h00000000000000000000000", "to": "x", "when": "start"},
    "POST plan-archive-page": {"archived": "1"},
    "POST plan-details-page": {"name": "x", "version": "1"},
    "POST plan-apply-page": {"version": "1", "revision_version": "1", "apply_to": "none"},
    "POST plan-entries-page": {"week": "1", "version": "1", "day1": "60 min easy"},
    "GET plan-entries-page": {"week": "1", "day1": "60 min easy"},
    "POST plan-weeks-page": {"do": "add", "version": "1"},
    "POST plan-session-page": {
        "week": "1",
        "weekday": "1",
        "sport": "run",
        "duration": "60 min",
        "version": "1",
    },
    "POST plan-session-remove-page": {"session_id": "ses_01h00000000000000000000000", "version": "1"},
    "POST plan-instances": {"start_date": DAY},
    "PATCH plan-instance": {"status": "cancelled"},
    "POST signal-acknowledge": {"days": 3},
    "POST signals-acknowledge": {"days": 3},
    "POST activity-comments": {"text": "x"},
    "POST day-comments": {"text": "x"},
    "POST session-comments": {"text": "x"},
    "PATCH comment": {"text": "x"},
    "POST comment-page": {"text": "x"},
    "POST activity-comments-page": {"text": "x"},
    "POST day-comments-page": {"text": "x"},
    "POST session-comments-page": {"text": "x"},
    "POST activity-felt-page": {"feel": "4"},
    "POST activity-page": {"name": "x", "activity_type": "run", "perceived_effort": ""},
    "POST enter-activity-page": {"activity_type": "run", "start_date": DAY, "minutes": "50"},
    "POST health-day-page": {"mood": "4"},
    "POST import-sport-page": {"activity_type": "run"},
    "POST groups-page": {"name": "x"},
    "POST group-page": {"name": "x"},
    "POST group-plan-end-page": {"start_date": DAY},
    "POST group-plan-resume-page": {"start_date": DAY},
    "POST group-plan-add-page": {"start_date": DAY},
    "POST settings-page": {"display_name": "x", "timezone": "UTC", "unit_system": "metric"},
    "POST email-page": {"email": "x@example.test"},
    "POST password-page": {"password": "x"},
    "POST acknowledge-page": {"days": 3},
    "POST acknowledge-all-page": {"days": 3, "shown": "PROFILE_INCOMPLETE.info"},
    "POST take-back-all-page": {"codes": "PROFILE_INCOMPLETE"},
    "POST athlete-notes-page": {"notes": "x"},
    "POST athlete-plans-page": {"start_date": DAY},
    "POST athlete-plan-again-page": {"start_date": DAY},
    "POST session-add-page": {"date": DAY, "duration": "30 min", "sport": "run"},
    "POST session-page": {"version": "1", "title": "x"},
    "POST session-move-page": {"version": "1", "date": DAY},
    "POST session-copy-page": {"version": "1", "date": DAY},
    "POST session-skip-page": {"version": "1"},
    "POST session-unskip-page": {"version": "1"},
    "POST session-delete-page": {"version": "1"},
    "POST calendar-shift-page": {"first_day": DAY, "days": "1"},
    "POST calendar-copy-week-page": {"from_week": "2026-06-01", "to_week": "2026-06-08"},
    "POST move-hard-session-page": {"date": DAY},
    "POST selection-coach-page": {"do": "add"},
    "POST selection-group-page": {"do": "add"},
    "POST selection-label-page": {"do": "add"},
    "POST consent-page": {"activities": "on"},
    "POST races-page": {"race_name": "x", "race_date": DAY, "over": "5000"},
    "POST race-page": {"race_name": "x", "race_date": DAY, "over": "5000"},
    "POST absences-page": {"kind": "ill", "from_date": DAY},
    "POST absence-page": {"kind": "ill", "from_date": DAY},
    "POST leave-page": {"sure": "on"},
    "POST athlete-thresholds-page": {"lthr": "165"},
    "POST thresholds-page": {"lthr": "165"},
    "POST app-page": {"code": "123456"},
    "POST passkey-page": {"name": "x", "credential": "{}"},
    "POST factor-removal-page": {"factor_id": "1"},
    "POST support-consent-page": {"do": "end"},
    "POST browser-end-page": {"browser_id": "1"},
    "POST token-end-page": {"token_key": "x"},
}
BODIES_WITH_ACTIVITY_ID = {("PUT", "plan-instance-activity"), ("POST", "activity-recordings")}
BODIES_WITH_PLAN_ID = {
    ("plan-instances", "POST"),
    ("athlete-plans-page", "POST"),
    ("athlete-plan-again-page", "POST"),
    ("group-plan-end-page", "POST"),
    ("group-plan-resume-page", "POST"),
    ("group-plan-add-page", "POST"),
}
SIGN_OUT_ENDPOINTS = {"sign-out-page", "sign-out-everywhere-page"}
KEY_ERROR_CODES = {"USER_REQUIRED"}  # a key has no athlete of its own
EXPECTED_ERROR_CODES = {
    "HEAD_COACH",
    "INVITATION_INVALID",
    "REQUIRED",
    "VALIDATION_ERROR",
    "NOT_SIGNALLED",
    "NO_COACH",
    "NOT_A_MEMBER",
    "PLAN_ASSIGNED",
    "SAME_ACTIVITY",
    "ARCHIVE_GONE",
    "NOT_PROPOSED",
}
WITHHELD_MESSAGE = "This person does not share this with you."
GPX_FILE = encode_gpx(build_steady_run(duration_s=60))


def find_wrong_cells(world: World, endpoint: PolicyEndpoint, method: str, row: PolicyRow) -> Iterator[str]:
    """Yield a description of each answer that does not match `row`."""
    refusals: dict[str, set[bytes]] = {}
    narrowed = narrow_row(endpoint.name, method, row)
    savepoint = transaction.savepoint()
    for cache_state in ("cold", "warm")[: 2 if endpoint.name in CACHED_ENDPOINTS else 1]:
        for persona in PERSONAS:
            for owner in list_owners(endpoint, row, persona):
                with _roll_back_to(savepoint):
                    answer = call_endpoint(world, endpoint, method, persona, owner)
                cell, content = f"{cache_state} {persona} {owner}", answer.content
                for missing in find_missing_looks(world, row, persona, owner, method, answer):
                    yield f"{cell} {missing}"
                for name in {
                    canary.decode() for canary in CANARY_PATTERN.findall(content)
                } - list_visible_names(persona):
                    yield f"{cell} shows {name}"
                if problem := _find_problem(
                    answer, compute_expected_status(endpoint, method, row, persona, owner), endpoint, persona
                ):
                    yield f"{cell}: {problem}"
                if not is_private(answer, ("Cookie",) if endpoint.is_page else VARY):
                    yield f"{cell}: a cache on the way may keep it"
                if answer.status_code == 403:
                    withheld = WITHHELD_MESSAGE.encode() in content
                    if withheld != is_withheld(persona, narrowed, owner.person):
                        yield f"{cell}: gives the wrong reason"
                    refusals.setdefault(persona, set()).update(
                        () if withheld else [remove_form_token(content)]
                    )
    if any(len(bodies) > 1 for bodies in refusals.values()):
        yield "answers for foreign and missing things differ"


@contextmanager
def _roll_back_to(savepoint: str) -> Iterator[None]:
    """Roll back at the end. The savepoint stays: a new one for each call takes two statements more."""
    try:
        yield
    finally:
        transaction.savepoint_rollback(savepoint)
        transaction.set_rollback(False)


def is_private(answer: Any, credentials: Iterable[str]) -> bool:
    """Whether no shared cache may keep this answer for somebody else."""
    control, vary = answer.headers.get("Cache-Control", ""), answer.headers.get("Vary", "")
    return "private" in control and all(name in vary for name in credentials)


def _find_problem(answer: Any, status: int, endpoint: PolicyEndpoint, persona: str) -> str | None:
    """Describe what is wrong with an answer, or None.

    A permitted call that is impossible at the moment is 400 with a reason in `EXPECTED_ERROR_CODES`.
    """
    if status in (401, 403, 404):
        return None if answer.status_code == status else f"{answer.status_code} instead of {status}"
    if endpoint.is_page:
        is_sign_in_redirect = answer.status_code == 302 and answer.headers["Location"].startswith(
            reverse("sign-in-page")
        )
        is_right = is_sign_in_redirect == (
            status == 302 or endpoint.name in SIGN_OUT_ENDPOINTS
        ) and answer.status_code in (200, 302)
        return None if is_right else f"{answer.status_code} instead of {status}"
    if answer.status_code < 300:
        return None
    reason = answer.json()["details"]["code"]
    is_possible = reason in EXPECTED_ERROR_CODES or (persona in API_KEYS and reason in KEY_ERROR_CODES)
    return None if is_possible else f"{answer.status_code} {reason} instead of an answer"


def call_endpoint(world: World, endpoint: PolicyEndpoint, method: str, persona: str, owner: Owner) -> Any:
    path, data = build_request_data(world, endpoint, method, owner)
    return send_request(world, endpoint, method, persona, path, data)


@cache
def build_names(world: World, owner: Owner) -> dict[str, str]:
    """The ids for addresses and bodies. They do not change while the world exists."""
    return {
        "user_id": world.user_id(owner.person),
        "activity_id": world.activity_id(owner.person),
        "recording_id": world.recording_id(owner.person),
        "import_id": world.import_id(owner.person),
        "comment_id": world.comment_id(owner.person),
        "org_id": world.club_id(owner.club),
        **{
            kind: world.thing_id(kind, owner.thing)
            for kind in ("group_id", "invitation_id", "key_id", "plan_id")
        },
        **{kind: world.planned_id(kind, owner.person) for kind in PLANNED_PREFIXES},
        **world.webhook_ids(owner.thing or owner.person),
        "notice_id": world.notice_id(owner.person),
        "session_id": world.plan_of(owner.person).sessions.get().public_id,
        "code": "PROFILE_INCOMPLETE",
        "view_name": "x",
        "date": DAY,
        "secret": CALENDAR_SECRET,
        "token": "x",
        "plan": world.plan_of(owner.person).public_id,
    }


def build_request_data(
    world: World, endpoint: PolicyEndpoint, method: str, owner: Owner
) -> tuple[str, dict[str, Any]]:
    """The address, and a valid query or body."""
    ids = build_names(world, owner)
    path = endpoint.address.format(**ids)
    if "/bin" in endpoint.address:
        path = endpoint.address.format(**ids | {"activity_id": world.deleted_id(owner.person)})
    if endpoint.name.startswith(("calendar-session", "session-")):
        path = endpoint.address.format(**ids | {"session_id": ids["calendar_session_id"]})
    data = dict(REQUEST_DATA.get(f"{method} {endpoint.name}", {}))
    if endpoint.name == "organization-hand-over":
        data["user_id"] = world.user_id("zack" if owner.club == "hill" else "carl")
    elif endpoint.name == "organization-compare":
        names = ("zoe", "cora") if owner.club == "hill" else ("ada", "ben")
        data["athletes"] = ",".join(map(world.user_id, names))
    elif endpoint.name in ENDPOINTS_WITH_ORG_ID:
        data["org_id"] = ids["org_id"]
    elif (method, endpoint.name) in BODIES_WITH_ACTIVITY_ID:
        data["activity_id"] = ids["activity_id"]
    elif owner.person != UNNAMED and "{" not in endpoint.address:
        data["athlete" if endpoint.is_page else "user_id"] = ids["user_id"]
    if (endpoint.name, method) in BODIES_WITH_PLAN_ID:
        data["plan_id"] = ids["plan"]
    return path, data


def send_request(
    world: World, endpoint: PolicyEndpoint, method: str, persona: str, path: str, data: dict[str, Any]
) -> Any:
    if endpoint.is_page:
        return _read_answer(_submit_to_page(world.create_browser(persona), method, path, data))
    return _read_answer(
        _send_to_api(
            world.clients[persona],
            method,
            path,
            data,
            upload=endpoint.name in ("activities-upload", "imports"),
        )
    )


def _read_answer(answer: Any) -> Any:
    """Read a streamed answer before the rollback; unpack an archive."""
    if not answer.streaming:
        return answer
    content = b"".join(answer.streaming_content)
    headers = {name: answer.headers.get(name, "") for name in ("Cache-Control", "Vary")}
    if not answer.headers["Content-Type"].startswith("text/csv"):
        with ZipFile(BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    return HttpResponse(content, status=answer.status_code, headers=headers)


def _send_to_api(client: Client, method: str, path: str, data: dict[str, Any], *, upload: bool) -> Any:
    if method == "GET":
        return client.get(path, data)
    if upload:
        return client.post(path, data | {"file": SimpleUploadedFile("run.gpx", GPX_FILE)})
    return client.generic(method, path, json.dumps(data) if data else "", "application/json")


def _submit_to_page(browser: Client, method: str, path: str, data: dict[str, Any]) -> Any:
    """Submit like a browser: org_id is part of the address, also for forms."""
    if method == "GET":
        return browser.get(path, data)
    if path == reverse("upload-page"):
        return browser.post(path, {"files": SimpleUploadedFile("run.gpx", GPX_FILE)}, query_params=data)
    address = {name: data.pop(name) for name in ("org_id",) if name in data}
    return browser.post(path, data, query_params=address)
