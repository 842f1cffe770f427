"""Build the recordings of the reference cases, and Samples from them."""

from __future__ import annotations

import numpy as np

from metrics.recording import Column, Samples, Totals

Stream = tuple[list[float], list[float]]


def build_steady_stream(v: float, duration_s: int, step: int = 1, t0: float = 0, d0: float = 0.0) -> Stream:
    """Times and cumulative metres of `duration_s` seconds at speed `v`, every `step` s, with both ends."""
    t = list(range(0, duration_s + 1, step))
    return [t0 + s for s in t], [d0 + v * s for s in t]


def join_streams(*streams: Stream) -> Stream:
    """Join streams."""
    return [t for times, _ in streams for t in times], [d for _, metres in streams for d in metres]


def build_test_samples(time_s, **columns) -> Samples:
    """Samples with these columns. The other columns are all NaN."""
    time = np.asarray(time_s, dtype=float)
    empty = {name: np.full(len(time), np.nan) for name in Samples.__slots__ if name != "time_s"}
    given: dict[str, Column] = {name: np.asarray(column, dtype=float) for name, column in columns.items()}
    return Samples(time_s=time, **(empty | given))


def build_test_totals(seconds, **given) -> Totals:
    return Totals(**{"duration_s": seconds, "elapsed_s": seconds} | given)
