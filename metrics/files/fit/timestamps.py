"""Convert the times of a FIT file to UTC. A device may not know the date; then its times count from power-on.

Source: FIT profile, date_time: values below 0x10000000 are seconds since the device's power-on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from metrics.files.stale_records import LONG_HOLE_S
from metrics.recording import Column

from .messages import FitFile
from .numbers import Message, get_message_number

FIT_EPOCH_UNIX_S = 631_065_600
DEVICE_TIME_ENDS_UNIX_S = FIT_EPOCH_UNIX_S + 0x10000000
QUARTER_MIN = 15
OFFSET_RANGE_MIN = (-12 * 60, 14 * 60)
OFFSET_SLACK_S = 90
MIN_JUMP_SHARE = 0.1
"""Of the records, on each side of a clock's jump."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Converts a file's times to UTC. With `device_clock` the result is local time, treated as UTC."""

    shift_s: float = 0.0
    utc_offset_min: int | None = None
    device_clock: bool = False
    jump_at_unix_s: float = np.inf
    jump_s: float = 0.0

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warning codes for corrected times."""
        is_active = {"device_clock": self.device_clock, "clock_jump": self.jump_s > 0}
        return tuple(code for code, active in is_active.items() if active)

    def to_unix_s(self, timestamps: Column) -> Column:
        unix_s = timestamps + self.shift_s
        return np.where(unix_s > self.jump_at_unix_s, unix_s - self.jump_s, unix_s)

    def read_unix_s(self, message: Message, key: str) -> float | None:
        stamp = get_message_number(message, key)
        return None if stamp is None else float(self.to_unix_s(np.array([stamp]))[0])


def build_clock(file: FitFile) -> Clock | None:
    """The clock of a file. None if its times count from an unknown power-on."""
    activity = file.first("activity")
    local, utc = get_message_number(activity, "local_timestamp"), get_message_number(activity, "timestamp")
    if _find_any_time(file) >= DEVICE_TIME_ENDS_UNIX_S:
        return Clock(utc_offset_min=None if local is None or utc is None else _round_offset_min(local - utc))
    if local is None or utc is None or local < DEVICE_TIME_ENDS_UNIX_S:
        return None
    return Clock(shift_s=local - utc, device_clock=True)


def _find_any_time(file: FitFile) -> float:
    """The start of the first session, or the median time of the records if that is later.

    No outlier can move the median, and a session may have a stale start.
    """
    starts = [
        start for session in file.messages["session"] if (start := get_message_number(session, "start_time"))
    ]
    stamps = file.record_columns()["timestamp"]
    stamps = stamps[np.isfinite(stamps)]
    return max([*starts[:1], *([float(np.median(stamps))] if len(stamps) else [])], default=np.inf)


def _round_offset_min(difference_s: float) -> int | None:
    """The offset from UTC. None for 0 too: a device that does not know its zone writes UTC as local time."""
    offset_min = round(difference_s / 60 / QUARTER_MIN) * QUARTER_MIN
    plausible = OFFSET_RANGE_MIN[0] <= offset_min <= OFFSET_RANGE_MIN[1] and offset_min != 0
    return offset_min if plausible and abs(difference_s - 60 * offset_min) <= OFFSET_SLACK_S else None


def remove_clock_jump(clock: Clock, unix_s: Column, start: float | None, elapsed_s: float) -> Clock:
    """The clock without a jump of days in a session whose elapsed time is hours.

    There is no jump if the session starts after the hole, or if one side has a few records only: those are
    left over from days before.
    """
    if len(unix_s) < 2:
        return clock
    gaps_s = np.diff(unix_s)
    widest = int(np.argmax(gaps_s))
    excess_s = unix_s[-1] - unix_s[0] - elapsed_s
    is_after = start is not None and start > unix_s[widest]
    smaller = min(widest + 1, len(unix_s) - widest - 1)
    if (
        excess_s < LONG_HOLE_S
        or gaps_s[widest] < 0.9 * excess_s
        or is_after
        or smaller < MIN_JUMP_SHARE * len(unix_s)
    ):
        return clock
    jump_s = float(min(excess_s, gaps_s[widest] - 1))
    return replace(clock, jump_at_unix_s=float(unix_s[widest]), jump_s=jump_s)
