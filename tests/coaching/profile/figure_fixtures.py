"""Current numbers of an athlete, most of them unknown."""

from __future__ import annotations

from typing import Any

from coaching.profile.current_metrics import CurrentMetrics


def build_metrics(**known: Any) -> CurrentMetrics:
    values: dict[str, Any] = dict.fromkeys(CurrentMetrics._fields) | known
    return CurrentMetrics(**values)
