"""An invalid request for statistics is a 400 that names the parameter, and never a 500."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine

from metrics.models import HealthDay
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.error_shape import assert_error

FROM, TO = int((NOON - timedelta(days=7)).timestamp()), int(NOON.timestamp())
DAYS = {"start_date": "2026-06-01", "end_date": "2026-06-10"}
FITNESS, RUNNING = "/api/v1/analytics/fitness_stats", "/api/v1/analytics/running_stats"
ACTIVITY, HEALTH = "/api/v2/analytics/activity_stats", "/api/v2/analytics/health_metrics"
VALID_PARAMS: dict[str, dict[str, Any]] = {
    FITNESS: {"days": 30},
    RUNNING: {"from_timestamp": FROM, "to_timestamp": TO},
    ACTIVITY: DAYS,
    HEALTH: DAYS,
}
ENUMS = {
    RUNNING: ["granularity", "metric_type"],
    ACTIVITY: ["granularity", "activity_type"],
    HEALTH: ["granularity"],
}

every_endpoint = pytest.mark.parametrize("path", VALID_PARAMS, ids=lambda path: path.rpartition("/")[2])


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def api(cast: Cast) -> ApiClient:
    """Ada's client. She has data for every endpoint."""
    create_run(cast.ada, NOON - timedelta(hours=2))
    HealthDay.objects.create(athlete=cast.ada.athlete, date=NOON.date(), source="garmin", hrv_rmssd_ms=50.0)
    return ApiClient(cast.ada)


def get_stats(api: ApiClient, path: str, **changes: Any) -> Any:
    return api.get(path, VALID_PARAMS[path] | changes)


def assert_all_refused(api: ApiClient, path: str, field: str, values: list[str]) -> None:
    for value in values:
        answer = get_stats(api, path, **{field: value})
        assert answer.status_code == 400, value
        assert_error(answer, 400, answer.json()["details"]["code"], field)


@every_endpoint
def test_a_valid_request_is_answered(api: ApiClient, path: str):
    assert get_stats(api, path).status_code == 200


# --- invalid values ---

NOT_NUMBERS = [
    "", " ", "nan", "NaN", "inf", "-inf", "1e18", "1e3", "7.0", "7,0", "0x7", "0b1", "+7", "07", " 7", "7 ",
    "7\t", "１２", "٣", "1_000", "1'000", "²", "Ⅷ", "9" * 400, "-" + "9" * 400, "null", "None", "true",
    "[]", "{}", "७",
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "field"),
    [(FITNESS, "days"), (RUNNING, "from_timestamp"), (RUNNING, "to_timestamp"), (RUNNING, "timezone_offset")],
)
def test_a_value_that_is_not_a_whole_number_in_ascii_digits_is_refused(api: ApiClient, path: str, field: str):
    assert_all_refused(api, path, field, NOT_NUMBERS)


@pytest.mark.parametrize("field", ["from_timestamp", "to_timestamp"])
def test_instants_outside_the_calendar_are_refused(api: ApiClient, field: str):
    beyond = ["253402300800", "4102444800", "-1", "9" * 18, str(2**63), str(2**31 * 1000), "-62135596800"]
    assert_all_refused(api, RUNNING, field, beyond)


NOT_DAYS = [
    "", "0001-01-01", "0000-00-00", "1969-12-31", "2100-01-01", "9999-12-31", "10000-01-01", "2026-02-29",
    "2026-13-01", "2026-6-1", "20260601", "2026-W23-1", "2026-152", "2026-06-01T00:00:00Z", "01-06-2026",
    "06/01/2026", "２０２６-06-01", "2026-06-０1", "1780272000", "-2026-06-01", "2026-06-01 ", "today",
    "nan", "9" * 400, "2026–06–01",
]  # fmt: skip


@pytest.mark.parametrize("field", ["start_date", "end_date"])
@pytest.mark.parametrize("path", [ACTIVITY, HEALTH])
def test_a_value_that_is_not_a_calendar_day_is_refused(api: ApiClient, path: str, field: str):
    assert_all_refused(api, path, field, NOT_DAYS)


NOT_ZONES = [
    "", "localtime", "Factory", "posixrules", "posix/Europe/Madrid", "right/Europe/Madrid", "+09", "-03:30",
    "UTC+3", "FOO+3", "GMT+25", "Europe/madrid", "europe/Madrid", "Europe/Madrid ", "Europe", "Europe/",
    "/etc/localtime", "../Europe/Madrid", "Europe/../UTC", "CEST", "Mars/Olympus", "Europe\\Madrid",
    "Ｅurope/Madrid", "a" * 5_000,
]  # fmt: skip


@pytest.mark.parametrize("path", [RUNNING, ACTIVITY])
def test_a_value_that_is_not_a_known_time_zone_is_refused(api: ApiClient, path: str):
    assert_all_refused(api, path, "timezone", NOT_ZONES)


NOT_FLAGS = ["", " ", "2", "-1", "yes", "no", "on", "True", "TRUE", "１", "01", "null", "1" * 400]
NOT_IDS = [
    "", "usr_", "usr_1", "act_01h455vb4pex5vsknk084sn02q", "usr_01h455vb4pex5vsknk084sn02Q",
    "usr_8zzzzzzzzzzzzzzzzzzzzzzzzz", "01h455vb4pex5vsknk084sn02q", "0189a1b2-0000-7000-8000-000000000000",
    "1", "usr_" + "0" * 400, "usr_01h455vb4pex5vsk２",
]  # fmt: skip
NOT_CHOICES = ["", " ", "Daily", "DAY", "hour", "day ", "day,month", "дay", "[]", "0", "x" * 5_000]


@every_endpoint
def test_invalid_flags_and_ids_are_refused(api: ApiClient, path: str):
    assert_all_refused(api, path, "refresh", NOT_FLAGS)
    assert_all_refused(api, path, "user_id", NOT_IDS)


@pytest.mark.parametrize(
    ("path", "field"), [(path, field) for path, fields in ENUMS.items() for field in fields]
)
def test_a_value_that_is_not_a_choice_is_refused(api: ApiClient, path: str, field: str):
    assert_all_refused(api, path, field, NOT_CHOICES)


# --- names and encodings ---


@every_endpoint
def test_an_unknown_parameter_is_refused(api: ApiClient, path: str):
    for name in ("resolution", "Refresh", "user-id", "days[]", "__class__", "timezone ", "ｄays", "a" * 500):
        assert_error(get_stats(api, path, **{name: "1"}), 400, "UNKNOWN_FIELD", name[:64])


@every_endpoint
def test_a_repeated_parameter_is_refused(api: ApiClient, path: str):
    name = next(iter(VALID_PARAMS[path]))
    value = VALID_PARAMS[path][name]
    answer = api.get(f"{path}?{urlencode(VALID_PARAMS[path])}&{name}={value}")
    assert_error(answer, 400, "REPEATED", name)


@pytest.mark.parametrize(
    "query",
    [
        "%00",
        "refresh=%00",
        "refresh=1%00",
        "timezone=%ED%A0%80",
        "timezone=%FF%FE",
        "%C3=1",
        "a=%F8%88%80%80%80",
    ],
)
@every_endpoint
def test_a_query_that_is_not_valid_utf_8_is_refused(api: ApiClient, path: str, query: str):
    assert_error(api.get(f"{path}?{urlencode(VALID_PARAMS[path])}&{query}"), 400, "INVALID_QUERY")


@pytest.mark.parametrize(
    "value", ["\x00", "\x1b[31m", "\ud800", "‮", "a\r\nX-Injected: 1", "%00", "'; DROP TABLE--", "{{7*7}}"]
)
@pytest.mark.parametrize(
    ("path", "field"),
    [(FITNESS, "days"), (RUNNING, "timezone"), (ACTIVITY, "activity_type"), (HEALTH, "granularity")],
)
def test_a_malicious_text_is_refused_and_not_echoed(api: ApiClient, path: str, field: str, value: str):
    query = urlencode(VALID_PARAMS[path] | {field: value}, errors="surrogatepass")
    answer = api.get(f"{path}?{query}")
    assert answer.status_code == 400
    assert "X-Injected" not in answer.headers
    assert "\x00" not in answer.content.decode()


@every_endpoint
def test_several_errors_are_all_named(api: ApiClient, path: str):
    answer = get_stats(api, path, refresh="maybe", user_id="me")
    details = assert_error(answer, 400, "VALIDATION_ERROR")
    assert {fault["field"] for fault in details["errors"]} == {"refresh", "user_id"}


# --- bodies, methods, formats ---


def build_zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(5_000_000))
    return packed.getvalue()


BODIES = {
    "no JSON": (b"days=1", "application/json"),
    "JSON nested 100,000 deep": (b"[" * 100_000, "application/json"),
    "a gzip bomb": (gzip.compress(bytes(5_000_000)), "application/gzip"),
    "a zip bomb": (build_zip_bomb(), "application/zip"),
    "XML with a DTD": (b'<!DOCTYPE x [<!ENTITY y "z">]><x>&y;</x>', "application/xml"),
}


@pytest.mark.parametrize("kind", BODIES)
@every_endpoint
def test_a_body_does_not_change_the_answer(api: ApiClient, path: str, kind: str):
    data, content_type = BODIES[kind]
    plain = get_stats(api, path)
    answer = api.generic("GET", f"{path}?{urlencode(VALID_PARAMS[path])}", data, content_type=content_type)
    assert (answer.status_code, answer.content) == (200, plain.content)


@every_endpoint
def test_another_method_is_405(api: ApiClient, path: str):
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(api, method)(f"{path}?nonsense=1", b"{", content_type="application/json")
        assert_error(answer, 405, "METHOD_NOT_ALLOWED")


@every_endpoint
def test_head_gives_the_same_headers_without_a_body(api: ApiClient, path: str):
    full, head = get_stats(api, path), api.head(path, VALID_PARAMS[path])
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == full.headers["ETag"]


@every_endpoint
def test_the_answer_is_json_for_any_accept_header(api: ApiClient, path: str):
    for accept in ("text/html", "application/xml", "*/*", "x", "application/json;version=9", "image/*;q=0"):
        answer = api.get(path, VALID_PARAMS[path], headers={"Accept": accept})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize("suffix", ["/", "//", ".json", "/x", "%2F", "%00", "?"])
@every_endpoint
def test_a_changed_path_is_404(api: ApiClient, path: str, suffix: str):
    answer = api.get(f"{path}{suffix}")
    if suffix == "?":  # an empty query has defaults only; the other endpoints have required parameters
        assert answer.status_code == (200 if path == FITNESS else 400)
    else:
        assert_error(answer, 404, "NOT_FOUND")


# --- ranges ---


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"from_timestamp": TO - 1}, 200),
        ({"from_timestamp": TO}, 400),
        ({"from_timestamp": TO + 1}, 400),
        ({"from_timestamp": TO - 365 * 86_400}, 200),
        ({"from_timestamp": TO - 365 * 86_400 - 1}, 400),
        ({"to_timestamp": TO + 7 * 86_400}, 200),
        ({"to_timestamp": TO + 7 * 86_400 + 1}, 400),
        ({"timezone_offset": 840}, 200),
        ({"timezone_offset": 841}, 400),
        ({"timezone_offset": -840}, 200),
        ({"timezone_offset": -841}, 400),
        ({"timezone_offset": -0}, 200),
        ({"timezone_offset": "-0"}, 400),
        ({"timezone": "UTC", "timezone_offset": 0}, 200),
        ({"timezone": "UTC", "timezone_offset": "x"}, 400),
        ({"from_timestamp": 0, "to_timestamp": 365 * 86_400}, 404),
    ],
)
def test_the_limits_of_running_stats_are_exact(cast: Cast, changes: dict[str, Any], status: int):
    create_run(cast.ada, NOON - timedelta(seconds=1))
    assert get_stats(ApiClient(cast.ada), RUNNING, **changes).status_code == status


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("2026-06-10", "2026-06-10", 200),
        ("2026-06-11", "2026-06-10", 400),
        ("2026-06-10", "2027-07-14", 200),
        ("2026-06-10", "2027-07-15", 400),
        ("1970-01-01", "1970-01-01", 404),
        ("2099-12-31", "2099-12-31", 404),
        ("1970-01-01", "2099-12-31", 400),
    ],
)
@pytest.mark.parametrize("path", [ACTIVITY, HEALTH])
def test_the_limits_of_days_are_exact(api: ApiClient, path: str, first: str, last: str, status: int):
    assert get_stats(api, path, start_date=first, end_date=last).status_code == status


@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Etc/GMT+12", "Etc/GMT-14", "Pacific/Apia", "Africa/Monrovia"]
)
@pytest.mark.parametrize("day", ["1970-01-01", "2099-12-31"])
def test_the_ends_of_the_calendar_are_allowed_in_every_zone(api: ApiClient, zone: str, day: str):
    assert_error(get_stats(api, ACTIVITY, start_date=day, end_date=day, timezone=zone), 404, "NO_DATA")


@pytest.mark.parametrize("path", [ACTIVITY, HEALTH, RUNNING])
def test_a_missing_parameter_is_named(api: ApiClient, path: str):
    for missing in VALID_PARAMS[path]:
        answer = api.get(path, {name: value for name, value in VALID_PARAMS[path].items() if name != missing})
        assert_error(answer, 400, "REQUIRED", missing)


# --- sign-in ---


@every_endpoint
def test_a_request_without_a_token_is_401_also_with_invalid_parameters(db: None, path: str):
    for query in (VALID_PARAMS[path], {"refresh": "x"}, {"user_id": "x"}):
        assert_error(ApiClient().get(path, query), 401, "NOT_AUTHENTICATED")
