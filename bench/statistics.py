"""Times of the four statistics: `make bench` (SCALE=full for ten times the crowd).

Astral is served as by `make run`. Server, PostgreSQL, Valkey and callers share CORES cores (2). Every number
has a floor from the same run: an authenticated view that returns {}, and the bare SQL of the same answer with
psycopg. Scenarios take turns, so that other work on the machine disturbs all of them equally.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any, cast
from urllib.parse import urlsplit

import psycopg

from bench.http_load.requests import HttpConnection, build_http_request, measure_rate, measure_requests_ms
from bench.http_load.server import RunningServer, run_server
from bench.report import StatisticsReport

CROWD_SIZE = 10_000 if os.environ.get("SCALE") == "full" else 1_000
SMALL_CROWD_SIZE = CROWD_SIZE // 100
CORES = int(os.environ.get("CORES", "2"))
ROUNDS, REQUESTS_PER_ROUND, RATE_DURATION_S = 8, 60, 6.0
EMPTY_URL = "/api/bench/empty"

SUMS_SQL = """width_bucket(started_at, %(edges)s::timestamptz[]), count(*), sum(distance_m), sum(duration_s),
 sum(training_load), sum(zone1_s), sum(zone2_s), sum(zone3_s), sum(zone4_s), sum(zone5_s),
 sum(calories_kcal)"""
RANGE_SQL = """FROM metrics_activity
 WHERE athlete_id = %(athlete)s AND started_at >= %(start)s AND started_at < %(end)s"""
TOTALS_SQL = (
    "count(*), sum(distance_m), sum(duration_s), sum(training_load), sum(elevation_gain_m), sum(avg_hr_bpm)"
)
READINGS_SQL = """SELECT date, source, hrv_rmssd_ms, hrv_sdnn_ms, resting_hr_bpm, vo2max_ml_kg_min
  FROM metrics_healthday
 WHERE athlete_id = %(athlete)s AND date BETWEEN %(start)s AND %(end)s ORDER BY date"""


@dataclass(frozen=True, slots=True)
class ServedCrowd:
    """A server on a database with a crowd, and the callers with their tokens."""

    url: str
    people: dict[str, Any]
    server: RunningServer

    @property
    def until(self) -> datetime:
        return datetime.fromtimestamp(self.people["until"], UTC)


@dataclass(frozen=True, slots=True)
class StatisticsCall:
    name: str
    path: str
    floor_sql: str
    days: int

    def measure_floor_ms(self, crowd: ServedCrowd) -> list[float]:
        """Times of the bare SQL with its rows fetched, one athlete after the other."""
        end = crowd.until
        edges = [end - timedelta(days=days_ago) for days_ago in reversed(range(self.days))]
        params = {"start": end - timedelta(days=self.days), "end": end, "edges": edges}
        times_ms = []
        with psycopg.connect(crowd.url, autocommit=True) as connection:
            ids = connection.execute(
                "SELECT user_id FROM athletes_athlete ORDER BY random() LIMIT 40"
            ).fetchall()
            for (athlete,) in ids * 3:
                began = perf_counter()
                connection.execute(self.floor_sql, params | {"athlete": athlete}).fetchall()
                times_ms.append(1000 * (perf_counter() - began))
        return times_ms


@dataclass(slots=True)
class RequestScenario:
    """One kind of request. It collects the times of all rounds."""

    name: str
    server: RunningServer
    requests: list[bytes]
    status: int = 200
    ms: list[float] = field(default_factory=list)
    cpu_s: float = 0.0
    size: int = 0
    statements: float = 0.0

    def warm_up(self, database: psycopg.Connection) -> None:
        connection = HttpConnection(self.server.port)
        measure_requests_ms(connection, self.requests, 2 * len(self.requests), self.status)
        before = _count_statements(database)
        measure_requests_ms(connection, self.requests, len(self.requests), self.status)
        self.statements = (_count_statements(database) - before) / len(self.requests)
        self.size = connection.send_request(self.requests[0]).size

    def run(self) -> None:
        connection = HttpConnection(self.server.port)
        before = self.server.cpu_s()
        self.ms += measure_requests_ms(connection, self.requests, REQUESTS_PER_ROUND, self.status)
        self.cpu_s += self.server.cpu_s() - before

    @property
    def p50(self) -> float:
        return statistics.median(self.ms)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.ms, n=100)[98]

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu_s / len(self.ms)


def _count_statements(database: psycopg.Connection) -> int:
    count_sql = """SELECT sum(calls) FROM pg_stat_statements
     WHERE dbid <> (SELECT oid FROM pg_database WHERE datname = %s)"""
    (count,) = cast(tuple[int], database.execute(count_sql, ["postgres"]).fetchone())
    return count


def build_statistics_calls(until: datetime) -> list[StatisticsCall]:
    end, last = int(until.timestamp()), until.date()
    days = f"start_date={last - timedelta(days=399)}&end_date={last}"
    year = f"/api/v1/analytics/running_stats?from_timestamp={end - 365 * 86_400}&to_timestamp={end}"
    sums = f"SELECT {SUMS_SQL} {RANGE_SQL} GROUP BY 1"
    runs = f"SELECT {SUMS_SQL} {RANGE_SQL} AND activity_type = 'run' GROUP BY 1"
    totals = f"SELECT {TOTALS_SQL} {RANGE_SQL} AND activity_type = 'run'"
    return [
        StatisticsCall("fitness_stats, 365 days", "/api/v1/analytics/fitness_stats?days=365", totals, 365),
        StatisticsCall("running_stats, a year of days", year, runs, 365),
        StatisticsCall("running_stats, a year of months", f"{year}&granularity=yearly", runs, 12),
        StatisticsCall("activity_stats, 400 days", f"/api/v2/analytics/activity_stats?{days}", sums, 400),
        StatisticsCall(
            "health_metrics, 400 days", f"/api/v2/analytics/health_metrics?{days}", READINGS_SQL, 400
        ),
    ]


def build_runner_requests(crowd: ServedCrowd, path: str, **headers: str) -> list[bytes]:
    return [build_http_request(path, token, **headers) for _, token in crowd.people["runners"]]


def build_coach_requests(crowd: ServedCrowd, path: str) -> list[bytes]:
    coach = crowd.people["coach"]
    return [build_http_request(f"{path}&user_id={runner}", coach) for runner in crowd.people["coached"]]


def build_etag_requests(crowd: ServedCrowd, path: str) -> list[bytes]:
    """The same requests, each with the ETag of its answer."""
    connection = HttpConnection(crowd.server.port)
    plain = zip(crowd.people["runners"], build_runner_requests(crowd, path), strict=True)
    return [
        build_http_request(path, token, If_None_Match=connection.send_request(request).headers["etag"])
        for (_, token), request in plain
    ]


def build_statistics_scenarios(crowd: ServedCrowd, call: StatisticsCall) -> dict[str, RequestScenario]:
    server, cold = crowd.server, f"{call.path}&refresh=1"
    return {
        "cold": RequestScenario(call.name, server, build_runner_requests(crowd, cold)),
        "warm": RequestScenario(call.name, server, build_runner_requests(crowd, call.path)),
        "304": RequestScenario(call.name, server, build_etag_requests(crowd, call.path), 304),
        "cold, a coach": RequestScenario(call.name, server, build_coach_requests(crowd, cold)),
        "warm, a coach": RequestScenario(call.name, server, build_coach_requests(crowd, call.path)),
    }


def measure_statistics(crowd: ServedCrowd, small: ServedCrowd) -> StatisticsReport:
    calls = build_statistics_calls(crowd.until)
    empty = RequestScenario(
        "an empty authenticated view", crowd.server, build_runner_requests(crowd, EMPTY_URL)
    )
    table = {call.name: build_statistics_scenarios(crowd, call) for call in calls}
    small_table = {
        call.name: RequestScenario(
            call.name, small.server, build_runner_requests(small, f"{call.path}&refresh=1")
        )
        for call in build_statistics_calls(small.until)
    }
    scenarios = [
        empty,
        *(scenario for row in table.values() for scenario in row.values()),
        *small_table.values(),
    ]
    with psycopg.connect(crowd.url, autocommit=True) as database:
        for scenario in scenarios:
            scenario.warm_up(database)
    floors: dict[str, list[float]] = {call.name: [] for call in calls}
    for _ in range(ROUNDS):
        for scenario in scenarios:
            scenario.run()
        for call in calls:
            floors[call.name] += call.measure_floor_ms(crowd)
    sql = {name: statistics.median(ms) for name, ms in floors.items()}
    return StatisticsReport(
        empty,
        table,
        small_table,
        sql,
        measure_statistics_rates(crowd, calls),
        explain_sent_statements(crowd),
        count_rows(crowd, small),
    )


def measure_statistics_rates(crowd: ServedCrowd, calls: Sequence[StatisticsCall]) -> dict[str, float]:
    path = calls[1].path
    requests_by_name = {
        "an empty authenticated view": build_runner_requests(crowd, EMPTY_URL),
        "running_stats, a year of days, cold": build_runner_requests(crowd, f"{path}&refresh=1"),
        "running_stats, a year of days, warm": build_runner_requests(crowd, path),
        "running_stats, a year of days, 304": build_etag_requests(crowd, path),
        "activity_stats, 400 days, cold": build_runner_requests(crowd, f"{calls[3].path}&refresh=1"),
    }
    return {
        name: measure_rate(crowd.server.port, requests, RATE_DURATION_S)
        for name, requests in requests_by_name.items()
    }


def explain_sent_statements(crowd: ServedCrowd) -> dict[str, str]:
    """The plans of the statements that Astral really sends."""
    call = [sys.executable, "-m", "bench.plans"]
    environ = os.environ | {"DATABASE_URL": crowd.url}
    plans: dict[str, str] = json.loads(
        subprocess.run(call, env=environ, check=True, capture_output=True).stdout
    )
    return plans


def count_rows(crowd: ServedCrowd, small: ServedCrowd) -> dict[str, int]:
    sizes = {name: crowd.people[name] for name in ("athletes", "activities", "health_days")}
    return sizes | {f"small_{name}": small.people[name] for name in sizes}


def create_database(environ: Mapping[str, str], count: int) -> str:
    """The URL of the crowd's database. It is created if missing."""
    url = environ["DATABASE_URL"]
    name = f"bench_{count}"
    with psycopg.connect(url, autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(f'CREATE DATABASE "{name}"')
        server.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def prepare_crowd(url: str, count: int) -> dict[str, Any]:
    call = [sys.executable, "-m", "bench.crowd.callers", str(count)]
    printed = subprocess.run(
        call, env=os.environ | {"DATABASE_URL": url}, check=True, stdout=subprocess.PIPE
    ).stdout
    people: dict[str, Any] = json.loads(printed)
    return people


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.http_load.settings"
    with ExitStack() as stack:
        crowds = []
        for count in (CROWD_SIZE, SMALL_CROWD_SIZE):
            url = create_database(os.environ, count)
            print(f"Preparing {count} athletes …", file=sys.stderr, flush=True)
            people = prepare_crowd(url, count)
            environ = os.environ | {
                "DATABASE_URL": url,
                "REDIS_PREFIX": f"bench-{count}",
                "LOG_FORMAT": "json",
            }
            crowds.append(ServedCrowd(url, people, stack.enter_context(run_server(environ))))
        report = measure_statistics(*crowds)
    print(report.text(CORES))
    report.write(CORES, datetime.now(UTC).date())


if __name__ == "__main__":
    main()
