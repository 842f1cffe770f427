"""What a check found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Level(StrEnum):
    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`sentence`: what is so. `advice`: what to do; empty if nothing is to do."""

    check: str
    level: Level
    sentence: str
    advice: str = ""


Check = Callable[[datetime], Iterator[CheckResult]]


def grade_value(value: float, warn_from: float, fail_from: float) -> Level:
    return Level.FAIL if value >= fail_from else Level.WARN if value >= warn_from else Level.OK
