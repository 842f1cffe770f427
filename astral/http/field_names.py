"""The names in a request: unknown and repeated ones are errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from django.http import QueryDict
from rest_framework import serializers

MAX_UNKNOWN_NAMES = 100  # of one object; more are not named
_REPEATED = serializers.ErrorDetail("Send this only once.", "repeated")


def check_field_names(given: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raises ValidationError for each name that is unknown or repeated."""
    if wrong := find_wrong_names(given, known):
        raise serializers.ValidationError(wrong)


def find_wrong_names(
    given: Mapping[str, Any], known: Iterable[str], limit: int = MAX_UNKNOWN_NAMES
) -> dict[str, Any]:
    """Errors of the names: unknown (the first `limit`), or repeated."""
    allowed = list(known)
    unknown = islice((name for name in given if name not in allowed), limit)
    wrong = {get_printable_name(name): [_unknown_field_error(name, allowed)] for name in unknown}
    if isinstance(given, QueryDict):
        wrong |= {get_printable_name(name): [_REPEATED] for name, values in given.lists() if len(values) > 1}
    return wrong


def get_printable_name(name: Any) -> str:
    """At most 64 letters of a name, without control characters; the type of what is no text."""
    if not isinstance(name, str):
        return type(name).__name__  # a list may be nested too deep to print
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name[:64])


def _unknown_field_error(name: Any, known: list[str]) -> serializers.ErrorDetail:
    choices = f"Use {', '.join(known)}" if known else "None is allowed"
    return serializers.ErrorDetail(
        f"There is no parameter or field “{get_printable_name(name)}” here. {choices}.", "unknown_field"
    )
