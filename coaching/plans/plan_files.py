"""Read a plan out of a file: what the export wrote, or an answer of the API."""

from __future__ import annotations

import re
from typing import Any

import orjson
from rest_framework.exceptions import ValidationError

from astral.http.errors import flatten_field_errors
from coaching.plans.serializers import PlanCreate

MAX_FILE_BYTES = 2_000_000
MAX_SENTENCES = 20
ANSWER_FIELDS = ("plan_id", "org_id", "total_weeks", "archived_at", "version")  # of a plan, not of a body
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PLACE = re.compile(
    r"weeks\.(\d+)(?:\.days\.(\d+))?(?:\.sessions\.(\d+))?(?:\.steps\.(\d+))?\.?(.*)", re.ASCII
)


class PlanFileError(ValueError):
    """The file holds no plan. `sentences` say what is wrong, each with its place in the file."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(sentences[0])
        self.sentences = sentences


def read_plan_file(content: bytes) -> dict[str, Any]:
    """The validated name, description and weeks. Raises PlanFileError."""
    try:
        given = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise PlanFileError([f"Line {error.lineno}, character {error.colno}: this is no JSON."]) from None
    if isinstance(given, dict) and isinstance(given.get("data"), dict):
        given = given["data"]
    if not isinstance(given, dict) or "weeks" not in given:
        raise PlanFileError(["This file holds no plan: it has no weeks."])
    body = {name: value for name, value in given.items() if name not in ANSWER_FIELDS}
    body["weeks"] = _remove_session_ids(body["weeks"])
    try:
        return PlanCreate.parse(body)
    except ValidationError as error:
        faults = list(flatten_field_errors(error.detail))
        sentences = [f"{_name_place(fault.field, body)}: {fault.message}" for fault in faults[:MAX_SENTENCES]]
        if len(faults) > MAX_SENTENCES:
            sentences.append(f"There are {len(faults) - MAX_SENTENCES} more.")
        raise PlanFileError(sentences) from None


def _remove_session_ids(weeks: Any) -> Any:
    """A copy of the weeks without `session_id`, whatever else is in them."""
    if isinstance(weeks, list):
        return [_remove_session_ids(item) for item in weeks]
    if isinstance(weeks, dict):
        return {name: _remove_session_ids(value) for name, value in weeks.items() if name != "session_id"}
    return weeks


def _name_place(field: str, body: dict[str, Any]) -> str:
    """Week 3, Tuesday, session 1, distance; a place in the list where the file has no number of its own."""
    found = PLACE.fullmatch(field)
    if not found:
        return field or "plan"
    week, day, session, step, rest = found.groups()
    number = _look_up(body, "week", "weeks", int(week))
    words = [f"week {number}" if isinstance(number, int) else f"week no. {int(week) + 1}"]
    if day is not None:
        weekday = _look_up(body, "weekday", "weeks", int(week), "days", int(day))
        is_known = isinstance(weekday, int) and 1 <= weekday <= 7
        words.append(WEEKDAYS[weekday - 1] if is_known else f"day no. {int(day) + 1}")
    words += [f"session {int(session) + 1}"] if session is not None else []
    words += [f"step {int(step) + 1}"] if step is not None else []
    text = ", ".join([*words, *([rest] if rest else [])])
    return text[0].upper() + text[1:]


def _look_up(body: Any, name: str, *keys: str | int) -> Any:
    try:
        for key in keys:
            body = body[key]
        return body[name]
    except (KeyError, IndexError, TypeError):
        return None
