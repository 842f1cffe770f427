"""Strict fields: each accepts one spelling of a value and refuses all others.

`yes` is not a flag, `１２` and `1_000` are not numbers, and `localtime` is not a zone, because it differs by
machine. An unknown parameter is an error, because a misspelt filter would give a wrong answer.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, ClassVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from astral import ids
from astral.http.field_names import MAX_UNKNOWN_NAMES, find_wrong_names, get_printable_name
from astral.http.plain_text import is_plain_name, is_plain_text

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)
LAST_TIMESTAMP = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) - 1
_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
LONGEST_TEXT = 20_000  # twice what any field allows


_NOT_AN_OBJECT = serializers.ErrorDetail("Send a JSON object with the documented fields.", "invalid")


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses unknown fields instead of ignoring them.

    It names at most `max_unknown_names` of them.
    """

    max_unknown_names: ClassVar[int] = MAX_UNKNOWN_NAMES

    def to_internal_value(self, data: Any) -> Any:
        known = [name for name, field in self.fields.items() if not field.read_only]
        name_errors = {}
        if isinstance(data, Mapping):
            name_errors = find_wrong_names(data, known, self.max_unknown_names)
        try:
            # A plain dict: in a QueryDict, REST framework treats an empty value as missing.
            validated = super().to_internal_value(data.dict() if isinstance(data, QueryDict) else data)
        except serializers.ValidationError as error:
            detail = error.detail
            if name_errors and isinstance(detail, dict):
                detail = name_errors | detail
            raise self._count_errors(detail) from None
        if name_errors:
            raise self._count_errors(name_errors)
        return validated

    def _count_errors(self, detail: Any) -> serializers.ValidationError:
        """Count the errors of this object's own fields for the whole body: `ListField` has a limit."""
        errors = detail.values() if isinstance(detail, dict) else [detail]
        own = sum(len(texts) for texts in errors if isinstance(texts, list) and isinstance(texts[0], str))
        context = cast("dict[str, Any]", self.context)  # one for all nested fields
        context["error_count"] = context.get("error_count", 0) + own
        return serializers.ValidationError(detail)

    @classmethod
    def parse(cls, given: Any, **context: Any) -> dict[str, Any]:
        """The validated values. Raises rest_framework's ValidationError."""
        if not isinstance(given, Mapping):
            raise serializers.ValidationError({"non_field_errors": [_NOT_AN_OBJECT]})
        serializer = cls(data=given, context=context)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class TextField(serializers.CharField):
    """Text without control characters. Line breaks only if `multiline`.

    A text of one line is a name, a label or a search: no character of it may be invisible. Passwords keep
    their spaces (`trim_whitespace`) and may have any.
    """

    default_error_messages = {
        "not_plain": "Use plain text without control characters and invisible ones.",
        "one_line": "Use one line.",
    }

    def __init__(self, *, multiline: bool = False, **options: Any) -> None:
        self.multiline = multiline
        options.setdefault("max_length", 200)
        super().__init__(**options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if isinstance(data, str) and len(data) > LONGEST_TEXT:  # before its characters are checked
            self.fail("max_length", max_length=self.max_length)
        if isinstance(data, str) and not self._is_plain(data):
            self.fail("not_plain")
        if isinstance(data, str) and not self.multiline and "\n" in data:
            self.fail("one_line")
        if not (data is None or data is serializers.empty or isinstance(data, str)):
            self.fail("invalid")
        return super().run_validation(data)

    def _is_plain(self, text: str) -> bool:
        is_name = self.trim_whitespace and not self.multiline
        return is_plain_name(text.strip()) if is_name else is_plain_text(text)


class WholeNumberField(serializers.IntegerField):
    """A whole number: ASCII digits such as `12`, or in JSON an integer."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not (
            isinstance(data, int) or (isinstance(data, str) and _WHOLE_NUMBER.fullmatch(data))
        ):
            self.fail("invalid")
        return int(data)


class FiniteNumberField(serializers.FloatField):
    """A JSON number, neither NaN nor infinite."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool | str) or not isinstance(data, int | float) or not abs(data) < 1e15:
            self.fail("invalid")
        return float(data)


@extend_schema_field(OpenApiTypes.BOOL)
class QueryBooleanField(serializers.Field[bool, Any, bool, Any]):
    """A flag of a query string or a form: true, false, 1 or 0. Programs send a boolean, people write 1."""

    default_error_messages = {"invalid": "Use 1, 0, true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if data is True or data is False:
            return bool(data)
        if data not in ("1", "0", "true", "false"):
            self.fail("invalid")
        return data in ("1", "true")

    def to_representation(self, value: bool) -> bool:
        return value


class FormBooleanField(QueryBooleanField):
    """A flag of a form with files. Generated Python clients write a boolean there as True or False."""

    def to_internal_value(self, data: Any) -> bool:
        return super().to_internal_value(data.lower() if data in ("True", "False") else data)


class StrictBooleanField(serializers.BooleanField):
    """true or false in a JSON body. REST framework's own field also accepts `yes`, `on` and `1`."""

    def to_internal_value(self, data: Any) -> bool:
        if data is not True and data is not False:
            self.fail("invalid", input=get_printable_name(data))
        return bool(data)


class ChoiceField(serializers.ChoiceField):
    """One of the choices, in exactly this spelling."""

    default_error_messages = {"invalid_choice": "“{input}” is not one of {choices}."}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", input=get_printable_name(data), choices=", ".join(self.choices))
        return data


@cache
def list_zone_names() -> frozenset[str]:
    """The IANA names that mean the same zone on every machine."""
    local_names = {"localtime", "Factory", "posixrules"}
    return frozenset(
        name
        for name in zoneinfo.available_timezones()
        if name not in local_names and not name.startswith(("posix/", "right/", "posix", "SystemV/"))
    )


@extend_schema_field({"type": "string", "example": "Europe/Madrid", "maxLength": 64})
class ZoneField(serializers.Field[ZoneInfo, Any, str, Any]):
    default_error_messages = {"invalid": "Use an IANA time zone name, such as Europe/Madrid."}

    def to_internal_value(self, data: Any) -> ZoneInfo:
        if not isinstance(data, str) or data not in list_zone_names():
            self.fail("invalid")
        return ZoneInfo(data)

    def to_representation(self, value: ZoneInfo | str) -> str:
        return str(value)


@extend_schema_field(OpenApiTypes.DATE)
class DayField(serializers.Field[date, Any, str, Any]):
    """A date `YYYY-MM-DD` from `first` to 2099-12-31."""

    default_error_messages = {
        "invalid": "Use a date in the form YYYY-MM-DD.",
        "range": "Use a date from {first} to 2099-12-31.",
    }

    def __init__(self, *, first: date = FIRST_DAY, **options: Any) -> None:
        self.first = first
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str) or not _DAY.fullmatch(data):
            self.fail("invalid")
        try:
            day = date.fromisoformat(data)
        except ValueError:
            self.fail("invalid")
        if not self.first <= day <= LAST_DAY:
            self.fail("range", first=self.first)
        return day

    def to_representation(self, value: date) -> str:
        return value.isoformat()


class TimestampField(WholeNumberField):
    """Unix seconds from 1970 to 2099. The validated value is an aware datetime."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=LAST_TIMESTAMP, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        seconds = super().run_validation(data)
        return seconds if seconds is None else datetime.fromtimestamp(seconds, UTC)


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantField(serializers.Field[datetime, Any, str, Any]):
    """A date and time in a JSON body: ISO 8601 with `Z` or an offset, or Unix seconds."""

    default_error_messages = {
        "invalid": "Use a date and time such as 2026-11-22T09:15:00Z, or Unix seconds.",
        "range": "Use a time from 1970 to 2099.",
    }

    def to_internal_value(self, data: Any) -> datetime:
        instant = self._parse(data)
        if not FIRST_DAY <= instant.date() <= LAST_DAY:
            self.fail("range")
        return instant

    def _parse(self, data: Any) -> datetime:
        if isinstance(data, int) and not isinstance(data, bool):
            if not 0 <= data <= LAST_TIMESTAMP:
                self.fail("range")
            return datetime.fromtimestamp(data, UTC)
        try:
            if not isinstance(data, str) or not _INSTANT.fullmatch(data):
                raise ValueError
            return datetime.fromisoformat(data).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("invalid")

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class IdField(serializers.Field[UUID, Any, str, Any]):
    """A public id with this prefix. The validated value is its UUID."""

    default_error_messages = {"malformed_id": "This is not an id of the form {prefix}_…."}

    def __init__(self, prefix: str, **options: Any) -> None:
        self.prefix = prefix
        super().__init__(**options)

    @property
    def pattern(self) -> str:
        return f"^{self.prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$"

    def to_internal_value(self, data: Any) -> UUID:
        try:
            return ids.decode(self.prefix, data if isinstance(data, str) else "")
        except ids.MalformedId:
            self.fail("malformed_id", prefix=self.prefix)

    def to_representation(self, value: UUID) -> str:
        return ids.encode(self.prefix, value)
