"""Write a session as one line, which `line_entry` reads again. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coaching.plans.drafts.draft import DraftContent
from metrics.formatting import IMPERIAL, convert_distance
from metrics.science.pace import METRES_PER_MILE, mmss

METRIC = "metric"
REST, RUN = "rest", "run"
SPORT_WORDS = {"bike": "bike", "swim": "swim", "walk": "walk", "hike": "hike", "workout": "workout"}
PAUSES = ("recovery", "rest")


def write_line(content: DraftContent, units: str = METRIC) -> str:
    """15 min + 6 × 1 km Z4 90 s + 10 min; Long run: 24 km Z1 key. Without the instructions.

    In miles, long distances are rounded, so the line is for reading only.
    """
    if content.sport == REST:
        return f"{content.title}: rest" if content.title else "rest"
    words = [write_targets(content, units)]
    if content.sport != RUN:
        words.insert(0, SPORT_WORDS[content.sport])
    if content.load is not None:
        words.append(f"load {round(content.load)}")
    if content.is_key:
        words.append("key")
    line = " ".join(word for word in words if word)
    return f"{content.title}: {line}" if content.title else line


def write_targets(content: DraftContent, units: str = METRIC) -> str:
    """Only how long, how far and how hard."""
    if content.steps:
        return write_steps(content.steps, units)
    lengths = [
        write_distance(content.distance_m, units) if content.distance_m else "",
        write_duration(content.duration_s) if content.duration_s else "",
    ]
    both = " in ".join(length for length in lengths if length)
    return f"{both} Z{content.zone}" if content.zone and both else both


def write_steps(steps: Sequence[Mapping[str, Any]], units: str = METRIC) -> str:
    return " + ".join(_write_step(step, units) for step in steps)


def _write_step(step: Mapping[str, Any], units: str) -> str:
    if step.get("kind") == "repeat":
        return _write_repeat(step, units)
    if "kind" not in step:
        return _write_older_step(step, units)
    target = write_step_target(step.get("target") or {})
    return " ".join(filter(None, [write_length(step, units), target]))


def _write_repeat(step: Mapping[str, Any], units: str) -> str:
    *work, last = step["steps"]
    pause = f" {_write_pause(last, units)}" if work and last.get("kind") in PAUSES else ""
    inner = work if pause else [*work, last]
    text = write_steps(inner, units)
    is_plain = len(inner) == 1 and inner[0].get("kind") != "repeat"
    return f"{step['times']} × {text}{pause}" if is_plain else f"{step['times']} × ({text}){pause}"


def _write_pause(step: Mapping[str, Any], units: str) -> str:
    words = [write_length(step, units), "rest" if step["kind"] == "rest" else ""]
    return " ".join(filter(None, words))


def _write_older_step(step: Mapping[str, Any], units: str) -> str:
    """A step with `repeat` and `recovery`."""
    zone = f" Z{step['zone']}" if step.get("zone") else ""
    inner = (
        f"({write_steps(step['steps'], units)})" if step.get("steps") else write_length(step, units) + zone
    )
    repeat = step.get("repeat") or 1
    pause = f" {write_duration(step['recovery'])}" if step.get("recovery") and repeat > 1 else ""
    return f"{repeat} × {inner}{pause}" if repeat > 1 else inner


def write_length(step: Mapping[str, Any], units: str = METRIC) -> str:
    if step.get("duration"):
        return write_duration(step["duration"])
    return write_distance(step["distance"], units) if step.get("distance") else "until lap"


def write_step_target(target: Mapping[str, Any]) -> str:
    if target.get("pace"):
        slow, fast = (mmss(pace) or "" for pace in target["pace"])
        return f"@{slow}/km" if slow == fast else f"@{fast}-{slow}/km"
    if target.get("heart_rate"):
        low, high = target["heart_rate"]
        return f"@{low}-{high} bpm"
    if target.get("effort"):
        return f"RPE {target['effort']}"
    return f"Z{target['zone']}" if target.get("zone") else ""


def write_duration(seconds: float) -> str:
    """90 min; 90 s; 4'30"."""
    if seconds % 60 == 0:
        return f"{_write_number(seconds / 60)} min"
    if seconds < 120 or seconds % 1:
        return f"{_write_number(seconds)} s"
    minutes, rest_s = divmod(int(seconds), 60)
    return f"{minutes}'{rest_s:02d}\""


def write_distance(metres: float, units: str = METRIC) -> str:
    """24 km; 400 m; 15 mi."""
    if units == IMPERIAL and metres >= METRES_PER_MILE:
        return f"{_write_number(round(convert_distance(metres, units) or 0.0, 1))} mi"
    if metres >= 1_000 and metres % 10 == 0:
        return f"{_write_number(metres / 1_000)} km"
    return f"{_write_number(metres)} m"


def _write_number(number: float) -> str:
    return f"{number:.3f}".rstrip("0").rstrip(".")
