"""Load what athletes said of their mornings and activities, for the signals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from athletes.models import Athlete
from coaching.attention import CheckIn, FeltActivity
from metrics.health.serializers import MANUAL_SOURCE
from metrics.models import Activity, HealthDay

CHECK_INS_D = 35  # ILL_REPORTED counts 7 days, on each of the last 28 days, and one more for other time zones
FELT_D = 98  # FEEL_LOW reads 70 days
IS_CHECK_IN = (
    Q(soreness__isnull=False)
    | Q(fatigue__isnull=False)
    | Q(pain_score__isnull=False)
    | Q(is_ill__isnull=False)
)
IS_FELT = Q(feel__isnull=False) | Q(pain_score__isnull=False)


class SaidWords(NamedTuple):
    """One athlete's words, oldest first, none after today."""

    check_ins: Sequence[CheckIn] = ()
    felt: Sequence[FeltActivity] = ()


NO_WORDS = SaidWords()


def load_said_words(athletes: Sequence[Athlete], now: datetime) -> dict[UUID, SaidWords]:
    """The words of the athletes who said something lately. Two statements."""
    check_ins, felt = _load_check_ins(athletes, now), _load_felt(athletes, now)
    return {pk: SaidWords(check_ins.get(pk, ()), felt.get(pk, ())) for pk in check_ins.keys() | felt.keys()}


def _load_check_ins(athletes: Sequence[Athlete], now: datetime) -> dict[UUID, list[CheckIn]]:
    todays = {athlete.pk: athlete.local_date(now) for athlete in athletes}
    since = now.date() - timedelta(days=CHECK_INS_D)
    days = HealthDay.objects.filter(IS_CHECK_IN, athlete_id__in=todays, date__gte=since, source=MANUAL_SOURCE)
    columns = ("soreness", "fatigue", "pain_score", "pain_where", "is_ill")
    found: dict[UUID, list[CheckIn]] = {}
    for pk, day, *said in days.order_by("date").values_list("athlete_id", "date", *columns):
        if day <= todays[pk]:
            found.setdefault(pk, []).append(CheckIn(day, *said))
    return found


def _load_felt(athletes: Sequence[Athlete], now: datetime) -> dict[UUID, list[FeltActivity]]:
    by_id = {athlete.pk: athlete for athlete in athletes}
    since = now - timedelta(days=FELT_D)
    activities = Activity.objects.filter(IS_FELT, athlete_id__in=by_id, started_at__gte=since)
    columns = ("feel", "pain_score", "pain_where")
    found: dict[UUID, list[FeltActivity]] = {}
    for pk, start, *said in activities.order_by("started_at").values_list(
        "athlete_id", "started_at", *columns
    ):
        day = by_id[pk].local_date(start)
        if day <= by_id[pk].local_date(now):
            found.setdefault(pk, []).append(FeltActivity(day, *said))
    return {pk: sorted(rows, key=lambda row: row.day) for pk, rows in found.items()}
