"""Read the heart rates that a strap sends after a swim. They are `hr` messages; each beat has a 12-bit time.

Source: FIT profile, hr.event_timestamp_12: 1/1024 s, little-endian, starts again at 0 every 4 s. It counts
from the last full event_timestamp.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from metrics.recording import Column

from .numbers import Message, get_message_number
from .timestamps import Clock

ROLLOVER_S = 4.0
MAX_BEAT_DISTANCE_S = 5.0


def find_heart_rate_at(unix_s: Column, messages: list[Message], clock: Clock) -> Column:
    """The heart rate of the nearest beat at each instant, bpm. NaN if none is within MAX_BEAT_DISTANCE_S."""
    beats = np.array(sorted(_iterate_beats(messages, clock)), dtype=np.float64).reshape(-1, 2)
    if not len(beats) or not len(unix_s):
        return np.full(len(unix_s), np.nan)
    after = np.searchsorted(beats[:, 0], unix_s).clip(1, max(1, len(beats) - 1)).clip(max=len(beats) - 1)
    before = (after - 1).clip(0)
    nearest = np.where(unix_s - beats[before, 0] <= beats[after, 0] - unix_s, before, after)
    return np.where(np.abs(beats[nearest, 0] - unix_s) <= MAX_BEAT_DISTANCE_S, beats[nearest, 1], np.nan)


def _iterate_beats(messages: list[Message], clock: Clock) -> Iterator[tuple[float, float]]:
    """(unix seconds, bpm) of every beat."""
    event_s: float | None = None
    unix_less_event_s = 0.0
    for message in messages:
        rates = _as_list(message.get("filtered_bpm"))
        full = [
            time_s for time_s in _as_list(message.get("event_timestamp")) if isinstance(time_s, int | float)
        ]
        stamp = clock.read_unix_s(message, "timestamp")
        if full and stamp is not None:
            unix_less_event_s = stamp + (get_message_number(message, "fractional_timestamp") or 0.0) - full[0]
        times = full
        if not full and event_s is not None:
            times = list(_unroll_times(message.get("event_timestamp_12"), event_s))
        event_s = times[-1] if times else event_s
        for at_s, rate in zip(times, rates, strict=False):
            if isinstance(rate, int | float) and unix_less_event_s:
                yield at_s + unix_less_event_s, float(rate)


def _unroll_times(packed: object, event_s: float) -> Iterator[float]:
    """The event times of packed 12-bit values. The first one follows `event_s`."""
    if not isinstance(packed, bytes):
        return
    bits = int.from_bytes(packed, "little")
    for place in range(len(packed) * 8 // 12):
        part_s = (bits >> (12 * place) & 0xFFF) / 1024
        event_s += (part_s - event_s) % ROLLOVER_S
        yield event_s


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]
