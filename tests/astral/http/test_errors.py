"""Every error status under /api/ has the same shape; outside of /api/ an error is a page."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory

from astral.database import errors as database_errors
from astral.http.middleware.body_limits import BodyLimitMiddleware
from astral.ids import encode, new_id
from metrics.imports.pages.upload import UploadPage
from tests.support.cast import ApiClient, Cast, create_run
from tests.support.error_shape import assert_error

FAULTY = pytest.mark.urls("tests.astral.http.faulty_urls")
STATS = "/api/v1/analytics/fitness_stats"
ACTIVITIES = "/api/v1/activities"
UPLOAD = "/api/v1/activities/upload"


@pytest.fixture
def anonymous() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def reconnected(transactional_db: None) -> Iterator[None]:
    """The test breaks its connection; later tests get a new one."""
    yield
    connection.close()


def test_error_names_its_field(cast: Cast):
    assert_error(ApiClient(cast.ada).get(f"{STATS}?days=１２"), 400, "INVALID", "days")


def test_several_errors_are_all_listed(cast: Cast):
    details = assert_error(ApiClient(cast.ada).get(f"{STATS}?days=0&user_id=me"), 400, "VALIDATION_ERROR")
    assert [(fault["field"], fault["code"]) for fault in details["errors"]] == [
        ("user_id", "MALFORMED_ID"),
        ("days", "MIN_VALUE"),
    ]


def test_sentence_names_three_errors_and_counts_the_rest(cast: Cast):
    few = ApiClient(cast.ada).get(f"{STATS}?days=0&user_id=me").json()["error"]
    assert few == (
        "user_id: This is not an id of the form usr_…; days: Ensure this value is greater than or equal to 1."
    )
    wrong = {"activity_type": "jog", "started_at": "noon", "duration": -1, "distance": -1, "name": 5}
    many = ApiClient(cast.ada).send_json("post", ACTIVITIES, wrong).json()
    assert many["error"].count(";") == 3
    assert many["error"].endswith("; and 2 more.")
    assert len(many["details"]["errors"]) == 5


def test_error_of_a_wrong_choice_lists_the_choices(cast: Cast):
    answer = ApiClient(cast.ada).get(
        "/api/v1/analytics/running_stats?from_timestamp=0&to_timestamp=1&granularity=hourly"
    )
    assert answer.json()["error"] == "granularity: “hourly” is not one of daily, weekly, monthly, yearly."


@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_name_does_not_hide_other_errors(cast: Cast, method: str):
    """In a query string and in a body."""
    if method == "get":
        answer = ApiClient(cast.ada).get("/api/v1/analytics/running_stats?from=0&to_timestamp=soon")
        expected = [("from", "UNKNOWN_FIELD"), ("from_timestamp", "REQUIRED"), ("to_timestamp", "INVALID")]
    else:
        answer = ApiClient(cast.ada).send_json(
            "post", "/api/v1/auth/login", {"mail": "a@b.test", "password": 5}
        )
        expected = [("mail", "UNKNOWN_FIELD"), ("email", "REQUIRED"), ("password", "INVALID")]
    details = assert_error(answer, 400, "VALIDATION_ERROR")
    assert [(fault["field"], fault["code"]) for fault in details["errors"]] == expected
    assert expected[1][0] in details["errors"][0]["message"]


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("day=30", "UNKNOWN_FIELD", "day"),
        ("days=30&days=30", "REPEATED", "days"),
        ("days=", "INVALID", "days"),
        ("days=%00", "INVALID_QUERY", None),
        ("days=%ff", "INVALID_QUERY", None),
        ("days=%ED%A0%80", "INVALID_QUERY", None),
        ("%00=1", "INVALID_QUERY", None),
        ("days=" + "9" * 400, "INVALID", "days"),
    ],
)
def test_invalid_query_string_is_400(cast: Cast, query: str, code: str, field: str | None):
    assert_error(ApiClient(cast.ada).get(f"{STATS}?{query}"), 400, code, field)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "INVALID_JSON"),
        (b'{"name": NaN}', "INVALID_JSON"),
        (b"\xff\xfe", "INVALID_JSON"),
        (b'{"name": "\\ud800"}', "INVALID_JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "INVALID_JSON"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "INVALID_JSON"),
        (b"[]", "INVALID"),
        (b"null", "INVALID"),
        (b'"text"', "INVALID"),
    ],
)
def test_body_that_is_not_a_json_object_is_400(cast: Cast, body: bytes, code: str):
    assert_error(ApiClient(cast.ada).post(ACTIVITIES, body, content_type="application/json"), 400, code)


def test_unknown_host_is_400(anonymous: Client, settings: Any):
    settings.ALLOWED_HOSTS = ["astral.example.org"]
    assert_error(anonymous.get(ACTIVITIES, headers={"Host": "evil.example.org"}), 400, "BAD_REQUEST")


def test_form_without_boundary_is_400(cast: Cast):
    answer = ApiClient(cast.ada).post(UPLOAD, b"--", content_type="multipart/form-data")
    assert_error(answer, 400, "PARSE_ERROR")


@FAULTY
def test_suspicious_request_is_400(anonymous: Client):
    assert_error(anonymous.get("/api/suspicious_page"), 400, "BAD_REQUEST")


def test_anonymous_call_is_401(anonymous: Client, db: None):
    assert_error(anonymous.get(ACTIVITIES), 401, "NOT_AUTHENTICATED")


def test_invisible_and_unknown_athletes_give_the_same_403(cast: Cast):
    foreign, unknown = cast.zoe.public_id, encode("usr", new_id())
    answers = [ApiClient(cast.ada).get(f"{STATS}?user_id={person}") for person in (foreign, unknown)]
    for answer in answers:
        assert_error(answer, 403, "PERMISSION_DENIED")
    assert answers[0].content == answers[1].content


def test_unknown_athlete_is_404_for_staff(cast: Cast):
    assert_error(ApiClient(cast.stella).get(f"{STATS}?user_id={encode('usr', new_id())}"), 404, "NOT_FOUND")


def test_visible_athlete_without_data_is_404_no_data(cast: Cast):
    assert_error(ApiClient(cast.ada).get(STATS), 404, "NO_DATA")


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v3/activities",
        f"{ACTIVITIES}/",
        "/api//v1/activities",
        "/api/%00",
    ],
)
def test_unknown_api_path_is_404(anonymous: Client, path: str):
    assert_error(anonymous.get(path), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("put", ACTIVITIES),
        ("delete", ACTIVITIES),
        ("options", ACTIVITIES),
        ("trace", ACTIVITIES),
        ("get", UPLOAD),
        ("post", STATS),
        ("get", "/api/v1/auth/login"),
        ("post", "/api/schema"),
        ("post", "/api/docs"),
    ],
)
def test_wrong_method_is_405(cast: Cast, method: str, path: str):
    answer = getattr(ApiClient(cast.ada), method)(path)
    assert_error(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/api/schema", "/api/docs"])
def test_documentation_refuses_unknown_parameters(anonymous: Client, db: None, path: str):
    assert_error(anonymous.get(f"{path}?color=red"), 400, "UNKNOWN_FIELD", "color")


def test_too_large_json_body_is_413(cast: Cast):
    body = b'{"name": "' + b"a" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    assert_error(
        ApiClient(cast.ada).post(ACTIVITIES, body, content_type="application/json"), 413, "TOO_LARGE"
    )


def test_file_larger_than_25_mb_is_413(cast: Cast):
    file = io.BytesIO(bytes(settings.UPLOAD_MAX_BYTES + 1))
    file.name = "long.fit"
    assert_error(ApiClient(cast.ada).post(UPLOAD, {"file": file}), 413, "FILE_TOO_LARGE", "file")


def test_form_with_too_large_content_length_is_413(cast: Cast):
    form = "multipart/form-data; boundary=x"
    answer = ApiClient(cast.ada).post(UPLOAD, b"--x--", content_type=form, CONTENT_LENGTH="3000000000")
    assert_error(answer, 413, "TOO_LARGE")


@pytest.mark.parametrize("path", ["/sign-in", "/settings", "/admin/login/", "/nowhere-to-post"])
def test_form_of_a_page_without_files_is_refused_before_it_is_read(db: None, path: str):
    answer = Client().post(
        path, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="240000000"
    )
    assert answer.status_code == (404 if "nowhere" in path else 413)


def test_large_form_of_somebody_who_is_not_signed_in_is_refused_before_it_is_read(db: None):
    form = "multipart/form-data; boundary=x"
    assert Client().post("/upload", b"--x--", content_type=form, CONTENT_LENGTH="1000001").status_code == 413


@pytest.mark.parametrize(("extra", "refused"), [(0, False), (1, True)])
def test_upload_page_takes_the_largest_import(cast: Cast, rf: RequestFactory, extra: int, refused: bool):
    length = str(UploadPage.max_form_bytes + extra)
    request = rf.post("/upload", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=length)
    request.user = cast.ada
    answer = BodyLimitMiddleware(lambda request: HttpResponse()).process_view(request, UploadPage.as_view())
    assert (answer is not None) == refused
    if isinstance(answer, HttpResponse):
        assert answer.status_code == 413
        assert "Send fewer files at once." in answer.content.decode()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json2", ""])
def test_body_of_another_type_is_415(cast: Cast, kind: str):
    for path, taken in ((ACTIVITIES, "application/json"), (UPLOAD, "multipart/form-data")):
        answer = ApiClient(cast.ada).post(path, b'{"name": "x"}', content_type=kind)
        assert_error(answer, 415, "UNSUPPORTED_MEDIA_TYPE")
        assert taken in answer.json()["error"]


def test_too_many_sign_in_attempts_are_429(anonymous: Client, db: None):
    wrong = {"email": "ada@example.test", "password": "a guess"}
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = anonymous.post("/api/v1/auth/login", wrong, content_type="application/json")
    assert_error(answer, 429, "TOO_MANY_ATTEMPTS")


@FAULTY
@pytest.mark.parametrize("path", ["/api/broken", "/api/broken_page"])
def test_view_that_raises_is_500_without_details(anonymous: Client, path: str):
    answer = anonymous.get(path)
    assert_error(answer, 500, "SERVER_ERROR")
    assert b"secret" not in answer.content
    assert b"ZeroDivision" not in answer.content


@FAULTY
@pytest.mark.parametrize("path", ["/api/severed", "/api/severed_page"])
def test_lost_database_connection_is_503(anonymous: Client, reconnected: None, path: str):
    assert_error(anonymous.get(path), 503, "UNAVAILABLE")


@FAULTY
@pytest.mark.parametrize("path", ["/api/disk_full", "/api/disk_full_page", "/disk_full_page"])
def test_full_disk_is_503_and_in_the_log_and_in_healthz(
    anonymous: Client, db: None, path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(database_errors, "_disk_full_until", 0.0)
    with transaction.atomic():
        answer = anonymous.get(path)
        transaction.set_rollback(True)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert b"The server has no room to store this; try again later." in answer.content
    lines: list[Any] = [record.msg for record in caplog.records]
    assert [line["sqlstate"] for line in lines if "sqlstate" in line] == ["53100"]
    health = anonymous.get("/healthz")
    assert (health.status_code, health.json()["status"], health.json()["database"]) == (503, "down", "full")
    monkeypatch.setattr(database_errors, "_disk_full_until", time.monotonic())
    assert anonymous.get("/healthz").json()["database"] == "ok"


@FAULTY
def test_errors_outside_of_the_api_are_pages(anonymous: Client, reconnected: None):
    for path, status in (
        ("/nowhere", 404),
        ("/broken_page", 500),
        ("/suspicious_page", 400),
        ("/severed_page", 503),
    ):
        answer = anonymous.get(path)
        assert answer.status_code == status
        assert answer.headers["Content-Type"].startswith("text/")
        assert b"secret" not in answer.content


def test_refused_change_changes_nothing(cast: Cast):
    activity = create_run(cast.ada)
    path = f"{ACTIVITIES}/{activity.public_id}"
    assert_error(
        ApiClient(cast.ada).send_json("patch", path, {"name": "New", "distance": -1}),
        400,
        "MIN_VALUE",
        "distance",
    )
    activity.refresh_from_db()
    assert activity.name == ""


def test_body_without_length_is_411(cast: Cast):
    """Django does not read a chunked body: a change would give 200 and be lost."""
    headers = {"Transfer-Encoding": "chunked"}
    answer = ApiClient(cast.ada).patch(f"/api/v1/athletes/{cast.ada.public_id}", b"", headers=headers)
    assert_error(answer, 411, "LENGTH_REQUIRED")


@pytest.mark.parametrize("depth", [700, 990, 1_020, 2_000])
def test_deeply_nested_body_is_400(db: None, depth: int):
    nested = b'{"email":' + b"[" * depth + b"]" * depth + b',"password":"x"}'
    assert ApiClient().post("/api/v1/auth/login", nested, content_type="application/json").status_code == 400


@pytest.mark.parametrize("value", ["%", "%s", "%25", "100%"])
def test_percent_sign_in_a_filter_is_400(cast: Cast, value: str):
    assert ApiClient(cast.ada).get("/api/v1/activities", {"source": value}).status_code == 400


def test_response_lists_at_most_100_unknown_names_of_an_object(db: None):
    answer = Client().post("/api/v1/auth/login", dict.fromkeys(map(str, range(2_000)), 1), "application/json")
    fields = [fault["field"] for fault in answer.json()["details"]["errors"]]
    assert fields[:100] == [*map(str, range(100))]
    assert {"email", "password"} == set(fields[100:])
