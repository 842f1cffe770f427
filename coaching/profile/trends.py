"""Readings of the last 30 local days for small charts; computed on each request, not stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db import connection

from athletes.rights import Visibility
from coaching.profile.summary import AthleteSummary
from metrics.binary_rows import DATE, FLOAT, BinaryRows
from metrics.science.hrv import VALID_MS
from metrics.science.rolling import Days
from metrics.snapshots.compute import History, build_daily_series
from metrics.snapshots.estimates import compute_vo2max_days

TREND_DAYS = 30
DIGITS = 1


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

    Units: mL/kg/min by the shown method; ms of the preferred kind and source; 0–100; bpm.
    """

    vo2max: Trend
    hrv: Trend
    recovery_score: Trend
    resting_hr: Trend


class HrvRow(NamedTuple):
    """A row of PREFERRED_HRV_SQL. `readings`: HRV_ROWS as bytes."""

    athlete_id: UUID
    today: date
    readings: bytes


HRV_ROWS = BinaryRows(date=(DATE, "date"), value_ms=(FLOAT, "value"))

# The preferred source and kind are those of the snapshot. LATERAL reads a range of the index
# `one_health_day_of_a_source` for each athlete; a join would read all days.
PREFERRED_HRV_SQL = f"""
SELECT snapshot.athlete_id, snapshot.local_date, coalesce(read.content, '')
  FROM metrics_snapshot AS snapshot
 CROSS JOIN LATERAL (
       SELECT {HRV_ROWS.aggregate()}
         FROM (SELECT date, CASE snapshot.hrv_kind WHEN 'sdnn' THEN hrv_sdnn_ms ELSE hrv_rmssd_ms END AS value
                 FROM metrics_healthday
                WHERE athlete_id = snapshot.athlete_id AND source = snapshot.hrv_source
                  AND date > snapshot.local_date - %(days)s AND date <= snapshot.local_date) AS day
        WHERE value BETWEEN %(low)s AND %(high)s
       ) AS read(content)
 WHERE snapshot.athlete_id = ANY(%(ids)s)
"""


@lru_cache(maxsize=8)
def list_trend_days(today: date) -> tuple[date, ...]:
    """TREND_DAYS days that end with `today`."""
    return tuple(today - timedelta(days=back) for back in range(TREND_DAYS - 1, -1, -1))


def build_trends(
    past: History, estimates: Iterable[tuple[date, float]], method: str | None, visibility: Visibility
) -> Trends:
    """`past`: loads and health days that are visible; `estimates`: VO2max of runs by local day.

    `method`: the method of the shown VO2max, device or estimate; empty or None without one.
    """
    days, series = list_trend_days(past.today), build_daily_series([past])
    empty = Trend()
    # A withheld VO2max must not show that it exists.
    no_vo2max = method is None or not method and not (visibility.activities and visibility.health)
    return Trends(
        vo2max=empty if no_vo2max else _build_trend(days, _vo2max_column(past, estimates, method or "")),
        hrv=_build_trend(days, np.exp(series.hrv.reading[0])) if visibility.health else empty,
        recovery_score=_build_trend(days, series.recovery.score[0]) if visibility.health else empty,
        resting_hr=_build_trend(days, series.resting_hr.reading[0]) if visibility.health else empty,
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
    """Round with numpy, because value by value takes most of a roster's time. NaN becomes None."""
    rounded: list[Any] = np.where(np.isnan(values), np.array(None), np.round(values, DIGITS)).tolist()
    return rounded


def load_hrv_trends(athletes: Iterable[AthleteSummary]) -> dict[UUID, Trend]:
    """The HRV of each athlete as in `Trends.hrv`: one statement."""
    parameters: dict[str, Any] = {
        "ids": [summary.person.user_id for summary in athletes if summary.visibility.health],
        "days": TREND_DAYS,
        "low": VALID_MS[0],
        "high": VALID_MS[1],
    }
    with connection.cursor() as cursor:
        cursor.execute(PREFERRED_HRV_SQL, parameters)
        rows = [HrvRow._make(values) for values in cursor.fetchall()]
    columns = _decode_hrv(rows)
    return {
        row.athlete_id: Trend(list_trend_days(row.today), values)
        for row, values in zip(rows, columns, strict=True)
    }


def _decode_hrv(rows: Sequence[HrvRow]) -> list[list[float | None]]:
    """The value of each of TREND_DAYS days, for each athlete.

    All athletes are decoded at once, because one by one takes several times longer.
    """
    readings = HRV_ROWS.decode(b"".join(row.readings for row in rows))
    athlete = np.repeat(np.arange(len(rows)), [HRV_ROWS.count(row.readings) for row in rows])
    first_days = np.array([row.today.toordinal() - TREND_DAYS + 1 for row in rows], np.int64)
    values = np.full((len(rows), TREND_DAYS), np.nan)
    values[athlete, readings["date"] - first_days[athlete]] = readings["value_ms"]
    return _round_values(values)
