"""Load the personal bests of the last weeks: best efforts faster than all that started before them.

A personal best belongs to the day of its run. If that run was added days later, and a faster one was recorded
meanwhile, it was never news.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from athletes.models import Athlete
from coaching.attention import PersonalBest
from metrics.binary_rows import FLOAT, INSTANT, BinaryRows
from metrics.snapshots.compute import to_local_ordinals

NEW_BEST_D = 36  # NEW_PB needs a week, on each of the last 28 days
ADDED_WITHIN_S = 3 * 86_400.0  # of the start: watches sync within days [J]
DISTANCE_NAMES = {
    400.0: "400 m",
    800.0: "800 m",
    1000.0: "1 km",
    1609.344: "1 mile",
    3000.0: "3 km",
    5000.0: "5 km",
    10000.0: "10 km",
    21097.5: "a half marathon",
    42195.0: "a marathon",
}

EFFORT_ROWS = BinaryRows(
    started_s=(INSTANT, "started_at"), created_s=(INSTANT, "created_at"), duration_s=(FLOAT, "duration_s_")
)

# Reads all runs, which costs more than all other statements together. Use it only after a change of data.
EFFORTS_SQL = f"""
SELECT athlete_id, effort.distance_m, min(duration_s_) FILTER (WHERE started_at < %(since)s),
       {EFFORT_ROWS.aggregate(order_by="started_at, id")} FILTER (WHERE started_at >= %(since)s)
  FROM metrics_activity, jsonb_to_recordset(best_efforts) AS effort(distance_m float8, duration_s float8),
       LATERAL (SELECT effort.duration_s AS duration_s_) AS renamed
 WHERE athlete_id = ANY(%(ids)s) AND activity_type = 'run' AND effort.duration_s IS NOT NULL
 GROUP BY athlete_id, effort.distance_m
"""


def load_personal_bests(athletes: Sequence[Athlete], now: datetime) -> dict[UUID, list[PersonalBest]]:
    """The new bests of each athlete, by day. A first effort is no best. At most one statement."""
    if not athletes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            EFFORTS_SQL,
            {"ids": [athlete.pk for athlete in athletes], "since": now - timedelta(days=NEW_BEST_D)},
        )
        rows = cursor.fetchall()
    zones = {athlete.pk: athlete.zone for athlete in athletes}
    found: dict[UUID, list[PersonalBest]] = {}
    for pk, distance_m, before_s, content in rows:
        efforts = EFFORT_ROWS.decode(content)
        days = to_local_ordinals(efforts["started_s"], zones[pk])
        is_prompt = efforts["created_s"] - efforts["started_s"] <= ADDED_WITHIN_S
        news = _find_new_bests(
            distance_m,
            before_s,
            list(zip(days.tolist(), efforts["duration_s"].tolist(), is_prompt.tolist(), strict=True)),
        )
        found.setdefault(pk, []).extend(news)
    return {pk: sorted(news, key=lambda best: (best.day, best.time_s)) for pk, news in found.items()}


def _find_new_bests(
    distance_m: float, best_s: float | None, efforts: Sequence[tuple[int, float, bool]]
) -> list[PersonalBest]:
    """`efforts`: day, seconds, and whether the run was added promptly; in the order of their starts."""
    news = []
    fastest_s = min((duration_s for _, duration_s, _ in efforts), default=0.0)
    for day, duration_s, is_prompt in efforts:
        if best_s is not None and duration_s < best_s and (is_prompt or duration_s == fastest_s):
            news.append(
                PersonalBest(
                    date.fromordinal(day), DISTANCE_NAMES.get(distance_m, f"{distance_m:g} m"), duration_s
                )
            )
        best_s = duration_s if best_s is None else min(best_s, duration_s)
    return news
