"""Write the metrics as Prometheus's text."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils.module_loading import import_string
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from astral import VERSION
from astral.instruments import INSTRUMENTS
from astral.server.gunicorn_hooks import FOLDER_VARIABLE

GaugeReader = Callable[[datetime], Iterable[Metric]]


def build_scrape(now: datetime) -> bytes:
    """What all processes of this server counted, and what the database says of jobs and rows."""
    stored = CollectorRegistry(auto_describe=False)
    stored.register(_StoredState(now))
    counted = INSTRUMENTS
    if os.environ.get(FOLDER_VARIABLE):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    gauges = generate_latest(stored)  # first: it may fail, and that is counted
    return generate_latest(counted) + gauges


class _StoredState(Collector):
    """Gauges read at each scrape. `settings.GAUGE_READERS` names the functions."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def describe(self) -> Iterable[Metric]:
        return ()  # registering must not read

    def collect(self) -> Iterator[Metric]:
        build = GaugeMetricFamily("astral_build", "The version that runs.", labels=("version",))
        build.add_metric((VERSION,), 1)
        yield build
        gauges: list[Metric] = []
        try:
            for path in settings.GAUGE_READERS:
                read: GaugeReader = import_string(path)
                gauges.extend(read(self.now))
        except (OperationalError, InterfaceError):
            gauges.clear()
        is_up = bool(gauges)
        yield GaugeMetricFamily("astral_database_up", "1 if PostgreSQL answered this scrape.", value=is_up)
        yield from gauges
