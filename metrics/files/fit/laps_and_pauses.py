"""Build the laps and pauses of a session, and the totals of an activity that has laps only."""

from __future__ import annotations

from collections.abc import Iterator

from metrics.recording import Lap, Pause

from .messages import FitFile
from .numbers import Message, get_positive_number, read_heart_rate
from .timestamps import Clock

STOP_EVENT_TYPES = frozenset({"stop", "stop_all", "stop_disable", "stop_disable_all"})
LAP_SLACK_S = 2.0

UnixRange = tuple[float, float]
SUMMED_FIELDS = (
    "total_elapsed_time",
    "total_timer_time",
    "total_distance",
    "total_calories",
    "total_ascent",
    "total_descent",
)


def build_laps(file: FitFile, clock: Clock, start: float, window: UnixRange) -> Iterator[Lap]:
    """The laps that start in the window."""
    for lap in file.messages["lap"]:
        lap_start, elapsed_s = (
            clock.read_unix_s(lap, "start_time"),
            get_positive_number(lap, "total_elapsed_time"),
        )
        if lap_start is None or elapsed_s is None or not window[0] - LAP_SLACK_S <= lap_start < window[1]:
            continue
        yield Lap(
            start_s=max(lap_start - start, 0.0),
            elapsed_s=elapsed_s,
            timer_s=get_positive_number(lap, "total_timer_time"),
            distance_m=get_positive_number(lap, "total_distance"),
            avg_hr_bpm=read_heart_rate(lap, "avg_heart_rate"),
            max_hr_bpm=read_heart_rate(lap, "max_heart_rate"),
        )


def build_pauses(file: FitFile, clock: Clock, start: float, window: UnixRange) -> Iterator[Pause]:
    """A pause lasts from a stop of the timer to its next start. If the times go back, there is no pause."""
    stopped: float | None = None
    ended = start
    for event in file.messages["event"]:
        at = clock.read_unix_s(event, "timestamp")
        if event.get("event") != "timer" or at is None or not window[0] <= at < window[1]:
            continue
        if event.get("event_type") in STOP_EVENT_TYPES and stopped is None:
            stopped = max(at, ended)
        elif event.get("event_type") == "start" and stopped is not None:
            if at > stopped:
                yield Pause(stopped - start, at - start)
                ended = at
            stopped = None


def sum_laps(laps: list[Message], known: Message | None = None) -> Message:
    """A session message with the totals of laps, for a file that has no records. `known` totals stay."""
    session = {key: value for key, value in laps[0].items() if key in ("start_time", "sport", "sub_sport")}
    for key in SUMMED_FIELDS:
        values = [value for lap in laps if (value := get_positive_number(lap, key))]
        if values:
            session[key] = sum(values)
    weighted = [
        (bpm, get_positive_number(lap, "total_timer_time") or 0.0)
        for lap in laps
        if (bpm := read_heart_rate(lap, "avg_heart_rate"))
    ]
    seconds = sum(weight for _, weight in weighted)
    if seconds:
        session["avg_heart_rate"] = sum(bpm * weight for bpm, weight in weighted) / seconds
    if highest := [bpm for lap in laps if (bpm := read_heart_rate(lap, "max_heart_rate"))]:
        session["max_heart_rate"] = max(highest)
    return session | {key: value for key, value in (known or {}).items() if value is not None}
