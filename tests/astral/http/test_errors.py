"""Every status under /api/ in the one shape, each provoked for real; outside /api/ a page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from astral.ids import encode, new_id
from tests.support.cast import ApiClient, Cast, create_run
from tests.support.error_shape import assert_error

FAULTY = pytest.mark.urls("tests.astral.http.faulty_urls")
STATS = "/api/v1/analytics/fitness_stats"
ACTIVITIES = "/api/v1/activities"
UPLOAD = "/api/v1/activities/upload"


@pytest.fixture
def stranger() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def reconnected(transactional_db: None) -> Iterator[None]:
    """The test ends its own connection; the next one gets a new one."""
    yield
    connection.close()


def test_one_fault_is_named_with_its_field(cast: Cast):
    assert_error(ApiClient(cast.ada).get(f"{STATS}?days=１２"), 400, "INVALID", "days")


def test_several_faults_are_all_named(cast: Cast):
    details = assert_error(ApiClient(cast.ada).get(f"{STATS}?days=0&user_id=me"), 400, "VALIDATION_ERROR")
    assert [(fault["field"], fault["code"]) for fault in details["errors"]] == [
        ("user_id", "MALFORMED_ID"),
        ("days", "MIN_VALUE"),
    ]


def test_the_sentence_says_what_is_wrong_and_how_much_more(cast: Cast):
    few = ApiClient(cast.ada).get(f"{STATS}?days=0&user_id=me").json()["error"]
    assert few == (
        "user_id: This is not an id of the form usr_…; days: Ensure this value is greater than or equal to 1."
    )
    wrong = {"activity_type": "jog", "started_at": "noon", "duration": -1, "distance": -1, "name": 5}
    many = ApiClient(cast.ada).send_json("post", ACTIVITIES, wrong).json()
    assert many["error"].count(";") == 3
    assert many["error"].endswith("; and 2 more.")
    assert len(many["details"]["errors"]) == 5


def test_a_wrong_choice_is_told_the_right_ones(cast: Cast):
    answer = ApiClient(cast.ada).get(
        "/api/v1/analytics/running_stats?from_timestamp=0&to_timestamp=1&granularity=hourly"
    )
    assert answer.json()["error"] == "granularity: “hourly” is not one of daily, weekly, monthly, yearly."


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_name_hides_nothing_and_is_told_the_known_ones(cast: Cast, method: str):
    """In an address and in a body."""
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
def test_a_query_string_that_means_nothing_is_400(cast: Cast, query: str, code: str, field: str | None):
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
def test_a_body_that_is_no_json_object_is_400(cast: Cast, body: bytes, code: str):
    assert_error(ApiClient(cast.ada).post(ACTIVITIES, body, content_type="application/json"), 400, code)


def test_a_host_this_server_does_not_answer_to_is_400(stranger: Client, settings: Any):
    settings.ALLOWED_HOSTS = ["astral.example.org"]
    assert_error(stranger.get(ACTIVITIES, headers={"Host": "evil.example.org"}), 400, "BAD_REQUEST")


def test_a_form_without_a_boundary_is_400(cast: Cast):
    answer = ApiClient(cast.ada).post(UPLOAD, b"--", content_type="multipart/form-data")
    assert_error(answer, 400, "PARSE_ERROR")


@FAULTY
def test_a_suspicious_request_is_400(stranger: Client):
    assert_error(stranger.get("/api/suspicious_page"), 400, "BAD_REQUEST")


def test_an_anonymous_call_is_401(stranger: Client, db: None):
    assert_error(stranger.get(ACTIVITIES), 401, "NOT_AUTHENTICATED")


def test_what_you_may_not_see_is_the_same_403_whether_or_not_it_exists(cast: Cast):
    foreign, unknown = cast.zoe.public_id, encode("usr", new_id())
    answers = [ApiClient(cast.ada).get(f"{STATS}?user_id={person}") for person in (foreign, unknown)]
    for answer in answers:
        assert_error(answer, 403, "PERMISSION_DENIED")
    assert answers[0].content == answers[1].content


def test_what_does_not_exist_is_404_for_staff(cast: Cast):
    assert_error(ApiClient(cast.stella).get(f"{STATS}?user_id={encode('usr', new_id())}"), 404, "NOT_FOUND")


def test_a_visible_person_without_anything_in_the_range_is_404_no_data(cast: Cast):
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
def test_an_unknown_address_under_api_is_404(stranger: Client, path: str):
    assert_error(stranger.get(path), 404, "NOT_FOUND")


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
def test_another_method_is_405(cast: Cast, method: str, path: str):
    answer = getattr(ApiClient(cast.ada), method)(path)
    assert_error(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/api/schema", "/api/docs"])
def test_the_documentation_takes_no_unknown_parameters(stranger: Client, db: None, path: str):
    assert_error(stranger.get(f"{path}?color=red"), 400, "UNKNOWN_FIELD", "color")


def test_a_body_larger_than_json_may_be_is_413(cast: Cast):
    body = b'{"name": "' + b"a" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    assert_error(
        ApiClient(cast.ada).post(ACTIVITIES, body, content_type="application/json"), 413, "TOO_LARGE"
    )


def test_a_file_larger_than_25_mb_is_413(cast: Cast):
    file = io.BytesIO(bytes(settings.UPLOAD_MAX_BYTES + 1))
    file.name = "long.fit"
    assert_error(ApiClient(cast.ada).post(UPLOAD, {"file": file}), 413, "FILE_TOO_LARGE", "file")


def test_a_form_that_says_it_is_far_too_large_is_413_before_it_is_read(cast: Cast):
    form = "multipart/form-data; boundary=x"
    answer = ApiClient(cast.ada).post(UPLOAD, b"--x--", content_type=form, CONTENT_LENGTH="3000000000")
    assert_error(answer, 413, "TOO_LARGE")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json2", ""])
def test_a_body_of_another_type_is_415(cast: Cast, kind: str):
    for path, taken in ((ACTIVITIES, "application/json"), (UPLOAD, "multipart/form-data")):
        answer = ApiClient(cast.ada).post(path, b'{"name": "x"}', content_type=kind)
        assert_error(answer, 415, "UNSUPPORTED_MEDIA_TYPE")
        assert taken in answer.json()["error"]


def test_one_sign_in_attempt_too_many_is_429(stranger: Client, db: None):
    wrong = {"email": "ada@example.test", "password": "a guess"}
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = stranger.post("/api/v1/auth/login", wrong, content_type="application/json")
    assert_error(answer, 429, "TOO_MANY_ATTEMPTS")


@FAULTY
@pytest.mark.parametrize("path", ["/api/broken", "/api/broken_page"])
def test_a_view_that_raises_is_500_without_a_word_about_why(stranger: Client, path: str):
    answer = stranger.get(path)
    assert_error(answer, 500, "SERVER_ERROR")
    assert b"secret" not in answer.content
    assert b"ZeroDivision" not in answer.content


@FAULTY
@pytest.mark.parametrize("path", ["/api/severed", "/api/severed_page"])
def test_a_database_that_goes_away_during_a_request_is_503(stranger: Client, reconnected: None, path: str):
    assert_error(stranger.get(path), 503, "UNAVAILABLE")


@FAULTY
def test_outside_the_api_errors_are_pages(stranger: Client, reconnected: None):
    for path, status in (
        ("/nowhere", 404),
        ("/broken_page", 500),
        ("/suspicious_page", 400),
        ("/severed_page", 503),
    ):
        answer = stranger.get(path)
        assert answer.status_code == status
        assert answer.headers["Content-Type"].startswith("text/")
        assert b"secret" not in answer.content


def test_a_refused_change_leaves_everything_as_it_was(cast: Cast):
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


def test_a_body_without_a_length_is_411_and_not_taken_for_an_empty_one(cast: Cast):
    """Django reads no chunked body: a change would be answered 200 and lost."""
    headers = {"Transfer-Encoding": "chunked"}
    answer = ApiClient(cast.ada).patch(f"/api/v1/athletes/{cast.ada.public_id}", b"", headers=headers)
    assert_error(answer, 411, "LENGTH_REQUIRED")


@pytest.mark.parametrize("depth", [700, 990, 1_020, 2_000])
def test_a_body_nested_ever_deeper_is_400(db: None, depth: int):
    nested = b'{"email":' + b"[" * depth + b"]" * depth + b',"password":"x"}'
    assert ApiClient().post("/api/v1/auth/login", nested, content_type="application/json").status_code == 400


@pytest.mark.parametrize("value", ["%", "%s", "%25", "100%"])
def test_a_per_cent_sign_in_a_filter_is_only_a_wrong_value(cast: Cast, value: str):
    assert ApiClient(cast.ada).get("/api/v1/activities", {"source": value}).status_code == 400


def test_two_thousand_unknown_names_are_not_all_told(db: None):
    answer = Client().post("/api/v1/auth/login", dict.fromkeys(map(str, range(2_000)), 1), "application/json")
    told = [fault["field"] for fault in answer.json()["details"]["errors"]]
    assert told == [*map(str, range(1_000))]
