"""Strict fields accept one spelling of a value and refuse all others."""

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
from astral.http.plain_text import is_plain_name
from astral.ids import encode
from tests.support.error_shape import assert_sentence

JUNK = ["", " ", "banana", "null", "None", "undefined", "\0", "\ud800", "1\0", "nan", "inf", "1e3", "9" * 400]
NUMBERS = ["1_000", " 12", "12 ", "12\n", "+12", "1.0", "0x1f", "1,000", "007", "-0", "--1", "-", "1e18"]
FOREIGN_DIGITS = ["１２", "٣", "²"]
OTHER_TYPES: list[Any] = [[], {}, ["1"], 1.5, float("nan"), float("inf"), b"1"]
DAYS_1970_TO_2099 = st.dates(date(1970, 1, 1), date(2099, 12, 31))


class AllFieldsSerializer(StrictSerializer):
    """A serializer with every kind of field."""

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


def collect_errors(given: Any) -> dict[str, Any]:
    with pytest.raises(serializers.ValidationError) as caught:
        AllFieldsSerializer.parse(given)
    detail = caught.value.detail
    assert isinstance(detail, dict)
    for messages in detail.values():
        for message in messages:
            assert_sentence(str(message))
    return detail


def parse_value(name: str, value: Any) -> Any:
    return AllFieldsSerializer.parse({name: value})[name]


@pytest.mark.parametrize(
    "value", [*JUNK, "yes", "no", "on", "off", "True", "TRUE", "t", "01", "１", " 1", 2, 1, *OTHER_TYPES]
)
def test_query_boolean_refuses_other_spellings(value: Any):
    assert collect_errors({"flag": value}).keys() == {"flag"}


def test_query_boolean_accepts_four_spellings():
    assert [parse_value("flag", spelling) for spelling in ("1", "true", "0", "false")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("value", ["true", "yes", "on", "1", 1, 0, "", None, *OTHER_TYPES])
def test_json_boolean_accepts_only_true_and_false(value: Any):
    assert collect_errors({"switch": value}).keys() == {"switch"}
    assert parse_value("switch", True) is True
    assert parse_value("switch", False) is False


@pytest.mark.parametrize(
    "value", [*JUNK, *NUMBERS, *FOREIGN_DIGITS, 12.0, True, 1001, -1001, 10**400, "1001", *OTHER_TYPES]
)
def test_whole_number_refuses_other_spellings(value: Any):
    assert collect_errors({"number": value}).keys() == {"number"}


@given(st.integers(-1000, 1000))
def test_whole_number_keeps_its_value(number: int):
    assert parse_value("number", str(number)) == parse_value("number", number) == number


@given(st.text("0123456789-+_. １٣e\n", max_size=5))
def test_whole_number_accepts_only_plain_digits(text: str):
    if re.fullmatch(r"0|-?([1-9][0-9]{0,2}|1000)", text):
        assert parse_value("number", text) == int(text)
    else:
        collect_errors({"number": text})


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
        *OTHER_TYPES,
    ],
)
def test_timestamp_refuses_other_values(value: Any):
    assert collect_errors({"timestamp": value}).keys() == {"timestamp"}


@given(st.integers(0, 4102444799))
def test_timestamp_becomes_an_aware_datetime(seconds: int):
    instant = parse_value("timestamp", str(seconds))
    assert instant == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [
        *JUNK, "0001-01-01", "1969-12-31", "2100-01-01", "9999-12-31", "10000-01-01", "2026-02-29",
        "2026-13-01", "2026-1-1", "20260101", "2026-W01-1", "2026-001", "01/02/2026",
        "2026-01-01T00:00:00Z", " 2026-01-01", "2026-01-01\n", "２０２６-01-01", 20260101, True, *OTHER_TYPES,
    ],
)  # fmt: skip
def test_date_refuses_other_spellings(value: Any):
    assert collect_errors({"day": value}).keys() == {"day"}


@given(DAYS_1970_TO_2099)
def test_date_keeps_its_value(day: date):
    assert parse_value("day", day.isoformat()) == day


@pytest.mark.parametrize(
    "value",
    [
        *JUNK, "2026-11-22", "2026-11-22T09:15:00", "2026-11-22 09:15:00Z", "2026-11-22x09:15:00Z",
        "20261122T091500Z", "2026-W47-7T09:15:00Z", "2026-11-22T09:15:00z", "2026-11-22T09:15:00+0900",
        "2026-11-22T09:15:00+09", "2026-11-22T25:15:00Z", "2026-11-31T09:15:00Z",
        "2026-11-22T09:15:00+25:00", "2026-11-22T09:15:00+09:00:30", "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2100-01-01T00:00:00Z",
        "1970-01-01T00:00:00+01:00", "２026-11-22T09:15:00Z", "1792000000", -1, 4102444800, 10**18, True,
        1.5, *OTHER_TYPES,
    ],
)  # fmt: skip
def test_instant_refuses_other_spellings(value: Any):
    assert collect_errors({"instant": value}).keys() == {"instant"}


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
def test_instant_accepts_iso_8601_and_unix_seconds(value: Any):
    instant = parse_value("instant", value)
    assert instant == datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
    assert instant.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        *JUNK, "localtime", "Factory", "posixrules", "posix/Europe/Madrid", "right/Europe/Madrid",
        "SystemV/EST5", "europe/madrid", "Europe/Madrid ", "+09", "+09:00", "UTC+9", "FOO+3", "EST5EDT4,M3",
        "../etc/localtime", "/etc/localtime", "Europe", "tzdata.zi", 0, *OTHER_TYPES,
    ],
)  # fmt: skip
def test_zone_refuses_other_names(value: Any):
    assert collect_errors({"zone": value}).keys() == {"zone"}


@given(st.sampled_from(sorted(list_zone_names())))
def test_every_accepted_zone_has_an_offset_all_year(name: str):
    zone = parse_value("zone", name)
    assert zone.key == name
    for month in range(1, 13):
        offset = datetime(2026, month, 1, tzinfo=zone).utcoffset()
        assert offset is not None
        assert abs(offset) <= timedelta(hours=14)


@pytest.mark.parametrize("value", [*JUNK, "Daily", "daily ", "daily\0", "dаily", None, 0, *OTHER_TYPES])
def test_choice_refuses_other_values(value: Any):
    assert collect_errors({"choice": value}).keys() == {"choice"}


@given(st.uuids())
def test_id_field_returns_the_uuid(identifier: UUID):
    assert parse_value("person", encode("usr", identifier)) == identifier
    collect_errors({"person": encode("act", identifier)})
    collect_errors({"person": str(identifier)})


@pytest.mark.parametrize("value", [*JUNK, None, 1, *OTHER_TYPES])
def test_id_field_refuses_other_values(value: Any):
    assert collect_errors({"person": value}).keys() == {"person"}


@given(st.text(st.characters(), min_size=1, max_size=20))
def test_text_refuses_control_and_invisible_characters(text: str):
    odd = any(
        unicodedata.category(letter) in {"Cc", "Cs", "Cf", "Zl", "Zp"} or letter in "\ufffd\u3164\u2800"
        for letter in text.strip().replace("\t", "")
    )
    if odd or not is_plain_name(text.strip()) or not text.strip():
        collect_errors({"text": text})
    else:
        assert parse_value("text", text) == text.strip()


@pytest.mark.parametrize("value", ["", "a" * 201, "a\nb", "a\0b", "\ud83d", None, 1, True, *OTHER_TYPES])
def test_text_refuses_wrong_lengths_types_and_line_breaks(value: Any):
    assert collect_errors({"text": value}).keys() == {"text"}


@pytest.mark.parametrize(
    "value", [*JUNK, "1", True, None, 10**400, 1e300, -1e300, [], {}, float("nan"), float("inf")]
)
def test_finite_number_refuses_other_values(value: Any):
    assert collect_errors({"finite": value}).keys() == {"finite"}


@given(st.floats(-1e14, 1e14))
def test_finite_number_keeps_its_value(value: float):
    assert parse_value("finite", value) == value


@given(st.text(max_size=80))
def test_unknown_parameter_is_named(name: str):
    if name not in AllFieldsSerializer().fields:
        [errors] = collect_errors({name: "1"}).values()
        assert errors[0].code == "unknown_field"


def test_repeated_parameter_is_named():
    detail = collect_errors(QueryDict("number=1&number=2&flag=1"))
    assert detail.keys() == {"number"}
    assert detail["number"][0].code == "repeated"


@given(st.sampled_from(sorted(AllFieldsSerializer().fields)), st.binary(max_size=12))
def test_any_query_string_is_accepted_or_refused(name: str, value: bytes):
    with suppress(serializers.ValidationError):
        AllFieldsSerializer.parse(QueryDict(f"{name}={quote(value)}"))


def test_empty_query_value_is_not_treated_as_missing():
    for name in AllFieldsSerializer().fields:
        assert collect_errors(QueryDict(f"{name}=")).keys() == {name}


@pytest.mark.parametrize("body", [None, [], [{}], "text", 1, 1.5, True])
def test_parse_refuses_a_body_that_is_not_an_object(body: Any):
    assert collect_errors(body).keys() == {"non_field_errors"}
