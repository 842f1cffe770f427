"""Checks of the standbys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from astral.database.replica_states import ReplicaState, read_replica_states
from astral.doctor.result import CheckResult, Level, grade_value

LAG_WARN_S, LAG_FAIL_S = 30, 600


def check_replicas(now: datetime) -> Iterator[CheckResult]:
    states = list(read_replica_states())
    if not states:
        yield CheckResult("replicas", Level.OK, "No standby is set.")
    yield from map(_judge_state, states)


def _judge_state(state: ReplicaState) -> CheckResult:
    name = f"The standby {state.alias}"
    if not state.is_up:
        return CheckResult(
            "replicas", Level.WARN, f"{name} does not answer. The primary computes alone.",
            "Start it, and check DATABASE_REPLICA_URLS.",
        )  # fmt: skip
    if state.lag_bytes is None or state.lag_s is None:
        return CheckResult(
            "replicas", Level.FAIL, f"{name} is not a standby.",
            "Did it become the primary? Then DATABASE_URL must name it.",
        )  # fmt: skip
    level = grade_value(state.lag_s, LAG_WARN_S, LAG_FAIL_S)
    behind = f"{name} is {state.lag_bytes / 1e6:.1f} MB and {state.lag_s:.0f} s behind."
    advice = "" if level == Level.OK else "See its log. If the primary has no more WAL for it, make it again."
    return CheckResult("replicas", level, behind, advice)
