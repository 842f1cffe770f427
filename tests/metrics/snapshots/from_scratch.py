"""Compute an athlete's numbers from the stored rows only, in simple loops over local dates.

It follows FORMULAS §5–§7 and the API documentation. It shares no code with `metrics.snapshots.compute`,
`metrics.snapshots.history` and `metrics.statistics.series`: no matrices, no SQL sums, no snapshots, and no
state from one day to the next.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from athletes.models import Athlete, Threshold
from metrics.models import Activity, HealthDay

READINGS_D = 130
Daily = dict[date, float]


@dataclass(frozen=True, slots=True)
class StoredHistory:
    """All stored rows of one athlete, with the local day of each activity."""

    zone: ZoneInfo
    today: date
    activities: list[tuple[date, Activity]]
    health: list[HealthDay]
    vdots: list[tuple[date, float]]

    @classmethod
    def load_history(cls, athlete_id: UUID, now: datetime) -> StoredHistory:
        zone = ZoneInfo(Athlete.objects.get(pk=athlete_id).timezone)
        vdots = Threshold.objects.filter(athlete_id=athlete_id, kind="vdot")
        return cls(
            zone=zone,
            today=now.astimezone(zone).date(),
            activities=[
                (activity.started_at.astimezone(zone).date(), activity)
                for activity in Activity.objects.filter(athlete_id=athlete_id).order_by("started_at")
            ],
            health=list(HealthDay.objects.filter(athlete_id=athlete_id)),
            vdots=[(row.valid_from, row.value) for row in vdots],
        )

    def list_past_activities(self) -> list[tuple[date, Activity]]:
        return [(day, activity) for day, activity in self.activities if day <= self.today]

    def get_date_ago(self, days: int) -> date:
        return self.today - timedelta(days=days)


def compute_snapshot_numbers(stored: StoredHistory) -> dict[str, Any]:
    """Every number of a Snapshot, by column name."""
    loads = compute_daily_loads(stored)
    fitness, fatigue = compute_load_average(loads, 42), compute_load_average(loads, 7)
    form = fitness[-2] - fatigue[-2] if len(loads) > 1 else 0.0
    morning = fitness[-2] if len(loads) > 1 else 0.0
    form_part = limit_score(70 + 100 * form / max(morning, 20)) if len(loads) >= 42 else None
    return {
        "fitness": fitness[-1] if loads else 0.0,
        "fatigue": fatigue[-1] if loads else 0.0,
        "form": form,
        "form_pct": 100 * form / morning if morning >= 10 else None,
        "ramp": (fitness[-1] if loads else 0.0) - (fitness[-8] if len(loads) > 7 else 0.0),
        "history_d": len(loads),
        **compute_week_numbers(loads, stored.today),
        **compute_last_week(stored),
        **compute_health_numbers(stored, form_part),
        **choose_vo2max(stored),
        "vdot": choose_vdot(stored),
        "last_activity_at": max(
            (activity.started_at for _, activity in stored.list_past_activities()), default=None
        ),
    }


def compute_daily_loads(stored: StoredHistory) -> list[float]:
    """Loads from the day of the first activity to today, both included."""
    first = min((day for day, _ in stored.list_past_activities()), default=None)
    if first is None:
        return []
    sums = {first + timedelta(days=number): 0.0 for number in range((stored.today - first).days + 1)}
    for day, activity in stored.list_past_activities():
        sums[day] += activity.training_load or 0.0
    return list(sums.values())


def compute_load_average(loads: Iterable[float], days: int) -> list[float]:
    averages, state = [], 0.0
    for load in loads:
        state += (load - state) * (1 - math.exp(-1 / days))
        averages.append(state)
    return averages


def compute_week_numbers(loads: list[float], today: date) -> dict[str, Any]:
    before_today = min(len(loads) - 1, 28)
    four_weeks_before = sum(loads[-35:-7]) / 4
    week = loads[-7:]
    monotony = None
    if len(loads) >= 7 and sum(week) > 0:
        spread = statistics.pstdev(week)
        monotony = min(10.0, statistics.fmean(week) / spread) if spread else 10.0
    return {
        "current_week_load": sum(loads[-(today.weekday() + 1) :]),
        "four_week_avg_load": sum(loads[-29:-1]) * 7 / before_today if before_today >= 7 else None,
        "load_jump": sum(week) / four_weeks_before if len(loads) >= 35 and four_weeks_before > 0 else None,
        "monotony": monotony,
        "strain": None if monotony is None else sum(week) * monotony,
    }


def compute_last_week(stored: StoredHistory) -> dict[str, Any]:
    runs = [
        activity
        for day, activity in stored.list_past_activities()
        if day > stored.get_date_ago(7) and activity.activity_type == "run" and (activity.distance_m or 0) > 0
    ]
    metres = sum(run.distance_m or 0 for run in runs)
    seconds = sum(run.duration_s for run in runs)
    return {"week_distance_m": metres, "week_pace_s_per_km": 1000 * seconds / metres if metres else None}


def compute_health_numbers(stored: StoredHistory, form_part: float | None) -> dict[str, Any]:
    """HRV, resting heart rate and recovery score, each from the current source."""
    rmssd, rmssd_source = choose_preferred_source(stored, "hrv_rmssd_ms")
    sdnn, sdnn_source = choose_preferred_source(stored, "hrv_sdnn_ms")
    kind, source = ("rmssd", rmssd_source) if rmssd else ("sdnn", sdnn_source) if sdnn else ("", "")
    hrv = {day: math.log(value) for day, value in (rmssd or sdnn).items() if 5 <= value <= 250}
    pulse, pulse_source = choose_preferred_source(stored, "resting_hr_bpm")
    sleep, _ = choose_preferred_source(stored, "sleep_s")
    week, week_ago = (
        compute_mean_between(hrv, stored.get_date_ago(6), stored.today, 3),
        compute_mean_between(hrv, stored.get_date_ago(13), stored.get_date_ago(7), 3),
    )
    hrv_base, hrv_n = compute_reading_baseline(hrv, stored, 0.05)
    pulse_base, _ = compute_reading_baseline(pulse, stored, 1.0)
    last_hrv, last_pulse = find_newest_reading(hrv, stored, 2), find_newest_reading(pulse, stored, 2)
    parts: dict[str, float | None] = {
        "hrv": limit_score(70 + 20 * ((last_hrv + week) / 2 - hrv_base[0]) / hrv_base[1])
        if last_hrv is not None and week is not None and hrv_base
        else None,
        "resting_heart_rate": limit_score(70 - 20 * (last_pulse - pulse_base[0]) / pulse_base[1])
        if last_pulse is not None and pulse_base
        else None,
        "sleep": limit_score(70 + 20 * (sleep[stored.today] / 3600 - 7.5)) if stored.today in sleep else None,
        "form": form_part,
    }
    band = (
        [math.exp(hrv_base[0] + side * hrv_base[1]) for side in (-0.75, 0, 0.75)] if hrv_base else [None] * 3
    )
    return {
        "hrv_avg_ms": None if week is None else math.exp(week),
        "hrv_avg_7d_ago_ms": None if week_ago is None else math.exp(week_ago),
        "hrv_low_ms": band[0],
        "hrv_mean_ms": band[1],
        "hrv_high_ms": band[2],
        "hrv_state": "mature" if hrv_n >= 30 else "provisional" if hrv_n >= 14 else "none",
        "hrv_kind": kind,
        "hrv_source": source,
        "resting_hr_bpm": find_newest_reading(pulse, stored, 7),
        "resting_hr_source": pulse_source,
        **compute_recovery(parts),
    }


def choose_preferred_source(stored: StoredHistory, column: str) -> tuple[Daily, str]:
    """The readings of the source of the newest day. Of several sources, the one with the most readings."""
    rows = [
        day
        for day in stored.health
        if getattr(day, column) is not None and stored.get_date_ago(READINGS_D) < day.date <= stored.today
    ]
    if not rows:
        return {}, ""
    newest_day = max(row.date for row in rows)
    count = Counter(row.source for row in rows)
    source = min(
        (row.source for row in rows if row.date == newest_day), key=lambda name: (-count[name], name)
    )
    return {row.date: getattr(row, column) for row in rows if row.source == source}, source


def compute_mean_between(daily: Daily, first: date, last: date, least: int) -> float | None:
    values = [value for day, value in daily.items() if first <= day <= last]
    return statistics.fmean(values) if len(values) >= least else None


def compute_reading_baseline(
    daily: Daily, stored: StoredHistory, floor: float
) -> tuple[tuple[float, float] | None, int]:
    """Mean and SD of the 60 days that end 7 days ago, and their number of readings."""
    values = [
        value for day, value in daily.items() if stored.get_date_ago(66) <= day <= stored.get_date_ago(7)
    ]
    if len(values) < 14:
        return None, len(values)
    return (statistics.fmean(values), max(floor, statistics.stdev(values))), len(values)


def find_newest_reading(daily: Daily, stored: StoredHistory, days: int) -> float | None:
    """The newest reading of the last `days` days, including today."""
    return next(
        (
            daily[stored.get_date_ago(days_ago)]
            for days_ago in range(days)
            if stored.get_date_ago(days_ago) in daily
        ),
        None,
    )


def limit_score(raw: float) -> float:
    return min(100.0, max(0.0, raw))


def compute_recovery(parts: dict[str, float | None]) -> dict[str, Any]:
    weights = {"hrv": 0.45, "resting_heart_rate": 0.20, "sleep": 0.20, "form": 0.15}
    known = {name: part for name, part in parts.items() if part is not None}
    coverage = sum(weights[name] for name in known)
    mandatory = known.keys() & {"hrv", "resting_heart_rate"}
    mean = sum(weights[name] * part for name, part in known.items()) / coverage if mandatory else None
    return {
        "recovery_score": None if mean is None else math.floor(mean + 0.5 + 1e-9),
        "recovery_parts": {**parts, "coverage": coverage},
        "recovery_reason": "insufficient_physiology" if mean is None else "",
    }


def choose_vo2max(stored: StoredHistory) -> dict[str, Any]:
    """The newest device reading of 120 days, else the median of our estimates of 28 days, else of 56 days."""
    readings = [
        (day.date, day.source, day.vo2max_ml_kg_min)
        for day in stored.health
        if day.vo2max_ml_kg_min is not None and stored.get_date_ago(120) < day.date <= stored.today
    ]
    if readings:
        return {"vo2max_ml_kg_min": max(readings)[2], "vo2max_method": "device"}
    for days in (28, 56):
        values = [
            activity.vo2max_ml_kg_min
            for day, activity in stored.list_past_activities()
            if day > stored.get_date_ago(days) and activity.vo2max_ml_kg_min is not None
        ]
        if len(values) >= 3:
            return {"vo2max_ml_kg_min": statistics.median(values), "vo2max_method": "estimate"}
    return {"vo2max_ml_kg_min": None, "vo2max_method": ""}


def choose_vdot(stored: StoredHistory) -> float | None:
    """The highest of race and given values of the last 120 days."""
    raced = [
        (day, activity.race_vdot)
        for day, activity in stored.list_past_activities()
        if activity.race_vdot is not None
    ]
    recent = [
        value
        for day, value in [*raced, *stored.vdots]
        if stored.get_date_ago(120) <= day <= stored.today and 15 <= value <= 90
    ]
    return max(recent, default=None)


def compute_period_sums(
    stored: StoredHistory, period_of: Callable[[date], date], first: date, last: date, sport: str | None
) -> dict[Any, Any]:
    """By period: count, metres, seconds, load, kcal, zones 1–5 (s), seconds run, seconds run with zones."""
    sums: dict[date, list[float]] = {}
    for day, activity in stored.activities:
        if not first <= day <= last or sport not in (None, activity.activity_type):
            continue
        is_run = activity.activity_type == "run"
        zones = [getattr(activity, f"zone{number}_s") or 0.0 for number in range(1, 6)]
        row = [1.0, activity.distance_m or 0.0, activity.duration_s, activity.training_load or 0.0]
        row += [
            activity.calories_kcal or 0.0,
            *(zones if is_run else [0.0] * 5),
            activity.duration_s * is_run,
        ]
        row += [activity.duration_s * (is_run and activity.zone1_s is not None)]
        period = period_of(day)
        sums[period] = [a + b for a, b in zip(sums.get(period, [0.0] * len(row)), row, strict=True)]
    return sums
