"""Readings of the last 30 local days for small charts; computed on each request, not stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
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


class HrvRow(NamedTuple):
    """A row of PREFERRED_HRV_SQL: readings as days before `today` (int4) and values in ms (float8), as bytes."""

    athlete_id: UUID
    today: date
    days_back: bytes
    values_ms: bytes


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
    rounded: list[Any] = np.where(np.isnan(values), np.array(None), np.round(values, DIGITS)).tolist()
    return rounded


def load_hrv_trends(athletes: Iterable[AthleteSummary]) -> dict[UUID, Trend]:
    """The HRV of each athlete as in `Trends.hrv`: one statement."""
    parameters: dict[str, Any] = {
        "ids": [summary.person.user_id for summary in athletes if "health" not in summary.withheld],
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
    """The value of each of TREND_DAYS days, for each athlete."""
    values = np.full((len(rows), TREND_DAYS), np.nan)
    athlete = np.repeat(np.arange(len(rows)), [len(row.days_back) // INT4_BYTES for row in rows])
    days_back = np.frombuffer(b"".join(row.days_back for row in rows), ">i4")
    values[athlete, TREND_DAYS - 1 - days_back] = np.frombuffer(
        b"".join(row.values_ms for row in rows), ">f8"
    )
    return _round_values(values)
