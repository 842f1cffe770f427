"""The steps of a session as rows of fields, and back as the line that `line_entry` reads. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coaching.plans.drafts.line_text import (
    PAUSES,
    write_duration,
    write_length,
    write_step_target,
    write_steps,
)

TARGETS = ("zone", "pace", "heart_rate", "effort")
# What the line puts round a value, such as Z4, @4:30/km and @150-160 bpm.
TARGET_MARKS = {"zone": ("Z", ""), "pace": ("@", "/km"), "heart_rate": ("@", " bpm"), "effort": ("RPE ", "")}


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step, or a repeat of it. All values are texts, as typed.

    `length`: such as 1 km, 90 s, or a bracket of several steps. `value`: what belongs to `target`, such as 4,
    4:20-4:30, 150-160 or 7. `pause`: the length of the pause after each repetition.
    """

    times: str = ""
    length: str = ""
    target: str = ""
    value: str = ""
    pause: str = ""
    is_standing: bool = False

    @property
    def is_empty(self) -> bool:
        return not any((self.times, self.length, self.target, self.value, self.pause))


def list_step_rows(steps: Sequence[Mapping[str, Any]]) -> list[StepRow]:
    """One row for each stored step, of either shape."""
    return [_build_row(step) for step in steps]


def write_rows(rows: Sequence[StepRow]) -> str:
    """The line of these rows. Empty rows are left out."""
    return " + ".join(write_row(row) for row in rows if not row.is_empty)


def write_row(row: StepRow) -> str:
    """6 × 1 km Z4 90 s; what is not understood stays as it was typed."""
    times = f"{row.times} ×" if row.times and row.times != "1" else ""
    pause = f"{row.pause}{' rest' if row.is_standing else ''}" if row.pause else ""
    return " ".join(word for word in (times, row.length, _write_target(row), pause) if word)


def _write_target(row: StepRow) -> str:
    if not row.value:
        return ""
    before, after = TARGET_MARKS.get(row.target, ("", ""))
    value = row.value
    if value.lower().startswith(before.strip().lower()):
        before = ""
    if value.lower().endswith(("/km", "/mi", "bpm")):
        after = ""
    return f"{before}{value}{after}"


def _build_row(step: Mapping[str, Any]) -> StepRow:
    if step.get("kind") == "repeat":
        return _build_repeat(step)
    if "kind" in step:
        return StepRow("", write_length(step), *_split_target(step.get("target") or {}))
    return _build_older_row(step)


def _build_repeat(step: Mapping[str, Any]) -> StepRow:
    *work, last = step["steps"]
    has_pause = bool(work) and last.get("kind") in PAUSES
    inner = work if has_pause else [*work, last]
    pause = (write_length(last), last["kind"] == "rest") if has_pause else ("", False)
    times = str(step["times"])
    if len(inner) == 1 and inner[0].get("kind") != "repeat":
        target, value = _split_target(inner[0].get("target") or {})
        return StepRow(times, write_length(inner[0]), target, value, *pause)
    return StepRow(times, f"({write_steps(inner)})", "", "", *pause)


def _build_older_row(step: Mapping[str, Any]) -> StepRow:
    """A step with `repeat` and `recovery`."""
    times = str(step["repeat"]) if (step.get("repeat") or 1) > 1 else ""
    pause = write_duration(step["recovery"]) if times and step.get("recovery") else ""
    length = f"({write_steps(step['steps'])})" if step.get("steps") else write_length(step)
    return StepRow(times, length, *_split_target({"zone": step.get("zone")}), pause)


def _split_target(target: Mapping[str, Any]) -> tuple[str, str]:
    """The kind and the value of a target, without the marks of the line."""
    for kind in TARGETS:
        if target.get(kind):
            before, after = TARGET_MARKS[kind]
            return kind, write_step_target(target).removeprefix(before).removesuffix(after)
    return "", ""
