"""Strict fields: one spelling of a value, and an error for every other one."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from astral.http.fields import (
    ChoiceField,
    DayField,
    FiniteNumberField,
    IdField,
    InstantField,
    QueryBooleanField,
    StrictBooleanField,
    StrictSerializer,
    TextField,
    TimestampField,
    WholeNumberField,
    ZoneField,
    list_zone_names,
)
from astral.ids import encode
from tests.support.error_shape import assert_sentence

JUNK = ["", " ", "banana", "null", "None", "undefined", "\0", "\ud800", "1\0", "nan", "inf", "1e3", "9" * 400]
NUMBERS = ["1_000", " 12", "12 ", "12\n", "+12", "1.0", "0x1f", "1,000", "007", "-0", "--1", "-", "1e18"]
FOREIGN_DIGITS = ["１２", "٣", "²"]
NO_TEXT: list[Any] = [[], {}, ["1"], 1.5, float("nan"), float("inf"), b"1"]
DAYS_1970_TO_2099 = st.dates(date(1970, 1, 1), date(2099, 12, 31))


class Everything(StrictSerializer):
    """A question with every kind of parameter."""

    flag = QueryBooleanField(required=False)
    switch = StrictBooleanField(required=False)
    number = WholeNumberField(required=False, min_value=-1000, max_value=1000)
    day = DayField(required=False)
    timestamp = TimestampField(required=False)
    instant = InstantField(required=False)
    zone = ZoneField(required=False)
    choice = ChoiceField(("daily", "weekly"), required=False)
    person = IdField("usr", required=False)
    text = TextField(required=False)
    finite = FiniteNumberField(required=False)


def refused(given: Any) -> dict[str, Any]:
    with pytest.raises(serializers.ValidationError) as caught:
        Everything.parse(given)
    detail = caught.value.detail
    assert isinstance(detail, dict)
    for messages in detail.values():
        for message in messages:
            assert_sentence(str(message))
    return detail


def takes(name: str, value: Any) -> Any:
    return Everything.parse({name: value})[name]


@pytest.mark.parametrize(
    "value", [*JUNK, "yes", "no", "on", "off", "True", "TRUE", "t", "01", "１", " 1", 2, 1, *NO_TEXT]
)
def test_a_flag_is_1_0_true_or_false_and_nothing_else(value: Any):
    assert refused({"flag": value}).keys() == {"flag"}


def test_a_flag_in_its_four_spellings():
    assert [takes("flag", spelling) for spelling in ("1", "true", "0", "false")] == [True, True, False, False]


@pytest.mark.parametrize("value", ["true", "yes", "on", "1", 1, 0, "", None, *NO_TEXT])
def test_a_switch_in_json_is_true_or_false(value: Any):
    assert refused({"switch": value}).keys() == {"switch"}
    assert takes("switch", True) is True
    assert takes("switch", False) is False


@pytest.mark.parametrize(
    "value", [*JUNK, *NUMBERS, *FOREIGN_DIGITS, 12.0, True, 1001, -1001, 10**400, "1001", *NO_TEXT]
)
def test_a_whole_number_is_ascii_digits(value: Any):
    assert refused({"number": value}).keys() == {"number"}


@given(st.integers(-1000, 1000))
def test_a_whole_number_means_itself(number: int):
    assert takes("number", str(number)) == takes("number", number) == number


@given(st.text("0123456789-+_. １٣e\n", max_size=5))
def test_text_is_a_whole_number_only_when_it_looks_like_one(text: str):
    if re.fullmatch(r"0|-?([1-9][0-9]{0,2}|1000)", text):
        assert takes("number", text) == int(text)
    else:
        refused({"number": text})


@pytest.mark.parametrize(
    "value",
    [
        *JUNK,
        *NUMBERS,
        *FOREIGN_DIGITS,
        -1,
        "-1",
        4102444800,
        "4102444800",
        "253402300800",
        10**18,
        True,
        1.5,
        *NO_TEXT,
    ],
)
def test_a_timestamp_is_whole_seconds_from_1970_to_2099(value: Any):
    assert refused({"timestamp": value}).keys() == {"timestamp"}


@given(st.integers(0, 4102444799))
def test_a_timestamp_is_an_aware_instant(seconds: int):
    instant = takes("timestamp", str(seconds))
    assert instant == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [
        *JUNK, "0001-01-01", "1969-12-31", "2100-01-01", "9999-12-31", "10000-01-01", "2026-02-29",
        "2026-13-01", "2026-1-1", "20260101", "2026-W01-1", "2026-001", "01/02/2026",
        "2026-01-01T00:00:00Z", " 2026-01-01", "2026-01-01\n", "２０２６-01-01", 20260101, True, *NO_TEXT,
    ],
)  # fmt: skip
def test_a_day_is_four_two_two_digits_of_a_calendar(value: Any):
    assert refused({"day": value}).keys() == {"day"}


@given(DAYS_1970_TO_2099)
def test_a_day_means_itself(day: date):
    assert takes("day", day.isoformat()) == day


@pytest.mark.parametrize(
    "value",
    [
        *JUNK, "2026-11-22", "2026-11-22T09:15:00", "2026-11-22 09:15:00Z", "2026-11-22x09:15:00Z",
        "20261122T091500Z", "2026-W47-7T09:15:00Z", "2026-11-22T09:15:00z", "2026-11-22T09:15:00+0900",
        "2026-11-22T09:15:00+09", "2026-11-22T25:15:00Z", "2026-11-31T09:15:00Z",
        "2026-11-22T09:15:00+25:00", "2026-11-22T09:15:00+09:00:30", "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2100-01-01T00:00:00Z",
        "1970-01-01T00:00:00+01:00", "２026-11-22T09:15:00Z", "1792000000", -1, 4102444800, 10**18, True,
        1.5, *NO_TEXT,
    ],
)  # fmt: skip
def test_an_instant_is_iso_8601_with_an_offset_or_unix_seconds(value: Any):
    assert refused({"instant": value}).keys() == {"instant"}


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-22T09:15:00Z",
        "2026-11-22T18:15:00+09:00",
        "2026-11-22T09:15Z",
        "2026-11-22T09:15:00.000Z",
        1795338900,
    ],
)
def test_one_instant_in_its_spellings(value: Any):
    instant = takes("instant", value)
    assert instant == datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
    assert instant.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        *JUNK, "localtime", "Factory", "posixrules", "posix/Europe/Madrid", "right/Europe/Madrid",
        "SystemV/EST5", "europe/madrid", "Europe/Madrid ", "+09", "+09:00", "UTC+9", "FOO+3", "EST5EDT4,M3",
        "../etc/localtime", "/etc/localtime", "Europe", "tzdata.zi", 0, *NO_TEXT,
    ],
)  # fmt: skip
def test_a_zone_is_an_iana_name_that_means_the_same_everywhere(value: Any):
    assert refused({"zone": value}).keys() == {"zone"}


@given(st.sampled_from(sorted(list_zone_names())))
def test_every_zone_that_is_taken_has_an_offset_all_year(name: str):
    zone = takes("zone", name)
    assert zone.key == name
    for month in range(1, 13):
        offset = datetime(2026, month, 1, tzinfo=zone).utcoffset()
        assert offset is not None
        assert abs(offset) <= timedelta(hours=14)


@pytest.mark.parametrize("value", [*JUNK, "Daily", "daily ", "daily\0", "dаily", None, 0, *NO_TEXT])
def test_a_choice_is_one_of_its_words(value: Any):
    assert refused({"choice": value}).keys() == {"choice"}


@given(st.uuids())
def test_an_id_field_gives_the_uuid_inside(identifier: UUID):
    assert takes("person", encode("usr", identifier)) == identifier
    refused({"person": encode("act", identifier)})
    refused({"person": str(identifier)})


@pytest.mark.parametrize("value", [*JUNK, None, 1, *NO_TEXT])
def test_an_id_field_takes_no_junk(value: Any):
    assert refused({"person": value}).keys() == {"person"}


@given(st.text(st.characters(), min_size=1, max_size=20))
def test_text_with_control_characters_is_refused(text: str):
    odd = any(
        unicodedata.category(letter) in {"Cc", "Cs"} or letter == "\ufffd"
        for letter in text.replace("\t", "")
    )
    if odd or not text.strip():
        refused({"text": text})
    else:
        assert takes("text", text) == text.strip()


@pytest.mark.parametrize("value", ["", "a" * 201, "a\nb", "a\0b", "\ud83d", None, 1, True, *NO_TEXT])
def test_text_has_a_length_and_one_line(value: Any):
    assert refused({"text": value}).keys() == {"text"}


@pytest.mark.parametrize(
    "value", [*JUNK, "1", True, None, 10**400, 1e300, -1e300, [], {}, float("nan"), float("inf")]
)
def test_a_measurement_in_json_is_a_finite_number(value: Any):
    assert refused({"finite": value}).keys() == {"finite"}


@given(st.floats(-1e14, 1e14))
def test_a_measurement_means_itself(value: float):
    assert takes("finite", value) == value


@given(st.text(max_size=80))
def test_a_parameter_nobody_has_heard_of_is_named(name: str):
    if name not in Everything().fields:
        [fault] = refused({name: "1"}).values()
        assert fault[0].code == "unknown_field"


def test_a_repeated_parameter_is_named():
    detail = refused(QueryDict("number=1&number=2&flag=1"))
    assert detail.keys() == {"number"}
    assert detail["number"][0].code == "repeated"


@given(st.sampled_from(sorted(Everything().fields)), st.binary(max_size=12))
def test_no_query_string_is_more_than_refused(name: str, value: bytes):
    with suppress(serializers.ValidationError):
        Everything.parse(QueryDict(f"{name}={quote(value)}"))


def test_an_empty_value_in_a_query_string_is_not_an_absent_one():
    for name in Everything().fields:
        assert refused(QueryDict(f"{name}=")).keys() == {name}


@pytest.mark.parametrize("body", [None, [], [{}], "text", 1, 1.5, True])
def test_a_body_that_is_no_object_is_refused(body: Any):
    assert refused(body).keys() == {"non_field_errors"}
