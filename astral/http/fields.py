"""What a question may contain: strict fields that take one spelling of a value and refuse every other.

Nothing is guessed: `yes` is no flag, `１２` and `1_000` are no numbers, `localtime` is no zone (it means
another zone on every machine), and a parameter nobody has heard of is an error, because a misspelt filter
would answer another question.
"""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from astral import ids

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)
LAST_TIMESTAMP = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) - 1
_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_CONTROL_CATEGORIES = {"Cc", "Cs"}


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that knows every field it may be sent; anything else is an error and not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        known = [name for name, field in self.fields.items() if not field.read_only]
        misnamed = find_wrong_names(data, known) if isinstance(data, Mapping) else {}
        try:
            # A plain dict, because REST framework takes an empty value in a query string for an absent one.
            validated = super().to_internal_value(data.dict() if isinstance(data, QueryDict) else data)
        except serializers.ValidationError as error:
            if misnamed and isinstance(error.detail, dict):
                raise serializers.ValidationError(misnamed | error.detail) from None
            raise
        if misnamed:
            raise serializers.ValidationError(misnamed)
        return validated

    @classmethod
    def parse(cls, given: Any, **context: Any) -> dict[str, Any]:
        """The validated question; rest_framework's ValidationError if anything in it is not as documented."""
        if not isinstance(given, Mapping):
            raise serializers.ValidationError({"non_field_errors": [_NO_OBJECT]})
        question = cls(data=given, context=context)
        question.is_valid(raise_exception=True)
        return dict(question.validated_data)


def check_field_names(given: Mapping[str, Any], known: Iterable[str]) -> None:
    """Every name is known and given once; a ValidationError names each that is not."""
    if wrong := find_wrong_names(given, known):
        raise serializers.ValidationError(wrong)


def find_wrong_names(given: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """What is wrong with the names themselves: unknown, or given twice."""
    allowed = list(known)
    unknown = islice((name for name in given if name not in allowed), MAX_UNKNOWN_NAMES)
    wrong = {_printable_name(name): [_unknown_field_error(name, allowed)] for name in unknown}
    if isinstance(given, QueryDict):
        wrong |= {_printable_name(name): [_REPEATED] for name, values in given.lists() if len(values) > 1}
    return wrong


MAX_UNKNOWN_NAMES = (
    1_000  # unknown names that are told of one question: the answer may not outgrow what was sent
)
_NO_OBJECT = serializers.ErrorDetail("Send a JSON object of the documented fields.", "invalid")
_REPEATED = serializers.ErrorDetail("Give this once.", "repeated")


def _printable_name(name: Any) -> str:
    if not isinstance(name, str):
        return type(name).__name__  # lists can be nested deeper than Python can print them
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name[:64])


def _unknown_field_error(name: Any, known: list[str]) -> serializers.ErrorDetail:
    there_are = f"there are {', '.join(known)}" if known else "there are none"
    return serializers.ErrorDetail(
        f"There is no parameter or field “{_printable_name(name)}” here; {there_are}.", "unknown_field"
    )


def is_plain_text(text: str) -> bool:
    """No NUL, no other control characters, no lone surrogates, nothing that could not be decoded."""
    return "\ufffd" not in text and not any(
        unicodedata.category(letter) in _CONTROL_CATEGORIES and letter not in "\n\t" for letter in text
    )


class TextField(serializers.CharField):
    """Text without control characters; line breaks only where `multiline`."""

    default_error_messages = {
        "not_plain": "Use plain text without control characters.",
        "one_line": "Use one line.",
    }

    def __init__(self, *, multiline: bool = False, **options: Any) -> None:
        self.multiline = multiline
        options.setdefault("max_length", 200)
        super().__init__(**options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if isinstance(data, str) and not is_plain_text(data):
            self.fail("not_plain")
        if isinstance(data, str) and not self.multiline and "\n" in data:
            self.fail("one_line")
        if not (data is None or data is serializers.empty or isinstance(data, str)):
            self.fail("invalid")
        return super().run_validation(data)


class WholeNumberField(serializers.IntegerField):
    """`12`, in ASCII digits; in JSON a number without a fraction."""

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


@extend_schema_field({"type": "string", "enum": ["1", "0", "true", "false"]})
class QueryBooleanField(serializers.Field[bool, Any, str, Any]):
    default_error_messages = {"invalid": "Use 1, 0, true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if data is True or data is False:
            return bool(data)
        if data not in ("1", "0", "true", "false"):
            self.fail("invalid")
        return data in ("1", "true")

    def to_representation(self, value: bool) -> str:
        return "1" if value else "0"


class StrictBooleanField(serializers.BooleanField):
    """true or false in a JSON body; REST framework's own field also takes `yes`, `on` and `1`."""

    def to_internal_value(self, data: Any) -> bool:
        if data is not True and data is not False:
            self.fail("invalid", input=_printable_name(data))
        return bool(data)


class ChoiceField(serializers.ChoiceField):
    """One of the words, spelled as documented."""

    default_error_messages = {"invalid_choice": "“{input}” is not one of {choices}."}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", input=_printable_name(data), choices=", ".join(self.choices))
        return data


@cache
def list_zone_names() -> frozenset[str]:
    """The IANA names that mean the same on every machine."""
    own = {"localtime", "Factory", "posixrules"}
    return frozenset(
        name
        for name in zoneinfo.available_timezones()
        if name not in own and not name.startswith(("posix/", "right/", "posix", "SystemV/"))
    )


@extend_schema_field({"type": "string", "example": "Europe/Madrid", "maxLength": 64})
class ZoneField(serializers.Field[ZoneInfo, Any, str, Any]):
    default_error_messages = {"invalid": "This is no IANA time zone name such as Europe/Madrid."}

    def to_internal_value(self, data: Any) -> ZoneInfo:
        if not isinstance(data, str) or data not in list_zone_names():
            self.fail("invalid")
        return ZoneInfo(data)

    def to_representation(self, value: ZoneInfo | str) -> str:
        return str(value)


@extend_schema_field(OpenApiTypes.DATE)
class DayField(serializers.Field[date, Any, str, Any]):
    """`YYYY-MM-DD`, 1970-01-01 … 2099-12-31."""

    default_error_messages = {
        "invalid": "Use a calendar day as YYYY-MM-DD.",
        "range": "Use a day from 1970-01-01 to 2099-12-31.",
    }

    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str) or not _DAY.fullmatch(data):
            self.fail("invalid")
        try:
            day = date.fromisoformat(data)
        except ValueError:
            self.fail("invalid")
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail("range")
        return day

    def to_representation(self, value: date) -> str:
        return value.isoformat()


class TimestampField(WholeNumberField):
    """Unix seconds, 1970 … 2099; the validated value is an aware instant."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=LAST_TIMESTAMP, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        seconds = super().run_validation(data)
        return seconds if seconds is None else datetime.fromtimestamp(seconds, UTC)


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantField(serializers.Field[datetime, Any, str, Any]):
    """An instant in a JSON body: ISO 8601 with `Z` or an offset, or Unix seconds."""

    default_error_messages = {
        "invalid": "Use an instant such as 2026-11-22T09:15:00Z, or Unix seconds.",
        "range": "Use an instant from 1970 to 2099.",
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
    """A TypeID with this prefix; the validated value is the UUID inside."""

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
