"""Readings of the last 30 local days for small charts; computed on each request, not stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from coaching.profile.summary import AthleteSummary
from metrics.science.hrv import VALID_MS
from metrics.science.rolling import Days
from metrics.snapshots.compute import History, build_daily_series
from metrics.snapshots.estimates import compute_vo2max_days

TREND_DAYS = 30
DIGITS = 1
INT4_BYTES = 4  # what PostgreSQL sends of each


@dataclass(frozen=True, slots=True)
class Trend:
    """Values by day, oldest first; None without a reading; empty if withheld."""

    days: Sequence[date] = ()
    values: Sequence[float | None] = ()

    def __iter__(self) -> Iterator[tuple[date, float | None]]:
        return zip(self.days, self.values, strict=True)


@dataclass(frozen=True, slots=True)
class Trends:
    """Values of the last TREND_DAYS days; None without a reading.

    mL/kg/min of the method that is shown, ms of the kind and source that is worn, 0–100, bpm.
    """

    vo2max: Trend
    hrv: Trend
    recovery_score: Trend
    resting_hr: Trend


# A range of the index `one_health_day_of_a_source` for each athlete (LATERAL, else all days there are would be read):
# of the source and kind that the snapshot says is worn. Days are counted back from the snapshot's.
PREFERRED_HRV_SQL = """
SELECT worn.athlete_id, worn.local_date, coalesce(read.backs, ''), coalesce(read.ms, '')
  FROM metrics_snapshot AS worn
 CROSS JOIN LATERAL (
       SELECT string_agg(int4send(worn.local_date - date), ''), string_agg(float8send(value), '')
         FROM (SELECT date, CASE worn.hrv_kind WHEN 'sdnn' THEN hrv_sdnn_ms ELSE hrv_rmssd_ms END AS value
                 FROM metrics_healthday
                WHERE athlete_id = worn.athlete_id AND source = worn.hrv_source
                  AND date > worn.local_date - %(days)s AND date <= worn.local_date) AS day
        WHERE value BETWEEN %(low)s AND %(high)s
       ) AS read(backs, ms)
 WHERE worn.athlete_id = ANY(%(ids)s)
"""


@lru_cache(maxsize=8)
def list_trend_days(today: date) -> tuple[date, ...]:
    """DAYS days that end with `today`."""
    return tuple(today - timedelta(days=back) for back in range(TREND_DAYS - 1, -1, -1))


def build_trends(
    past: History, estimates: Iterable[tuple[date, float]], method: str | None, hidden: Collection[str]
) -> Trends:
    """`past`: loads and health days, without what is `hidden`; `estimates`: VO2max of runs by local day.

    `method`: where the VO2max that is shown comes from (device, estimate; empty or None: there is none).
    """
    days, series = list_trend_days(past.today), build_daily_series([past])
    empty = Trend()
    of_health = "health" not in hidden
    # A withheld VO2max must not show that it exists.
    no_vo2max = method is None or not method and not {"activities", "health"}.isdisjoint(hidden)
    return Trends(
        vo2max=empty if no_vo2max else _build_trend(days, _vo2max_column(past, estimates, method or "")),
        hrv=_build_trend(days, np.exp(series.hrv.reading[0])) if of_health else empty,
        recovery_score=_build_trend(days, series.recovery.score[0]) if of_health else empty,
        resting_hr=_build_trend(days, series.resting_hr.reading[0]) if of_health else empty,
    )


def _vo2max_column(past: History, estimates: Iterable[tuple[date, float]], method: str) -> Days:
    if method == "device":
        return compute_vo2max_days(past, method, 0, TREND_DAYS)[1]
    found = np.full(TREND_DAYS, np.nan)
    for day, value in estimates if method else ():
        back = (past.today - day).days
        if 0 <= back < TREND_DAYS:
            found[TREND_DAYS - 1 - back] = value
    return found


def _build_trend(days: Sequence[date], column: Days) -> Trend:
    return Trend(days, _round_values(column[-TREND_DAYS:]))


def _round_values(values: Days) -> list[Any]:
    """Rounded with numpy: one by one would take most of a roster's time."""
    told: list[Any] = np.where(np.isnan(values), np.array(None), np.round(values, DIGITS)).tolist()
    return told


def load_hrv_trends(athletes: Iterable[AthleteSummary]) -> dict[UUID, Trend]:
    """The HRV of each athlete as in `Trends.hrv`: one statement."""
    asked: dict[str, Any] = {
        "ids": [one.person.user_id for one in athletes if "health" not in one.withheld],
        "days": TREND_DAYS,
        "low": VALID_MS[0],
        "high": VALID_MS[1],
    }
    with connection.cursor() as cursor:
        cursor.execute(PREFERRED_HRV_SQL, asked)
        rows = cursor.fetchall()
    worn = _decode_hrv([row[2] for row in rows], [row[3] for row in rows])
    return {row[0]: Trend(list_trend_days(row[1]), told) for row, told in zip(rows, worn, strict=True)}


def _decode_hrv(backs: Sequence[bytes], values: Sequence[bytes]) -> list[list[float | None]]:
    """Of each athlete what was read on each of DAYS days; `backs` and `values` as WORN_HRV sends them."""
    read = np.full((len(backs), TREND_DAYS), np.nan)
    athlete = np.repeat(np.arange(len(backs)), [len(some) // INT4_BYTES for some in backs])
    read[athlete, TREND_DAYS - 1 - np.frombuffer(b"".join(backs), ">i4")] = np.frombuffer(
        b"".join(values), ">f8"
    )
    return _round_values(read)
