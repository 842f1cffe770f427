"""What this process counts and measures for `/metrics`. No label is an id, an address or a person's name.

With PROMETHEUS_MULTIPROC_DIR (`server/gunicorn_hooks.py` sets it) the values are in files of each process,
and a scrape adds them up.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

INSTRUMENTS = CollectorRegistry()
REQUEST_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter(
    "astral_http_requests",
    "Answered requests. The route is its pattern.",
    ("method", "route", "status"),
    registry=INSTRUMENTS,
)
REQUEST_SECONDS = Histogram(
    "astral_http_request_seconds",
    "Time from the head of a request to the head of its answer.",
    ("method", "route"),
    buckets=REQUEST_BUCKETS_S,
    registry=INSTRUMENTS,
)
CACHE_ANSWERS = Counter(
    "astral_cache_answers",
    "Answers that may be stored: hit, miss, refresh (asked for), off (Redis does not answer).",
    ("state",),
    registry=INSTRUMENTS,
)
CACHE_FAILURES = Counter(
    "astral_cache_failures", "Calls of Redis that failed. The breaker then pauses them.", registry=INSTRUMENTS
)
DATABASE_ERRORS = Counter(
    "astral_database_errors",
    "Requests that were answered with 503: unreachable, disk_full.",
    ("kind",),
    registry=INSTRUMENTS,
)
DATABASE_CONNECTIONS_IN_USE = Gauge(
    "astral_database_connections_in_use",
    "Connections of the pools that a thread holds.",
    registry=INSTRUMENTS,
    multiprocess_mode="livesum",
)
DATABASE_CONNECTION_WAIT_SECONDS = Histogram(
    "astral_database_connection_wait_seconds",
    "How long a thread waited for a connection of the pool.",
    buckets=(0.001, 0.01, 0.1, 1, 5),
    registry=INSTRUMENTS,
)
REPLICA_COMPUTATIONS = Counter(
    "astral_replica_computations",
    "Answers that a standby was asked for: used, behind (older than the primary), renewal (something had to"
    " be written), conflict (cancelled by replay), failed. The primary computed all but the first.",
    ("outcome",),
    registry=INSTRUMENTS,
)
DATABASE_CONNECTION_FAILURES = Counter(
    "astral_database_connection_failures",
    "Connections that a thread did not get: no_answer (it waited), breaker_open (it did not).",
    ("reason",),
    registry=INSTRUMENTS,
)
