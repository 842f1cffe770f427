"""Gauges of the standbys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric

from astral.database.replica_states import read_replica_states


def read_replica_gauges(now: datetime) -> Iterator[Metric]:
    ups = GaugeMetricFamily(
        "astral_replica_up", "1 if the standby answered this scrape.", labels=("replica",)
    )
    lags = GaugeMetricFamily(
        "astral_replica_lag_bytes", "What the standby has not replayed yet.", labels=("replica",)
    )
    ages = GaugeMetricFamily(
        "astral_replica_lag_seconds",
        "The age of what the standby replayed last; 0 if it has everything.",
        labels=("replica",),
    )
    for state in read_replica_states():
        ups.add_metric((state.alias,), state.is_up)
        if state.lag_bytes is not None and state.lag_s is not None:
            lags.add_metric((state.alias,), state.lag_bytes)
            ages.add_metric((state.alias,), state.lag_s)
    yield from (ups, lags, ages)
