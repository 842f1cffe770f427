"""Find the true time of a session among records and stamps left over from days before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.files.stale_records import LONG_HOLE_S, Hole, fits_all_parts
from metrics.files.time_weights import find_usual_interval_s
from metrics.recording import Column

from .laps_and_pauses import build_pauses
from .messages import FitFile
from .numbers import Message, get_message_number, get_positive_number
from .timestamps import Clock

EVENT_SLACK_S = 3_600.0
TIMED_TOTALS = frozenset({"total_elapsed_time", "total_timer_time", "total_moving_time"})


class HoleExplanation:
    """What a file says about holes of a day: stops of the timer, other sessions, the total of the timer."""

    def __init__(self, file: FitFile, clock: Clock, unix_s: Column) -> None:
        self.pauses = list(build_pauses(file, clock, 0.0, (-np.inf, np.inf)))
        sessions = file.messages["session"]
        starts = [clock.read_unix_s(session, "start_time") for session in sessions]
        self.starts = [start for start in starts if start is not None]
        timer_s = [get_positive_number(session, "total_timer_time") or 0.0 for session in sessions]
        self.fits_timer = fits_all_parts(unix_s, sum(timer_s))

    def is_explained(self, hole: Hole) -> bool:
        """Whether the records before and after the hole belong to the activities of this file."""
        stopped, again = hole
        is_paused = any(
            pause.start_s <= stopped + EVENT_SLACK_S and pause.end_s >= again - EVENT_SLACK_S
            for pause in self.pauses
        )
        is_between_sessions = any(start <= stopped for start in self.starts) and any(
            stopped < start <= again + EVENT_SLACK_S for start in self.starts
        )
        return is_paused or is_between_sessions or self.fits_timer


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """A session without untrue totals, its start in unix seconds, and a warning if either was corrected."""

    session: Message
    start: float
    warnings: tuple[str, ...] = ()
    is_cut: bool = False  # the distance of the records before the start does not count


def correct_session_times(
    session: Message, start: float, unix_s: Column, has_stale_records: bool
) -> SessionTimes:
    """The session where its records are (`unix_s`). A stamp days away from them is not its start."""
    if not len(unix_s):
        return SessionTimes(session, start)
    first, last = float(unix_s[0]), float(unix_s[-1])
    has_stale_start = first - start >= LONG_HOLE_S or start - last >= LONG_HOLE_S
    if not has_stale_records and not has_stale_start:
        return SessionTimes(session, start)
    if has_stale_start:
        start = first - find_usual_interval_s(unix_s)  # a record ends the interval before it
    elapsed_s = get_message_number(session, "total_elapsed_time") or 0.0
    if elapsed_s >= last - start + LONG_HOLE_S:
        untrue = TIMED_TOTALS | ({"total_distance"} if has_stale_records else set())
        session = {key: value for key, value in session.items() if key not in untrue}
    is_cut = "total_distance" not in session
    return SessionTimes(session, start, warnings=("stale_records",), is_cut=is_cut)
