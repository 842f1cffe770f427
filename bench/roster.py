"""What athlete_profile, coach_athletes_metrics and a midnight cost: `make bench BENCH=roster`.

Organizations of 1, 50, 200 and 5,000 in one crowd, served as `make run` does, on CORES cores. Floors, in turns with the
calls: an authenticated view that returns {}, and the statements of the same answer as they were sent, once more through
psycopg. Before that everybody's assessment is renewed for tomorrow, and back.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import psycopg

from bench.http_load.requests import Connection, per_second, request
from bench.http_load.server import served
from bench.report import processor, versions
from bench.statistics import CORES, EMPTY, Crowd, Scenario, database_of, prepared

CROWD, SIZES, LARGEST, LARGEST_PAGE = 6_000, (1, 50, 200), 5_000, 200
ROUNDS, FLOORS, SECONDS = 5, 20, 6.0
REPEATED = 10  # one coach asks so often, that counting the statements is lost in them
PROFILE, ROSTER = "/api/v1/analytics/athlete_profile", "/api/v1/analytics/coach_athletes_metrics"
TARGETS = {  # ms: cold p50 and p99, warm p50; statements
    "athlete_profile": "≤ 15 / 40; warm 2; SQL ≤ 8",
    "roster of 200": "≤ 35 / 90; warm 5; SQL ≤ 8",
}
RENEWING_MS, COLD_PER_SECOND = 2.0, 45

Asked = tuple[str, str]  # path and token


@dataclass(slots=True)
class Call:
    """One question in several ways; `sql` as it was sent for one answer."""

    name: str
    scenarios: Mapping[str, Scenario]
    sql: Sequence[str]
    floor_ms: list[float] = field(default_factory=list)

    def take_floor(self, database: psycopg.Connection) -> None:
        for _ in range(FLOORS):
            began = perf_counter()
            for statement in self.sql:
                database.execute(statement.encode()).fetchall()
            self.floor_ms.append(1000 * (perf_counter() - began))


def calls(crowd: Crowd) -> list[Call]:
    coaches, own = (
        crowd.people["coaches"],
        [(f"{PROFILE}?user_id={pk}", key) for pk, key in crowd.people["runners"]],
    )
    coached = [(f"{PROFILE}?user_id={pk}", crowd.people["coach"]) for pk in crowd.people["coached"]]
    named: dict[str, list[Asked]] = {"athlete_profile": own, "athlete_profile, a coach": coached}
    for size in SIZES:
        named[f"roster of {size}"] = [(f"{ROSTER}?page_size={LARGEST_PAGE}", coaches[str(size)])] * REPEATED
    named[f"50 of {LARGEST:,} by attention"] = [(f"{ROSTER}?page_size=50", coaches[str(LARGEST)])] * REPEATED
    sent = statements(crowd, [asked[0] for asked in named.values()])
    return [Call(name, scenarios(crowd, named[name]), sql) for name, sql in zip(named, sent, strict=True)]


def scenarios(crowd: Crowd, asked: Sequence[Asked]) -> dict[str, Scenario]:
    cold = [request(f"{path}&refresh=1", token) for path, token in asked]
    warm = [request(path, token) for path, token in asked]
    connection = Connection(crowd.server.port)
    tags = [connection.ask(one).headers["etag"] for one in warm]
    same = [request(path, token, If_None_Match=tag) for (path, token), tag in zip(asked, tags, strict=True)]
    server = crowd.server
    return {
        "cold": Scenario("cold", server, cold),
        "warm": Scenario("warm", server, warm),
        "304": Scenario("304", server, same, 304),
    }


def statements(crowd: Crowd, asked: Sequence[Asked]) -> list[list[str]]:
    """What a fresh answer asks the database, without the sign-in."""
    fresh = json.dumps([(f"{path}&refresh=1", token) for path, token in asked])
    sent: list[list[str]] = json.loads(_python("bench.http_load.statements", crowd.url, fresh))
    return sent


def midnight(url: str) -> dict[str, Any]:
    measured: dict[str, Any] = json.loads(_python("bench.midnight", url))
    return measured


def _python(module: str, url: str, given: str = "") -> str:
    environ = os.environ | {"DATABASE_URL": url}
    call = [sys.executable, "-m", module]
    return subprocess.run(
        call, env=environ, input=given, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def measure(crowd: Crowd) -> str:
    asked = calls(crowd)
    empty = Scenario("empty", crowd.server, [request(EMPTY, token) for _, token in crowd.people["runners"]])
    every = [empty, *(one for call in asked for one in call.scenarios.values())]
    with psycopg.connect(crowd.url, autocommit=True) as database:
        for scenario in every:
            scenario.warm_up(database)
        for _ in range(ROUNDS):
            for scenario in every:
                scenario.run()
            for call in asked:
                call.take_floor(database)
        plans = {call.name: explained(database, call.sql) for call in asked[-2:]}
    rates = {call.name: throughput(crowd, call) for call in asked[2:]}
    return "\n".join([*_table(empty, asked), "", *_rates(rates), "", *_plans(plans)])


def throughput(crowd: Crowd, call: Call) -> float:
    """Cold answers a second, each of them computed: `refresh` lets nobody wait for somebody else's."""
    return per_second(crowd.server.port, call.scenarios["cold"].requests, SECONDS)


def explained(database: psycopg.Connection, sql: Sequence[str]) -> list[str]:
    plans = []
    for statement in sql:
        rows = database.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}".encode()).fetchall()
        plans.append("\n".join(row[0] if len(row[0]) <= 150 else f"{row[0][:147]}…" for row in rows))
    return plans


def _table(empty: Scenario, asked: Sequence[Call]) -> Iterator[str]:
    yield "| call | | p50 | p99 | app CPU | SQL | bytes | floor: SQL | ratio | target |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    yield f"| floor: an empty authenticated view | | {_cells(empty)} | | | |"
    for call in asked:
        floor = statistics.median(call.floor_ms)
        for kind, scenario in call.scenarios.items():
            is_cold = kind == "cold"
            ratio = scenario.p50 / (empty.p50 + floor * is_cold)
            sql, target = (f"{floor:.1f}", TARGETS.get(call.name, "")) if is_cold else ("", "")
            yield f"| {call.name} | {kind} | {_cells(scenario)} | {sql} | {ratio:.1f} | {target} |"


def _cells(one: Scenario) -> str:
    return f"{one.p50:.1f} | {one.p99:.1f} | {one.cpu_ms:.1f} | {one.statements:.0f} | {one.size:,}"


def _rates(rates: Mapping[str, float]) -> Iterator[str]:
    yield f"Cold answers a second, callers on the same cores (target ≥ {COLD_PER_SECOND} rosters):"
    yield "; ".join(f"{name} {rate:.0f}" for name, rate in rates.items()) + "."


def _plans(plans: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name, some in plans.items():
        yield f"{name}, EXPLAIN (ANALYZE, BUFFERS):"
        yield from (f"```\n{plan}\n```" for plan in some)


def _midnight(measured: Mapping[str, Any]) -> Iterator[str]:
    yield f"Everybody renewed after midnight, snapshots too, 200 at a time (target ≤ {RENEWING_MS} ms an athlete):"
    for one in measured["rounds"]:
        yield (
            f"{one['athletes']:,} athletes: {one['p50']:.2f} ms an athlete (median batch; worst {one['worst']:.2f};"
            f" all with reading who is behind {one['all']:.2f}), of it Python's CPU {one['cpu']:.2f};"
            f" floor, the same statements alone: {measured['floor']:.2f}; ratio {one['p50'] / measured['floor']:.1f}."
        )


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.http_load.settings"
    url = database_of(os.environ, CROWD)
    print(f"Preparing {CROWD:,} athletes …", file=sys.stderr, flush=True)
    people = prepared(url, CROWD)
    night = midnight(url)
    with served(
        os.environ | {"DATABASE_URL": url, "REDIS_PREFIX": "bench-roster", "LOG_FORMAT": "json"}
    ) as server:
        told = measure(Crowd(url, people, server))
    load = os.getloadavg()[1]
    print(
        f"{datetime.now(UTC).date()}. {processor()}, {CORES} of {os.cpu_count()} cores (load average {load:.1f}),"
    )
    print(f"{versions()}. {people['athletes']:,} people, {people['activities']:,} activities. Times in ms.\n")
    print("\n".join([*_midnight(night), "", told]))


if __name__ == "__main__":
    main()
