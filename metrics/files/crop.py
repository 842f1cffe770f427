"""Cut a recording to the part that its owner kept on the service that it came from. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime, timedelta

import numpy as np

from metrics.recording import Column, Lap, Pause, Recording, Samples, Totals

WELL_BEFORE_S = 30.0
"""What begins or ends by less outside of the kept part is whole: services round times."""

CROPPED = "cropped"
Interval = tuple[datetime, datetime]


def crop_recording(recording: Recording, kept: Interval) -> Recording:
    """The part between the two instants, with the warning `cropped`; the same recording if it is whole.

    Distance and times are counted anew, and other totals are left to the measurement.
    """
    elapsed_s = recording.totals.elapsed_s
    first_s, last_s = ((instant - recording.started_at).total_seconds() for instant in kept)
    if first_s < WELL_BEFORE_S and elapsed_s - last_s < WELL_BEFORE_S:
        return recording
    first_s, last_s = max(first_s, 0.0), min(last_s, elapsed_s)
    inside = (recording.samples.time_s >= first_s) & (recording.samples.time_s <= last_s)
    if np.count_nonzero(inside) < 2:
        return recording
    samples = _crop_samples(recording.samples, inside, first_s)
    pauses = tuple(_crop_pauses(recording.pauses, first_s, last_s))
    kept_s = last_s - first_s
    timer_s = kept_s - sum(pause.end_s - pause.start_s for pause in pauses)
    cropped = replace(
        recording,
        started_at=recording.started_at + timedelta(seconds=first_s),
        totals=Totals(max(timer_s, 0.0), kept_s, distance_m=_find_last(samples.distance_m)),
        samples=samples,
        laps=tuple(_crop_laps(recording.laps, first_s, last_s)),
        pauses=pauses,
    )
    return cropped.with_warning(CROPPED)


def _crop_samples(samples: Samples, inside: np.ndarray, first_s: float) -> Samples:
    columns = {column.name: getattr(samples, column.name)[inside] for column in fields(samples)}
    columns["time_s"] = columns["time_s"] - first_s
    way = columns["distance_m"]
    known = way[np.isfinite(way)]
    columns["distance_m"] = way - known[0] if len(known) else way
    return Samples(**columns)


def _find_last(column: Column) -> float | None:
    known = column[np.isfinite(column)]
    return float(known[-1]) if len(known) else None


def _crop_pauses(pauses: Iterable[Pause], first_s: float, last_s: float) -> Iterable[Pause]:
    for pause in pauses:
        start_s, end_s = max(pause.start_s, first_s), min(pause.end_s, last_s)
        if end_s > start_s:
            yield Pause(start_s - first_s, end_s - first_s)


def _crop_laps(laps: Iterable[Lap], first_s: float, last_s: float) -> Iterable[Lap]:
    """The laps that are inside as a whole."""
    for lap in laps:
        if lap.start_s >= first_s and lap.start_s + lap.elapsed_s <= last_s + 1:
            yield replace(lap, start_s=lap.start_s - first_s)
