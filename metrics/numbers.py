"""One athlete's numbers today, from everything stored about them; many athletes at once as matrices. Pure.

`History` is what was read, `Series` every day of it, `Numbers` its last day. Nothing is carried over from an earlier
computation: a file from last year that arrives today is simply in the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from metrics import buckets
from metrics.science.hrv import DISPLAY_BAND_SD, HrvSeries, baseline_state, hrv_series
from metrics.science.load_series import WARM_UP_D, LoadSeries, load_series
from metrics.science.recovery import RecoverySeries, form_for_recovery, recovery_on, recovery_series
from metrics.science.resting_hr import RestingHrSeries, resting_hr_series
from metrics.science.rolling import Days
from metrics.science.vdot import vdot_current
from metrics.science.vo2max import vo2max_current
from metrics.science.week import WeekSeries, week_series

READINGS_D = 130  # days of readings that any number of the last month can depend on
RECENT_D = 7
VO2MAX_READING_D = 120  # an older reading of a device says nothing of today
Dates = npt.NDArray[np.int64]  # proleptic ordinals


@dataclass(frozen=True, slots=True)
class Reading:
    """One day's reading of one source, in the unit of its metric."""

    day: date
    source: str
    value: float


@dataclass(frozen=True, slots=True)
class History:
    """What is stored of one athlete, as of the local day `today`.

    Columns of equal length, an entry an activity, in order of start: instant (Unix seconds), load, whether it is a run,
    metres and seconds, VO2max estimate, VDOT of a race; NaN where there is none. `readings` holds exactly the last
    READINGS_D days by metric: rmssd, sdnn, resting_hr, vo2max, sleep_h. `vdots` are (day, value) of given VDOTs.
    """

    zone: ZoneInfo
    today: date
    started_s: Days
    load: Days
    is_run: Days
    distance_m: Days
    duration_s: Days
    vo2max: Days
    race_vdot: Days
    readings: dict[str, list[Reading]]
    vdots: tuple[tuple[date, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """Every day of many athletes: matrices (athletes × days), the last column each athlete's own today.

    Loads reach back to the first activity, readings READINGS_D days.
    """

    load: LoadSeries
    weeks: WeekSeries
    hrv: HrvSeries
    resting_hr: RestingHrSeries
    recovery: RecoverySeries
    hrv_sources: tuple[tuple[str, str], ...]  # (kind, source) of each athlete; empty words where nothing was read
    resting_hr_sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The last day of one athlete; None where it cannot be known."""

    fitness: float
    fatigue: float
    form: float
    form_pct: float | None
    ramp: float
    history_d: int
    current_week_load: float
    four_week_avg_load: float | None
    load_jump: float | None
    monotony: float | None
    strain: float | None
    week_distance_m: float
    week_pace_s_per_km: float | None
    hrv_avg_ms: float | None
    hrv_avg_7d_ago_ms: float | None
    hrv_mean_ms: float | None
    hrv_low_ms: float | None
    hrv_high_ms: float | None
    hrv_state: str
    hrv_kind: str
    hrv_source: str
    resting_hr_bpm: float | None
    resting_hr_source: str
    recovery_score: int | None
    recovery_parts: dict[str, float | None]
    recovery_reason: str
    vo2max_ml_kg_min: float | None
    vo2max_method: str
    vdot: float | None
    last_activity_at: datetime | None


def local_ordinals(started_s: Days, zone: ZoneInfo) -> Dates:
    """The local calendar date of each instant, as an ordinal."""
    if not started_s.size:
        return np.empty(0, np.int64)
    edges, ordinals = _day_table(zone, _year(started_s[0]), _year(started_s[-1]) + 1)
    return ordinals[np.searchsorted(edges, started_s, "right") - 1]


def _year(unix_s: float) -> int:
    return datetime.fromtimestamp(unix_s, UTC).year


@lru_cache(maxsize=1024)
def _day_table(zone: ZoneInfo, first_year: int, last_year: int) -> tuple[Days, Dates]:
    """Where the local days of these years begin (Unix seconds), and which they are."""
    start, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    window = buckets.window("day", start - timedelta(days=2), end, zone)
    edges = np.array([edge.timestamp() for edge in window.edges])
    return edges, np.array([owner.toordinal() for owner in window.owners])


def series_of(histories: Sequence[History]) -> Series:
    """Every day of these athletes."""
    loads, history_d = _load_matrix(histories)
    load = load_series(loads, history_d)
    kinds = tuple(_hrv_kind(history.readings) for history in histories)
    resting = tuple(_current_source(history.readings.get("resting_hr", [])) for history in histories)
    sleepers = tuple(_current_source(history.readings.get("sleep_h", [])) for history in histories)
    hrv = hrv_series(_reading_matrix(histories, [kind for kind, _ in kinds], [source for _, source in kinds]))
    pulse = resting_hr_series(_reading_matrix(histories, ["resting_hr"] * len(histories), resting))
    sleep = _reading_matrix(histories, ["sleep_h"] * len(histories), sleepers)
    recovery = recovery_series(hrv.acute_z, pulse.day_z, sleep, _form_part(load))
    return Series(load, week_series(loads, load.history_d), hrv, pulse, recovery, kinds, resting)


def numbers_of(histories: Sequence[History]) -> list[Numbers]:
    """Today's numbers of each athlete, in order."""
    series = series_of(histories)
    return [_numbers(history, series, place) for place, history in enumerate(histories)]


def _load_matrix(histories: Sequence[History]) -> tuple[Days, Days]:
    """Daily loads, right-aligned on each athlete's today, and how many days back the first activity is."""
    backs = [h.today.toordinal() - local_ordinals(h.started_s, h.zone) for h in histories]
    history_d = np.array([max(0, int(back.max(initial=-1)) + 1) for back in backs], float)
    days = max(int(history_d.max(initial=0)), 2 * WARM_UP_D)
    loads = np.zeros((len(histories), days))
    for row, (history, back) in enumerate(zip(histories, backs, strict=True)):
        past = back >= 0  # an entry for tomorrow counts tomorrow
        np.add.at(loads[row], days - 1 - back[past], np.nan_to_num(history.load[past]))
    return loads, history_d


def _form_part(load: LoadSeries) -> Days:
    """Form in per cent, on the days that readings cover; NaN while the averages warm up."""
    percent = form_for_recovery(load)[:, -READINGS_D:]
    return np.pad(percent, ((0, 0), (READINGS_D - percent.shape[1], 0)), constant_values=np.nan)


def _current_source(readings: list[Reading]) -> str:
    """The source that an athlete wears now: of the newest reading; of two on that day the one with more readings."""
    if not readings:
        return ""
    newest = max(reading.day for reading in readings)
    worn = sorted({reading.source for reading in readings if reading.day == newest})
    return max(worn, key=lambda source: sum(reading.source == source for reading in readings))


def _hrv_kind(readings: dict[str, list[Reading]]) -> tuple[str, str]:
    """rMSSD where there is any, else SDNN: never both in one baseline."""
    kind = next((kind for kind in ("rmssd", "sdnn") if readings.get(kind)), "")
    return kind, _current_source(readings.get(kind, []))


def _reading_matrix(histories: Sequence[History], metrics: Sequence[str], sources: Sequence[str]) -> Days:
    matrix = np.full((len(histories), READINGS_D), np.nan)
    for row, (history, metric, source) in enumerate(zip(histories, metrics, sources, strict=True)):
        last = history.today.toordinal()
        for reading in history.readings.get(metric, []):
            back = last - reading.day.toordinal()
            if reading.source == source and 0 <= back < READINGS_D:
                matrix[row, READINGS_D - 1 - back] = reading.value
    return matrix


def _numbers(history: History, series: Series, place: int) -> Numbers:
    load, weeks = series.load.row(place), series.weeks.row(place)
    recovered = recovery_on(series.recovery.row(place), -1)
    vo2max, method = _vo2max(history)
    known = vdot_current(_vdot_efforts(history))
    return Numbers(
        fitness=float(load.fitness[-1]),
        fatigue=float(load.fatigue[-1]),
        form=float(load.form[-1]),
        form_pct=_known(load.form_pct),
        ramp=float(load.ramp[-1]),
        history_d=int(load.history_d[-1]),
        current_week_load=float(load.load[-(history.today.weekday() + 1) :].sum()),
        four_week_avg_load=_known(weeks.four_week_avg),
        load_jump=_known(weeks.load_jump),
        monotony=_known(weeks.monotony),
        strain=_known(weeks.strain),
        **_last_week(history),
        **_hrv(series, place),
        resting_hr_bpm=_latest(series.resting_hr.row(place).reading),
        resting_hr_source=series.resting_hr_sources[place],
        recovery_score=recovered.score,
        recovery_parts={
            "hrv": recovered.hrv,
            "resting_heart_rate": recovered.resting_hr,
            "sleep": recovered.sleep,
            "form": recovered.form,
            "coverage": recovered.coverage,
        },
        recovery_reason=recovered.reason,
        vo2max_ml_kg_min=vo2max,
        vo2max_method=method,
        vdot=known.value if "stale" not in known.warnings else None,
        last_activity_at=_last_activity_at(history),
    )


def _last_activity_at(history: History) -> datetime | None:
    """Of today or before: an entry for tomorrow counts tomorrow."""
    past = history.started_s[local_ordinals(history.started_s, history.zone) <= history.today.toordinal()]
    return datetime.fromtimestamp(float(past[-1]), UTC) if past.size else None


def _last_week(history: History) -> dict[str, Any]:
    """Metres and pace of the runs of the last 7 local days."""
    back = history.today.toordinal() - local_ordinals(history.started_s, history.zone)
    recent = (history.is_run > 0) & (back >= 0) & (back < RECENT_D) & (np.nan_to_num(history.distance_m) > 0)
    metres, seconds = float(history.distance_m[recent].sum()), float(history.duration_s[recent].sum())
    return {"week_distance_m": metres, "week_pace_s_per_km": 1000 * seconds / metres if metres else None}


def _hrv(series: Series, place: int) -> dict[str, Any]:
    hrv, (kind, source) = series.hrv.row(place), series.hrv_sources[place]
    mean, sd = hrv.mean[-1], hrv.sd[-1]
    return {
        "hrv_avg_ms": _exp(hrv.week[-1]),
        "hrv_avg_7d_ago_ms": _exp(hrv.week[-1 - RECENT_D]),
        "hrv_mean_ms": _exp(mean),
        "hrv_low_ms": _exp(mean - DISPLAY_BAND_SD * sd),
        "hrv_high_ms": _exp(mean + DISPLAY_BAND_SD * sd),
        "hrv_state": baseline_state(float(hrv.baseline_n[-1])),
        "hrv_kind": kind,
        "hrv_source": source,
    }


def _vo2max(history: History) -> tuple[float | None, str]:
    """The newest reading of a device or laboratory, else our own estimate; never both in one."""
    readings = [
        reading
        for reading in history.readings.get("vo2max", [])
        if 0 <= (history.today - reading.day).days < VO2MAX_READING_D
    ]
    if readings:
        newest = max(readings, key=lambda reading: (reading.day, reading.source))
        return newest.value, "device"
    estimate = vo2max_current(_aged(history, history.vo2max))
    return estimate.value, "estimate" if estimate.value is not None else ""


def _vdot_efforts(history: History) -> list[tuple[int, float]]:
    given = [((history.today - day).days, value) for day, value in history.vdots if day <= history.today]
    return [*given, *_aged(history, history.race_vdot)]


def _aged(history: History, column: Days) -> list[tuple[int, float]]:
    """(age in days, value) of what a column holds."""
    known = np.isfinite(column)
    back = history.today.toordinal() - local_ordinals(history.started_s[known], history.zone)
    return [(int(age), float(value)) for age, value in zip(back, column[known], strict=True) if age >= 0]


def _known(column: Days) -> float | None:
    value = float(column[-1])
    return None if np.isnan(value) else value


def _latest(reading: Days) -> float | None:
    """The newest reading of the last week."""
    recent = reading[-RECENT_D:]
    known = recent[np.isfinite(recent)]
    return float(known[-1]) if known.size else None


def _exp(value: float) -> float | None:
    return None if np.isnan(value) else float(np.exp(value))
