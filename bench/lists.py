"""Times of lists in a small and in a hundred times larger database: `make bench BENCH=lists`.

A runner and the coach of ten call each list. Both have the same number of rows in both databases, so the
times should be equal. SCALE=full takes ten times the crowd. The crowds take turns.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from bench.http_load.requests import build_http_request
from bench.http_load.server import run_server
from bench.report import MAX_GROWTH, format_machine, format_versions
from bench.statistics import (
    CORES,
    CROWD_SIZE,
    EMPTY_URL,
    SMALL_CROWD_SIZE,
    RequestScenario,
    ServedCrowd,
    create_database,
    prepare_crowd,
)

ROUNDS, REPEATED_REQUESTS = 10, 10
RUNNER_LISTS = {
    "empty authenticated view": EMPTY_URL,
    "activities": "/api/v1/activities",
    "activities, page 8": "/api/v1/activities?page=8",
    "activities, bike rides": "/api/v1/activities?activity_type=bike",
    "health days": "/api/v1/health/days",
    "races": "/api/v1/races",
    "plan instances": "/api/v1/plan_instances",
    "absences": "/api/v1/athletes/{user_id}/absences",
    "bin": "/api/v1/athletes/{user_id}/bin",
    "records": "/api/v1/athletes/{user_id}/records",
}
COACH_LISTS = {
    "activities": "/api/v1/activities",
    "activities, page 40": "/api/v1/activities?page=40",
    "health days": "/api/v1/health/days",
    "races": "/api/v1/races",
    "plan instances": "/api/v1/plan_instances",
    "members": "/api/v1/organizations/{club}/members",
}


@dataclass(frozen=True, slots=True)
class ListComparison:
    """One list of one caller in both databases."""

    name: str
    caller: str
    small: RequestScenario
    large: RequestScenario

    @property
    def growth(self) -> float:
        return self.large.p50 / self.small.p50

    def format_row(self) -> str:
        return (
            f"| {self.name} | {self.caller} | {self.small.p50:.1f} | {self.large.p50:.1f} | "
            f"{self.large.p99:.1f} | {self.large.cpu_ms:.1f} | {self.large.statements:.0f} | "
            f"{self.large.size:,} | {self.growth:.2f} |"
        )


def prepare_listed_rows(url: str) -> dict[str, Any]:
    call = [sys.executable, "-m", "bench.crowd.listed_rows"]
    printed = subprocess.run(
        call, env=os.environ | {"DATABASE_URL": url}, check=True, stdout=subprocess.PIPE
    ).stdout
    callers: dict[str, Any] = json.loads(printed)
    return callers


def build_runner_scenario(crowd: ServedCrowd, name: str) -> RequestScenario:
    requests = [
        build_http_request(RUNNER_LISTS[name].format(user_id=runner), token)
        for runner, token in crowd.people["runners"]
    ]
    return RequestScenario(name, crowd.server, requests)


def build_coach_scenario(crowd: ServedCrowd, name: str) -> RequestScenario:
    path = COACH_LISTS[name].format(club=crowd.people["club"])
    request = build_http_request(path, crowd.people["coach"])
    return RequestScenario(name, crowd.server, [request] * REPEATED_REQUESTS)


def measure_lists(small: ServedCrowd, large: ServedCrowd) -> list[ListComparison]:
    comparisons = [
        ListComparison(name, "a runner", *(build_runner_scenario(crowd, name) for crowd in (small, large)))
        for name in RUNNER_LISTS
    ] + [
        ListComparison(name, "a coach", *(build_coach_scenario(crowd, name) for crowd in (small, large)))
        for name in COACH_LISTS
    ]
    scenarios = [scenario for compared in comparisons for scenario in (compared.small, compared.large)]
    with psycopg.connect(large.url, autocommit=True) as database:
        for scenario in scenarios:
            scenario.warm_up(database)
    for _ in range(ROUNDS):
        for scenario in scenarios:
            scenario.run()
    return comparisons


def format_report(
    comparisons: list[ListComparison], small: Mapping[str, Any], large: Mapping[str, Any]
) -> Iterator[str]:
    yield f"{datetime.now(UTC).date()}. {format_machine(CORES, os.getloadavg()[1])}, {format_versions()}."
    yield (
        f"{large['activities']:,} activities instead of {small['activities']:,}, "
        f"{large['health_days']:,} health days instead of {small['health_days']:,}. Times in ms.\n"
    )
    yield "| list | caller | p50, small | p50 | p99 | app CPU | SQL | bytes | ratio |"
    yield "|---|---|---|---|---|---|---|---|---|"
    yield from (compared.format_row() for compared in comparisons)
    missed = [
        f"{compared.name}, {compared.caller}: {compared.growth:.2f}"
        for compared in comparisons
        if compared.growth > MAX_GROWTH
    ]
    yield f"\nRatios above {MAX_GROWTH}: {'; '.join(missed) or 'none'}."


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.http_load.settings"
    with ExitStack() as stack:
        crowds = []
        for count in (SMALL_CROWD_SIZE, CROWD_SIZE):
            url = create_database(os.environ, count)
            print(f"Preparing {count} athletes …", file=sys.stderr, flush=True)
            people = prepare_crowd(url, count) | prepare_listed_rows(url)
            environ = os.environ | {
                "DATABASE_URL": url,
                "REDIS_PREFIX": f"bench-lists-{count}",
                "LOG_FORMAT": "json",
            }
            crowds.append(ServedCrowd(url, people, stack.enter_context(run_server(environ))))
        small, large = crowds
        print("\n".join(format_report(measure_lists(small, large), small.people, large.people)))


if __name__ == "__main__":
    main()
