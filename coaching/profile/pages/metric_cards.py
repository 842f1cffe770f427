"""An athlete's current numbers as cards: name, value and comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coaching.profile.current_metrics import CurrentMetrics
from metrics.formatting import format_distance, format_number, format_pace, format_signed_number

RECOVERY_PART_LABELS = (
    ("hrv", "HRV"),
    ("resting_heart_rate", "resting heart rate"),
    ("sleep", "sleep"),
    ("form", "form"),
)
VO2MAX_METHOD_LABELS = {"device": "read by the device", "estimate": "estimated from runs"}


@dataclass(frozen=True, slots=True)
class MetricCard:
    """A name, a formatted value, and what it is compared with."""

    name: str
    value: str
    comparison: str = ""


def build_training_cards(figures: CurrentMetrics, units: str) -> list[MetricCard]:
    pace = format_pace(figures.week_pace_s_per_km, units) if figures.week_pace_s_per_km else ""
    return [
        MetricCard("Fitness", format_number(figures.fitness), "42-day load average"),
        MetricCard("Fatigue", format_number(figures.fatigue), "7-day load average"),
        MetricCard("Form", format_signed_number(figures.form), "this morning: fitness − fatigue"),
        MetricCard("Load this week", format_number(figures.current_week_load), _describe_usual_load(figures)),
        MetricCard("Last 7 days", format_distance(figures.week_distance_m, units), pace),
        MetricCard("Load jump", _format_factor(figures.load_jump), "7 days against a usual week"),
        MetricCard("Monotony", format_number(figures.monotony, 1), "day-to-day sameness; over 2 is high"),
        MetricCard("VDOT", format_number(figures.vdot, 1), "from races and what was set"),
    ]


def build_health_cards(figures: CurrentMetrics) -> list[MetricCard]:
    return [
        MetricCard("HRV", _format_with_unit(figures.hrv_avg_ms, "ms"), "; ".join(_describe_hrv(figures))),
        MetricCard(
            "Resting heart rate",
            _format_with_unit(figures.resting_hr_bpm, "bpm"),
            "newest reading of the last 7 days",
        ),
        MetricCard("Recovery", format_number(figures.recovery_score), _describe_recovery(figures)),
    ]


def build_vo2max_card(figures: CurrentMetrics) -> MetricCard:
    return MetricCard(
        "VO₂max",
        format_number(figures.vo2max_ml_kg_min, 1),
        VO2MAX_METHOD_LABELS.get(figures.vo2max_method or "", ""),
    )


def _describe_usual_load(figures: CurrentMetrics) -> str:
    usual = figures.four_week_avg_load
    return "no four weeks yet" if usual is None else f"four-week average {format_number(usual)}"


def _format_factor(ratio: float | None) -> str:
    return format_number(ratio, 2) if ratio is None else f"× {format_number(ratio, 2)}"


def _format_with_unit(value: float | None, unit: str) -> str:
    return format_number(value, 0, unit)


def _describe_hrv(figures: CurrentMetrics) -> Iterator[str]:
    low, high, now = figures.hrv_low_ms, figures.hrv_high_ms, figures.hrv_avg_ms
    if low is None or high is None:
        yield "no normal range yet: 14 readings are needed"
    else:
        place = "" if now is None else "below " if now < low else "above " if now > high else "within "
        kind = "so far " if figures.hrv_state == "provisional" else ""
        yield f"{place}the normal {format_number(low)}–{format_number(high)} {kind}".rstrip()
    if figures.hrv_avg_7d_ago_ms is not None:
        yield f"a week ago {format_number(figures.hrv_avg_7d_ago_ms)}"


def _describe_recovery(figures: CurrentMetrics) -> str:
    parts = figures.recovery_parts
    known: Sequence[str] = [
        f"{word} {format_number(parts[name])}"
        for name, word in RECOVERY_PART_LABELS
        if parts.get(name) is not None
    ]
    coverage = parts.get("coverage")
    if not known or coverage is None:
        return "needs HRV or resting heart rate"
    unknown = [word for name, word in RECOVERY_PART_LABELS if parts.get(name) is None]
    return ", ".join(known) + (f"; without {', '.join(unknown)}" if unknown else "")
