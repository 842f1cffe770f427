"""The rows of the archive that are restored. Ids are left out, or replaced by what they stand for.

Whoever stores the rows validates them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .json_rows import JsonRow

ReadTable = Callable[[str], Iterable[JsonRow]]
"""The rows of a file of the archive; none if it is not there."""

SETTINGS_TABLES = ("athlete.json", "thresholds.json")
HEALTH_TABLE = "health_days.json"
STREAMS_TABLE = "streams.json"
"""Not a file of the archive: the samples of all activities without a file."""
ROW_TABLES = (
    "recordings.json",
    "activities.json",
    "races.json",
    "absences.json",
    "plan_instances.json",
    "calendar_sessions.json",
    "plan_links.json",
    "comments.json",
)
"""In the order in which they are restored: which recording counts comes before what an activity says."""

FORMULA_KEY = "measurement_formula"
IGNORED_COLUMNS = frozenset(
    {"id", "athlete", "original", "data_version", "organization", "group", "activity"}
)
SESSION_COLUMNS = (
    "week", "weekday", "position", "sport", "title", "duration_s", "distance_m", "load", "zone", "steps",
    "is_key",
)  # fmt: skip


def read_rows_to_restore(table: str, read: ReadTable, facts: Mapping[str, Any]) -> Iterator[JsonRow]:
    """The rows of a table without ids. Raises FileError."""
    if table == "recordings.json":
        return _join_recordings(read)
    if table == "activities.json":
        formula = {FORMULA_KEY: facts.get(FORMULA_KEY)}
        return (_drop_ids(row) | formula for row in read(table))
    if table == "plan_instances.json":
        return _join_plans(read)
    if table == "calendar_sessions.json":
        return _join_sessions(read)
    if table == "plan_links.json":
        return _join_links(read)
    if table == "comments.json":
        return _join_comments(read)
    return (_drop_ids(row) for row in read(table))


def _drop_ids(row: JsonRow) -> JsonRow:
    return {name: value for name, value in row.items() if name not in IGNORED_COLUMNS}


def _join_recordings(read: ReadTable) -> Iterator[JsonRow]:
    """One row for each activity with several recordings: the one that counts."""
    counts = Counter(str(row.get("activity")) for row in read("recordings.json"))
    for row in read("recordings.json"):
        if row.get("counts") is True and counts[str(row.get("activity"))] > 1:
            yield _drop_ids(row)


def _join_plans(read: ReadTable) -> Iterator[JsonRow]:
    plans = _load_plans(read)
    for row in read("plan_instances.json"):
        plan = plans.get(str(row.get("plan")))
        yield {name: row.get(name) for name in ("start_date", "ended_as", "ended_on")} | {"plan": plan}


def _load_plans(read: ReadTable) -> dict[str, JsonRow]:
    """The plans with their sessions, by their id in the archive."""
    plans: dict[str, JsonRow] = {
        str(row.get("id")): {name: row.get(name) for name in ("name", "description", "total_weeks")}
        | {"sessions": []}
        for row in read("plans.json")
    }
    for row in read("plan_sessions.json"):
        plan = plans.get(str(row.get("plan")))
        if plan is not None:
            plan["sessions"].append({name: row.get(name) for name in SESSION_COLUMNS})
    return plans


def _number_sessions(rows: Iterable[JsonRow]) -> dict[str, JsonRow]:
    """The week, the weekday and the number in the day of each session, by its id in the archive."""
    days: dict[str, list[tuple[str, JsonRow]]] = {}
    for row in rows:
        day = {name: row.get(name) for name in ("week", "weekday", "position")}
        days.setdefault(f"{row.get('plan')} {day['week']} {day['weekday']}", []).append(
            (str(row.get("id")), day)
        )
    numbered = {}
    for sessions in days.values():
        sessions.sort(key=lambda session: _read_position(session[1]))
        for number, (session_id, day) in enumerate(sessions):
            numbered[session_id] = day | {"position": number}
    return numbered


def _read_position(day: JsonRow) -> int:
    return day["position"] if isinstance(day["position"], int) else 0


def _join_sessions(read: ReadTable) -> Iterator[JsonRow]:
    """The sessions of the calendar, each with its plan instance and its place in the plan, or neither."""
    instances, places = _describe_instances(read), _number_sessions(read("plan_sessions.json"))
    for row in read("calendar_sessions.json"):
        yield _drop_ids(row) | {
            "instance": instances.get(str(row.get("instance"))),
            "place": places.get(str(row.get("plan_session"))),
        }


def _describe_instances(read: ReadTable) -> dict[str, JsonRow]:
    """What plan instances are known by, by their id in the archive."""
    plans, instances = _load_plans(read), {}
    for row in read("plan_instances.json"):
        plan = plans.get(str(row.get("plan")), {})
        instances[str(row.get("id"))] = {
            "start_date": row.get("start_date"),
            "name": plan.get("name"),
            "total_weeks": plan.get("total_weeks"),
            "session_count": len(plan.get("sessions", ())),
        }
    return instances


def _join_links(read: ReadTable) -> Iterator[JsonRow]:
    """Links of archives before the calendar name a plan instance and a session of the plan."""
    starts = {str(row.get("id")): row.get("started_at") for row in read("activities.json")}
    instances, places = _describe_instances(read), _number_sessions(read("plan_sessions.json"))
    sessions = {str(row.get("id")): row for row in read("calendar_sessions.json")}
    for row in read("plan_links.json"):
        session = sessions.get(str(row.get("session")), {})
        if "instance" in row:
            session = {"instance": row.get("instance"), "plan_session": row.get("session")}
        yield _describe_session(session, instances, places) | {
            "activity_started_at": starts.get(str(row.get("activity")))
        }


def _join_comments(read: ReadTable) -> Iterator[JsonRow]:
    """The comments; `session` is what the session is known by, or null if it is not about one."""
    instances, places = _describe_instances(read), _number_sessions(read("plan_sessions.json"))
    sessions = {str(row.get("id")): row for row in read("calendar_sessions.json")}
    for row in read("comments.json"):
        named = row.get("session")
        session = _describe_session(sessions.get(str(named), {}), instances, places) if named else None
        yield _drop_ids(row) | {"session": session}


def _describe_session(
    session: JsonRow, instances: Mapping[str, JsonRow], places: Mapping[str, JsonRow]
) -> JsonRow:
    """What a session of the calendar is known by: its plan instance and place, or its own values."""
    is_single = session and session.get("instance") is None
    return {
        "instance": instances.get(str(session.get("instance"))),
        "place": places.get(str(session.get("plan_session"))),
        "single": _drop_ids(session) if is_single else None,
    }
