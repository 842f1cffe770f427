"""The last 30 local days of readings, as they are drawn: computed whenever they are shown, kept nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from coaching.seen import Seen
from metrics.estimates import vo2max_days
from metrics.numbers import History, series_of
from metrics.science.hrv import VALID_MS
from metrics.science.rolling import Days

DAYS = 30
DIGITS = 1

Trend = Sequence[tuple[date, float | None]]  # oldest first; empty where it is withheld


@dataclass(frozen=True, slots=True)
class Trends:
    """What was read or scored on each of the last DAYS days, None where nothing was.

    mL/kg/min of the method that is shown, ms of the kind and source that is worn, 0–100, bpm.
    """

    vo2max: Trend
    hrv: Trend
    recovery_score: Trend
    resting_hr: Trend


# A range of the index `one_health_day_of_a_source` for each athlete (LATERAL, else all days there are would be read):
# of the source and kind that is worn. Days are counted back from today.
WORN_HRV = """
SELECT asked.id, read.backs, read.ms
  FROM unnest(%(ids)s::uuid[], %(sources)s::text[], %(kinds)s::text[], %(todays)s::date[])
       AS asked(id, source, kind, today)
 CROSS JOIN LATERAL (
       SELECT string_agg(int4send(asked.today - date), ''), string_agg(float8send(value), '')
         FROM (SELECT date, CASE asked.kind WHEN 'sdnn' THEN hrv_sdnn_ms ELSE hrv_rmssd_ms END AS value
                 FROM metrics_healthday
                WHERE athlete_id = asked.id AND source = asked.source
                  AND date > asked.today - %(days)s AND date <= asked.today) AS day
        WHERE value BETWEEN %(low)s AND %(high)s
       ) AS read(backs, ms)
 WHERE read.backs IS NOT NULL
"""


@lru_cache(maxsize=8)
def last_days(today: date) -> tuple[date, ...]:
    """DAYS days that end with `today`."""
    return tuple(today - timedelta(days=back) for back in range(DAYS - 1, -1, -1))


def trends_of(
    past: History, estimates: Iterable[tuple[date, float]], method: str | None, hidden: Collection[str]
) -> Trends:
    """`past`: loads and health days, without what is `hidden`; `estimates`: VO2max of runs by local day.

    `method`: where the VO2max that is shown comes from (device, estimate; empty or None: there is none).
    """
    days, series = last_days(past.today), series_of([past])
    empty: Trend = ()
    of_health = "health" not in hidden
    # Whether there is one that is kept back is kept back as well.
    no_vo2max = method is None or not method and not {"activities", "health"}.isdisjoint(hidden)
    return Trends(
        vo2max=empty if no_vo2max else _trend(days, _vo2max(past, estimates, method or "")),
        hrv=_trend(days, np.exp(series.hrv.reading[0])) if of_health else empty,
        recovery_score=_trend(days, series.recovery.score[0]) if of_health else empty,
        resting_hr=_trend(days, series.resting_hr.reading[0]) if of_health else empty,
    )


def _vo2max(past: History, estimates: Iterable[tuple[date, float]], method: str) -> Days:
    if method == "device":
        return vo2max_days(past, method, 0, DAYS)[1]
    found = _NOTHING.copy()
    for day, value in estimates if method else ():
        back = (past.today - day).days
        if 0 <= back < DAYS:
            found[DAYS - 1 - back] = value
    return found


def _trend(days: Sequence[date], column: Days) -> Trend:
    """Rounded all at once: number by number it would be most of a roster's time."""
    values = np.round(column[-DAYS:], DIGITS).tolist()
    return tuple(zip(days, [value if value == value else None for value in values], strict=True))


def hrv_trends(athletes: Iterable[Seen]) -> dict[UUID, Trend]:
    """The HRV of each athlete as in `Trends.hrv`: one statement."""
    shown = [one for one in athletes if "health" not in one.withheld]
    found = _worn_hrv([one for one in shown if one.figures.hrv_source])
    return {one.person.user_id: _trend(last_days(one.today), found.get(one.person.user_id, _NOTHING)) for one in shown}


def _worn_hrv(athletes: Sequence[Seen]) -> dict[UUID, Days]:
    asked: dict[str, Any] = {
        "ids": [one.person.user_id for one in athletes],
        "sources": [one.figures.hrv_source for one in athletes],
        "kinds": [one.figures.hrv_kind for one in athletes],
        "todays": [one.today for one in athletes],
        "days": DAYS,
        "low": VALID_MS[0],
        "high": VALID_MS[1],
    }
    with connection.cursor() as cursor:
        cursor.execute(WORN_HRV, asked)
        return {pk: _column(backs, values) for pk, backs, values in cursor.fetchall()}


def _column(backs: bytes, values: bytes) -> Days:
    column = _NOTHING.copy()
    column[DAYS - 1 - np.frombuffer(backs, ">i4")] = np.frombuffer(values, ">f8")
    return column


_NOTHING: Days = np.full(DAYS, np.nan)
