"""The small picture of a card in the queue: the metric that the athlete's worst signals are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from astral.charts import Sparkline, build_sparkline
from coaching.assessments.values import SignalView
from coaching.attention.causes import CAUSE_BY_DOMAIN, SignalCause, group_by_cause
from coaching.profile.current_metrics import CurrentMetrics
from coaching.roster.roster import RosterAthlete
from metrics.formatting import format_number

USUAL_BAR_WIDTH = 60  # of 90: the usual week, so that 150 % of it still fits
MAX_BAR_WIDTH = 90
CAUSE_OF_READINGS: SignalCause = CAUSE_BY_DOMAIN["recovery"]


@dataclass(frozen=True, slots=True)
class QueuePicture:
    """A line of HRV, or the load of this week beside a usual one: `bar` as in `build_load_bar`.

    Both None if the metric is unknown or withheld. `caption`: the metric with its value.
    """

    sparkline: Sparkline | None
    bar: float | None
    caption: str


def build_queue_picture(athlete: RosterAthlete, signals: Sequence[SignalView]) -> QueuePicture:
    """HRV for signals of recovery, otherwise the load of the week."""
    cause, figures = group_by_cause(signals)[0].cause, athlete.summary.figures
    if cause == CAUSE_OF_READINGS:
        line = build_hrv_sparkline(athlete)
        if line.shape:
            return QueuePicture(line, None, f"HRV {format_number(figures.hrv_avg_ms, 0, 'ms')}")
    bar = build_load_bar(figures)
    if bar is None:
        return QueuePicture(None, None, "")
    now, usual = format_number(figures.current_week_load), format_number(figures.four_week_avg_load)
    return QueuePicture(None, bar, f"load {now} of {usual}")


def build_load_bar(figures: CurrentMetrics) -> float | None:
    """The load of this week, 0–90; 60 is a usual week. None if either is unknown."""
    load, usual = figures.current_week_load, figures.four_week_avg_load
    return None if load is None or not usual else min(round(USUAL_BAR_WIDTH * load / usual, 1), MAX_BAR_WIDTH)


def build_hrv_sparkline(athlete: RosterAthlete) -> Sparkline:
    figures = athlete.summary.figures
    band = f", normal {format_number(figures.hrv_low_ms)} to {format_number(figures.hrv_high_ms, 0, 'ms')}"
    known = figures.hrv_low_ms is not None
    label = f"HRV of 7 days {format_number(figures.hrv_avg_ms, 0, 'ms')}{band if known else ''}"
    return build_sparkline(
        label, [value for _, value in athlete.hrv], figures.hrv_low_ms, figures.hrv_high_ms
    )
