"""Write the section of the statistics in docs/BENCHMARKS.md. It names missed targets."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.statistics import RequestScenario

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "BENCHMARKS.md"
BEGIN_MARK, END_MARK = "<!-- make bench writes from here -->", "<!-- to here -->"
MAX_COLD_RATIO, MAX_WARM_RATIO, MAX_UNCHANGED_MS, MAX_GROWTH = 2.5, 2.0, 2.0, 1.2
MAX_RATIO_BY_KIND = {
    "cold": MAX_COLD_RATIO,
    "cold, a coach": MAX_COLD_RATIO,
    "warm": MAX_WARM_RATIO,
    "warm, a coach": MAX_WARM_RATIO,
}


@dataclass(frozen=True, slots=True)
class StatisticsReport:
    """`table[call][kind]` and `small[call]` (cold, in the small database) are scenarios after their run."""

    empty: RequestScenario
    table: Mapping[str, Mapping[str, RequestScenario]]
    small: Mapping[str, RequestScenario]
    sql_ms: Mapping[str, float]
    throughput: Mapping[str, float]
    plans: Mapping[str, str]
    counts: Mapping[str, int]

    def write(self, cores: int, day: date) -> None:
        """Replace the text between the two marks."""
        document = DOCUMENT.read_text()
        before, _, rest = document.partition(BEGIN_MARK)
        after = rest.partition(END_MARK)[2]
        DOCUMENT.write_text(f"{before}{BEGIN_MARK}\n{day}. {self.text(cores)}\n{END_MARK}{after}")

    def text(self, cores: int) -> str:
        return "\n\n".join(
            ["\n".join(self._machine(cores)), "\n".join(self._rows()), "\n".join(self._shortfalls())]
            + ["\n".join(self._growth()), "\n".join(self._per_second()), *self._explained()]
        )

    def _machine(self, cores: int) -> Iterator[str]:
        size = self.counts
        load = os.getloadavg()[1]
        yield f"{format_machine(cores, load)}, {format_versions()}."
        yield (
            f"{size['athletes']:,} people, {size['activities']:,} activities, "
            f"{size['health_days']:,} health days; gunicorn, 2 workers × 4 threads. Times in ms."
        )

    def _rows(self) -> Iterator[str]:
        yield "| call | | p50 | p99 | app CPU | SQL | bytes | floor: SQL | ratio | target |"
        yield "|---|---|---|---|---|---|---|---|---|---|"
        yield f"| floor: {self.empty.name} | | {_format_cells(self.empty)} | | | |"
        for name, kinds in self.table.items():
            for kind, scenario in kinds.items():
                sql = f"{self.sql_ms[name]:.2f}" if kind.startswith("cold") else ""
                ratio, target = f"{self._ratio(name, kind):.2f}", f"≤ {MAX_RATIO_BY_KIND.get(kind)}"
                if kind == "304":
                    ratio, target = "", f"≤ {MAX_UNCHANGED_MS:.0f} ms"
                yield f"| {name} | {kind} | {_format_cells(scenario)} | {sql} | {ratio} | {target} |"

    def _ratio(self, name: str, kind: str) -> float:
        """Ratio to the floor: SQL + empty view for cold calls, the empty view for the others."""
        floor = self.empty.p50 + (self.sql_ms[name] if kind.startswith("cold") else 0.0)
        return self.table[name][kind].p50 / floor

    def _shortfalls(self) -> Iterator[str]:
        missed = [
            f"{name}, {kind}: {self._ratio(name, kind):.2f} instead of {MAX_RATIO_BY_KIND[kind]}"
            for name, kinds in self.table.items()
            for kind in kinds
            if kind in MAX_RATIO_BY_KIND and self._ratio(name, kind) > MAX_RATIO_BY_KIND[kind]
        ]
        missed += [
            f"{name}, 304: {kinds['304'].p50:.2f} ms instead of {MAX_UNCHANGED_MS:.0f}"
            for name, kinds in self.table.items()
            if kinds["304"].p50 > MAX_UNCHANGED_MS
        ]
        yield f"Missed: {'; '.join(missed)}." if missed else "Every target of this table is met."

    def _growth(self) -> Iterator[str]:
        size = self.counts
        yield (
            f"Cold p50 with a hundred times the data: {size['activities']:,} activities instead of "
            f"{size['small_activities']:,} (target: ratio ≤ {MAX_GROWTH})."
        )
        yield ""
        yield "| call | small | large | ratio |"
        yield "|---|---|---|---|"
        for name, small in self.small.items():
            large = self.table[name]["cold"].p50
            yield f"| {name} | {small.p50:.2f} | {large:.2f} | {large / small.p50:.2f} |"

    def _per_second(self) -> Iterator[str]:
        yield "Answers a second. The callers are 2 processes × 4 threads on the same cores."
        yield "Targets: warm 400, cold 250."
        yield ""
        yield "| | a second |"
        yield "|---|---|"
        for name, count in self.throughput.items():
            yield f"| {name} | {count:,.0f} |"

    def _explained(self) -> Iterator[str]:
        yield "Plans of PostgreSQL, `EXPLAIN (ANALYZE, BUFFERS)`:"
        for name, plan in self.plans.items():
            yield f"{name}\n\n```\n{plan}\n```"


def _format_cells(scenario: RequestScenario) -> str:
    numbers = f"{scenario.p50:.2f} | {scenario.p99:.2f} | {scenario.cpu_ms:.2f}"
    return f"{numbers} | {scenario.statements:.0f} | {scenario.size:,}"


def format_machine(cores: int, load: float) -> str:
    return f"{read_processor_name()}, {cores} of {os.cpu_count()} cores (load average {load:.1f})"


def read_processor_name() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(
        (line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine()
    )


def format_versions() -> str:
    names = {"django": "Django", "psycopg": "psycopg", "redis": "redis-py", "gunicorn": "gunicorn"}
    libraries = ", ".join(f"{label} {version(name)}" for name, label in names.items())
    return f"Python {platform.python_version()}, {libraries}, PostgreSQL and Valkey from wheels"
