"""What the four statistics cost: `make bench` (SCALE=full for ten times the crowd).

Served as `make run` does, everything together on CORES cores (2): server, PostgreSQL, Valkey and whoever asks. Every
number stands beside its floor from the same run: an authenticated view that returns {}, and the bare SQL of the same
answer through psycopg. Scenarios take turns, so that whatever else the machine does disturbs all of them alike.
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

from bench.http_load.requests import Connection, per_second, request, timed_ms
from bench.http_load.server import Served, served
from bench.report import Report

CROWD = 10_000 if os.environ.get("SCALE") == "full" else 1_000
SMALL = CROWD // 100
CORES = int(os.environ.get("CORES", "2"))
ROUNDS, ASKED, SECONDS = 8, 60, 6.0
EMPTY = "/api/bench/empty"

SUMS = """width_bucket(started_at, %(edges)s::timestamptz[]), count(*), sum(distance_m), sum(duration_s),
 sum(training_load), sum(zone1_s), sum(zone2_s), sum(zone3_s), sum(zone4_s), sum(zone5_s), sum(calories_kcal)"""
RANGE = "FROM metrics_activity WHERE athlete_id = %(athlete)s AND started_at >= %(start)s AND started_at < %(end)s"
TOTALS = (
    "count(*), sum(distance_m), sum(duration_s), sum(training_load), sum(elevation_gain_m), sum(avg_hr_bpm)"
)
READINGS = """SELECT date, source, hrv_rmssd_ms, hrv_sdnn_ms, resting_hr_bpm, vo2max_ml_kg_min FROM metrics_healthday
 WHERE athlete_id = %(athlete)s AND date BETWEEN %(start)s AND %(end)s ORDER BY date"""


@dataclass(frozen=True, slots=True)
class Crowd:
    """A database that is served, and who can ask it."""

    url: str
    people: dict[str, Any]
    server: Served

    @property
    def until(self) -> datetime:
        return datetime.fromtimestamp(self.people["until"], UTC)


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    path: str
    floor_sql: str
    days: int

    def floor_ms(self, crowd: Crowd) -> list[float]:
        """The bare SQL, one athlete after the other, rows fetched."""
        end = crowd.until
        edges = [end - timedelta(days=back) for back in reversed(range(self.days))]
        given = {"start": end - timedelta(days=self.days), "end": end, "edges": edges}
        taken = []
        with psycopg.connect(crowd.url, autocommit=True) as connection:
            ids = connection.execute(
                "SELECT user_id FROM athletes_athlete ORDER BY random() LIMIT 40"
            ).fetchall()
            for (athlete,) in ids * 3:
                began = perf_counter()
                connection.execute(self.floor_sql, given | {"athlete": athlete}).fetchall()
                taken.append(1000 * (perf_counter() - began))
        return taken


@dataclass(slots=True)
class Scenario:
    """One way of asking; what it took is collected round by round."""

    name: str
    server: Served
    requests: list[bytes]
    status: int = 200
    ms: list[float] = field(default_factory=list)
    cpu_s: float = 0.0
    size: int = 0
    statements: float = 0.0

    def warm_up(self, database: psycopg.Connection) -> None:
        connection = Connection(self.server.port)
        timed_ms(connection, self.requests, 2 * len(self.requests), self.status)
        before = _statements(database)
        timed_ms(connection, self.requests, len(self.requests), self.status)
        self.statements = (_statements(database) - before) / len(self.requests)
        self.size = connection.ask(self.requests[0]).size

    def run(self) -> None:
        connection = Connection(self.server.port)
        before = self.server.cpu_s()
        self.ms += timed_ms(connection, self.requests, ASKED, self.status)
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


def _statements(database: psycopg.Connection) -> int:
    counted = "SELECT sum(calls) FROM pg_stat_statements WHERE dbid <> (SELECT oid FROM pg_database WHERE datname = %s)"
    (count,) = cast(tuple[int], database.execute(counted, ["postgres"]).fetchone())
    return count


def calls(until: datetime) -> list[Call]:
    end, last = int(until.timestamp()), until.date()
    days = f"start_date={last - timedelta(days=399)}&end_date={last}"
    year = f"/api/v1/analytics/running_stats?from_timestamp={end - 365 * 86_400}&to_timestamp={end}"
    sums = f"SELECT {SUMS} {RANGE} GROUP BY 1"
    runs = f"SELECT {SUMS} {RANGE} AND activity_type = 'run' GROUP BY 1"
    totals = f"SELECT {TOTALS} {RANGE} AND activity_type = 'run'"
    return [
        Call("fitness_stats, 365 days", "/api/v1/analytics/fitness_stats?days=365", totals, 365),
        Call("running_stats, a year of days", year, runs, 365),
        Call("running_stats, a year of months", f"{year}&granularity=yearly", runs, 12),
        Call("activity_stats, 400 days", f"/api/v2/analytics/activity_stats?{days}", sums, 400),
        Call("health_metrics, 400 days", f"/api/v2/analytics/health_metrics?{days}", READINGS, 400),
    ]


def asked_by_runners(crowd: Crowd, path: str, **headers: str) -> list[bytes]:
    return [request(path, token, **headers) for _, token in crowd.people["runners"]]


def asked_by_the_coach(crowd: Crowd, path: str) -> list[bytes]:
    coach = crowd.people["coach"]
    return [request(f"{path}&user_id={runner}", coach) for runner in crowd.people["coached"]]


def tagged(crowd: Crowd, path: str) -> list[bytes]:
    """The same questions, each with the tag of its answer."""
    connection = Connection(crowd.server.port)
    plain = zip(crowd.people["runners"], asked_by_runners(crowd, path), strict=True)
    return [
        request(path, token, If_None_Match=connection.ask(one).headers["etag"]) for (_, token), one in plain
    ]


def scenarios(crowd: Crowd, call: Call) -> dict[str, Scenario]:
    server, cold = crowd.server, f"{call.path}&refresh=1"
    return {
        "cold": Scenario(call.name, server, asked_by_runners(crowd, cold)),
        "warm": Scenario(call.name, server, asked_by_runners(crowd, call.path)),
        "304": Scenario(call.name, server, tagged(crowd, call.path), 304),
        "cold, a coach": Scenario(call.name, server, asked_by_the_coach(crowd, cold)),
        "warm, a coach": Scenario(call.name, server, asked_by_the_coach(crowd, call.path)),
    }


def measure(crowd: Crowd, small: Crowd) -> Report:
    asked = calls(crowd.until)
    empty = Scenario("an empty authenticated view", crowd.server, asked_by_runners(crowd, EMPTY))
    table = {call.name: scenarios(crowd, call) for call in asked}
    little = {
        call.name: Scenario(call.name, small.server, asked_by_runners(small, f"{call.path}&refresh=1"))
        for call in calls(small.until)
    }
    every = [empty, *(one for row in table.values() for one in row.values()), *little.values()]
    with psycopg.connect(crowd.url, autocommit=True) as database:
        for scenario in every:
            scenario.warm_up(database)
    floors: dict[str, list[float]] = {call.name: [] for call in asked}
    for _ in range(ROUNDS):
        for scenario in every:
            scenario.run()
        for call in asked:
            floors[call.name] += call.floor_ms(crowd)
    sql = {name: statistics.median(ms) for name, ms in floors.items()}
    return Report(empty, table, little, sql, throughput(crowd, asked), explained(crowd), counts(crowd, small))


def throughput(crowd: Crowd, asked: Sequence[Call]) -> dict[str, float]:
    path = asked[1].path
    questions = {
        "an empty authenticated view": asked_by_runners(crowd, EMPTY),
        "running_stats, a year of days, cold": asked_by_runners(crowd, f"{path}&refresh=1"),
        "running_stats, a year of days, warm": asked_by_runners(crowd, path),
        "running_stats, a year of days, 304": tagged(crowd, path),
        "activity_stats, 400 days, cold": asked_by_runners(crowd, f"{asked[3].path}&refresh=1"),
    }
    return {name: per_second(crowd.server.port, requests, SECONDS) for name, requests in questions.items()}


def explained(crowd: Crowd) -> dict[str, str]:
    """The plans of the statements as they were sent, from a server that logs them: nothing is written here twice."""
    call = [sys.executable, "-m", "bench.plans"]
    environ = os.environ | {"DATABASE_URL": crowd.url}
    plans: dict[str, str] = json.loads(
        subprocess.run(call, env=environ, check=True, capture_output=True).stdout
    )
    return plans


def counts(crowd: Crowd, small: Crowd) -> dict[str, int]:
    sizes = {name: crowd.people[name] for name in ("athletes", "activities", "health_days")}
    return sizes | {f"small_{name}": small.people[name] for name in sizes}


def database_of(environ: Mapping[str, str], count: int) -> str:
    """The address of the crowd's own database, made where it is missing."""
    url = environ["DATABASE_URL"]
    name = f"bench_{count}"
    with psycopg.connect(url, autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(f'CREATE DATABASE "{name}"')
        server.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def prepared(url: str, count: int) -> dict[str, Any]:
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
        for count in (CROWD, SMALL):
            url = database_of(os.environ, count)
            print(f"Preparing {count} athletes …", file=sys.stderr, flush=True)
            people = prepared(url, count)
            environ = os.environ | {
                "DATABASE_URL": url,
                "REDIS_PREFIX": f"bench-{count}",
                "LOG_FORMAT": "json",
            }
            crowds.append(Crowd(url, people, stack.enter_context(served(environ))))
        report = measure(*crowds)
    print(report.text(CORES))
    report.write(CORES, datetime.now(UTC).date())


if __name__ == "__main__":
    main()
