"""Times of athlete_profile, coach_athletes_metrics and a midnight: `make bench BENCH=roster`.

One crowd has organizations of 1, 50, 200 and 5,000. It is served as by `make run`, on CORES cores. Floors: an
authenticated view that returns {}, and the statements of the same answer sent again with psycopg. Floors and
calls take turns. First, all assessments are renewed for tomorrow, and then for today again.
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

from bench.http_load.requests import HttpConnection, build_http_request, measure_rate
from bench.http_load.server import run_server
from bench.report import format_machine, format_versions
from bench.statistics import CORES, EMPTY_URL, RequestScenario, ServedCrowd, create_database, prepare_crowd

CROWD_SIZE, ORGANIZATION_SIZES, LARGEST_ORGANIZATION, LARGEST_PAGE = 6_000, (1, 50, 200), 5_000, 200
ROUNDS, FLOOR_REPEATS, RATE_DURATION_S = 5, 20, 6.0
REPEATED_REQUESTS = 10  # of one coach, so that the statement that counts does not matter
PROFILE_URL, ROSTER_URL = "/api/v1/analytics/athlete_profile", "/api/v1/analytics/coach_athletes_metrics"
TARGETS = {  # ms: cold p50 and p99, warm p50; statements
    "athlete_profile": "≤ 15 / 40; warm 2; SQL ≤ 8",
    "roster of 200": "≤ 35 / 90; warm 5; SQL ≤ 8",
}
MAX_RECOMPUTE_MS, MIN_COLD_RATE = 2.0, 45

PathAndToken = tuple[str, str]  # path and token


@dataclass(slots=True)
class RosterCall:
    """One call in several scenarios. `sql` has the statements of one answer."""

    name: str
    scenarios: Mapping[str, RequestScenario]
    sql: Sequence[str]
    floor_ms: list[float] = field(default_factory=list)

    def measure_floor(self, database: psycopg.Connection) -> None:
        for _ in range(FLOOR_REPEATS):
            began = perf_counter()
            for statement in self.sql:
                database.execute(statement.encode()).fetchall()
            self.floor_ms.append(1000 * (perf_counter() - began))


def build_roster_calls(crowd: ServedCrowd) -> list[RosterCall]:
    coaches = crowd.people["coaches"]
    runners = [(f"{PROFILE_URL}?user_id={pk}", key) for pk, key in crowd.people["runners"]]
    coached = [(f"{PROFILE_URL}?user_id={pk}", crowd.people["coach"]) for pk in crowd.people["coached"]]
    named: dict[str, list[PathAndToken]] = {"athlete_profile": runners, "athlete_profile, a coach": coached}
    for size in ORGANIZATION_SIZES:
        named[f"roster of {size}"] = [
            (f"{ROSTER_URL}?page_size={LARGEST_PAGE}", coaches[str(size)])
        ] * REPEATED_REQUESTS
    named[f"50 of {LARGEST_ORGANIZATION:,} by attention"] = [
        (f"{ROSTER_URL}?page_size=50", coaches[str(LARGEST_ORGANIZATION)])
    ] * REPEATED_REQUESTS
    sent = read_sent_statements(crowd, [paths_and_tokens[0] for paths_and_tokens in named.values()])
    return [
        RosterCall(name, build_roster_scenarios(crowd, named[name]), sql)
        for name, sql in zip(named, sent, strict=True)
    ]


def build_roster_scenarios(
    crowd: ServedCrowd, paths_and_tokens: Sequence[PathAndToken]
) -> dict[str, RequestScenario]:
    cold = [build_http_request(f"{path}&refresh=1", token) for path, token in paths_and_tokens]
    warm = [build_http_request(path, token) for path, token in paths_and_tokens]
    connection = HttpConnection(crowd.server.port)
    tags = [connection.send_request(request).headers["etag"] for request in warm]
    same = [
        build_http_request(path, token, If_None_Match=tag)
        for (path, token), tag in zip(paths_and_tokens, tags, strict=True)
    ]
    server = crowd.server
    return {
        "cold": RequestScenario("cold", server, cold),
        "warm": RequestScenario("warm", server, warm),
        "304": RequestScenario("304", server, same, 304),
    }


def read_sent_statements(crowd: ServedCrowd, paths_and_tokens: Sequence[PathAndToken]) -> list[list[str]]:
    """The statements of fresh answers, without the sign-in."""
    fresh = json.dumps([(f"{path}&refresh=1", token) for path, token in paths_and_tokens])
    sent: list[list[str]] = json.loads(_run_module("bench.http_load.statements", crowd.url, fresh))
    return sent


def measure_midnight(url: str) -> dict[str, Any]:
    measured: dict[str, Any] = json.loads(_run_module("bench.midnight", url))
    return measured


def _run_module(module: str, url: str, input_text: str = "") -> str:
    environ = os.environ | {"DATABASE_URL": url}
    call = [sys.executable, "-m", module]
    return subprocess.run(
        call, env=environ, input=input_text, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def measure_roster(crowd: ServedCrowd) -> str:
    calls = build_roster_calls(crowd)
    empty = RequestScenario(
        "empty", crowd.server, [build_http_request(EMPTY_URL, token) for _, token in crowd.people["runners"]]
    )
    scenarios = [empty, *(scenario for call in calls for scenario in call.scenarios.values())]
    with psycopg.connect(crowd.url, autocommit=True) as database:
        for scenario in scenarios:
            scenario.warm_up(database)
        for _ in range(ROUNDS):
            for scenario in scenarios:
                scenario.run()
            for call in calls:
                call.measure_floor(database)
        plans = {call.name: explain_statements(database, call.sql) for call in calls[-2:]}
    rates = {call.name: measure_roster_rate(crowd, call) for call in calls[2:]}
    return "\n".join([*_format_table(empty, calls), "", *_format_rates(rates), "", *_format_plans(plans)])


def measure_roster_rate(crowd: ServedCrowd, call: RosterCall) -> float:
    """Cold answers a second. With `refresh`, each answer is computed for its request."""
    return measure_rate(crowd.server.port, call.scenarios["cold"].requests, RATE_DURATION_S)


def explain_statements(database: psycopg.Connection, sql: Sequence[str]) -> list[str]:
    plans = []
    for statement in sql:
        rows = database.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}".encode()).fetchall()
        plans.append("\n".join(row[0] if len(row[0]) <= 150 else f"{row[0][:147]}…" for row in rows))
    return plans


def _format_table(empty: RequestScenario, calls: Sequence[RosterCall]) -> Iterator[str]:
    yield "| call | | p50 | p99 | app CPU | SQL | bytes | floor: SQL | ratio | target |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    yield f"| floor: an empty authenticated view | | {_format_cells(empty)} | | | |"
    for call in calls:
        floor = statistics.median(call.floor_ms)
        for kind, scenario in call.scenarios.items():
            is_cold = kind == "cold"
            ratio = scenario.p50 / (empty.p50 + floor * is_cold)
            sql, target = (f"{floor:.1f}", TARGETS.get(call.name, "")) if is_cold else ("", "")
            yield f"| {call.name} | {kind} | {_format_cells(scenario)} | {sql} | {ratio:.1f} | {target} |"


def _format_cells(scenario: RequestScenario) -> str:
    times = f"{scenario.p50:.1f} | {scenario.p99:.1f} | {scenario.cpu_ms:.1f}"
    return f"{times} | {scenario.statements:.0f} | {scenario.size:,}"


def _format_rates(rates: Mapping[str, float]) -> Iterator[str]:
    yield f"Cold answers a second, with callers on the same cores (target: {MIN_COLD_RATE} rosters or more):"
    yield "; ".join(f"{name} {rate:.0f}" for name, rate in rates.items()) + "."


def _format_plans(plans: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name, call_plans in plans.items():
        yield f"{name}, EXPLAIN (ANALYZE, BUFFERS):"
        yield from (f"```\n{plan}\n```" for plan in call_plans)


def _format_midnight(measured: Mapping[str, Any]) -> Iterator[str]:
    yield "All athletes are renewed after midnight, with snapshots, in batches of 200."
    yield f"Target: {MAX_RECOMPUTE_MS} ms an athlete or less."
    for times in measured["rounds"]:
        yield (
            f"{times['athletes']:,} athletes: {times['p50']:.2f} ms an athlete in the median batch, "
            f"{times['worst']:.2f} in the worst, {times['all']:.2f} over all with the search for outdated "
            f"rows; {times['cpu']:.2f} of it is Python's CPU. Floor, the same statements only: "
            f"{measured['floor']:.2f}; ratio {times['p50'] / measured['floor']:.1f}."
        )


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.http_load.settings"
    url = create_database(os.environ, CROWD_SIZE)
    print(f"Preparing {CROWD_SIZE:,} athletes …", file=sys.stderr, flush=True)
    people = prepare_crowd(url, CROWD_SIZE)
    night = measure_midnight(url)
    with run_server(
        os.environ | {"DATABASE_URL": url, "REDIS_PREFIX": "bench-roster", "LOG_FORMAT": "json"}
    ) as server:
        report = measure_roster(ServedCrowd(url, people, server))
    load = os.getloadavg()[1]
    print(f"{datetime.now(UTC).date()}. {format_machine(CORES, load)},")
    print(f"{format_versions()}.")
    print(f"{people['athletes']:,} people, {people['activities']:,} activities. Times in ms.\n")
    print("\n".join([*_format_midnight(night), "", report]))


if __name__ == "__main__":
    main()
