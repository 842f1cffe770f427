"""The state of a session of a calendar, and the rule that keeps how it stood before its day. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

JUDGED_COLUMNS = ("sport", "duration_s", "distance_m", "load", "zone", "steps", "is_key")
# What an operation can change. An undo writes all of them but `as_planned`.
COLUMNS = (
    "position", *JUDGED_COLUMNS, "title", "description", "is_adjusted", "is_skipped", "skip_reason",
    "is_removed",
)  # fmt: skip
SessionJson = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SessionState:
    """All that an operation can change of a session.

    `columns`: values by name, of COLUMNS. `activity_id`: the link by hand. `as_planned`: how it stood at the
    end of the day before, if that differs; JSON.
    """

    day: date
    columns: SessionJson
    activity_id: str | None = None
    as_planned: SessionJson | None = None

    @property
    def is_planned(self) -> bool:
        return not (self.columns["is_removed"] or self.columns["is_skipped"])

    def with_values(self, **values: Any) -> SessionState:
        """The same session with other values of its columns."""
        return replace(self, columns={**self.columns, **values})

    def equals(self, other: SessionState) -> bool:
        """Whether both look the same in the calendar. How they are judged may differ."""
        return replace(self, as_planned=None) == replace(other, as_planned=None)

    def to_judged_json(self) -> dict[str, Any]:
        """How it stands, in the form of `as_planned`."""
        judged = {name: self.columns[name] for name in JUDGED_COLUMNS}
        return {"day": self.day.isoformat(), **judged, "is_planned": self.is_planned}

    def to_json(self) -> dict[str, Any]:
        extra = {"activity_id": self.activity_id, "as_planned": self.as_planned}
        return {"day": self.day.isoformat(), **self.columns, **extra}


def parse_session_state(stored: SessionJson) -> SessionState:
    """The opposite of `to_json`."""
    columns = {name: stored[name] for name in COLUMNS}
    return SessionState(
        date.fromisoformat(stored["day"]), columns, stored["activity_id"], stored["as_planned"]
    )


def keep_judgement(before: SessionState | None, after: SessionState, today: date) -> SessionState:
    """`after` with the `as_planned` that it needs, if the change is made on the local day `today`.

    A session is judged once: as it stood at the end of the day before its day. From its day on, a change
    keeps that state. A session that was added on its day or later is not judged. None: it is judged as it is.
    """
    kept = None if before is None else before.as_planned
    if before is None and after.day <= today:
        kept = after.to_judged_json() | {"is_planned": False}
    elif before is not None and kept is None and before.day <= today:
        kept = before.to_judged_json()
    return replace(after, as_planned=None if kept is None or _is_same_judgement(kept, after) else kept)


def _is_same_judgement(kept: SessionJson, after: SessionState) -> bool:
    """Sessions of the same day that nobody planned are judged the same: not at all."""
    stands = after.to_judged_json()
    is_unplanned = not (kept["is_planned"] or stands["is_planned"])
    return kept == stands or (is_unplanned and kept["day"] == stands["day"])
