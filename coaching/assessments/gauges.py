"""How many assessments are not current, for `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q
from prometheus_client.core import GaugeMetricFamily, Metric

from athletes.models import Athlete
from coaching.assessments.stored_facts import FORMULA_VERSION


def count_stale_assessments(now: datetime) -> int:
    """Athletes whose assessment is missing, or is of other data, of another formula or two days old.

    One day is not counted: it depends on the athlete's time zone, and is old for a moment after midnight.
    """
    current = Q(
        assessment__data_version=F("data_version"),
        assessment__formula=FORMULA_VERSION,
        assessment__local_date__gte=(now - timedelta(days=2)).date(),
    )
    return Athlete.objects.filter(~current | Q(assessment__isnull=True)).count()


def read_assessment_gauges(now: datetime) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "astral_stale_assessments",
        "Athletes whose assessment is not current.",
        value=count_stale_assessments(now),
    )
