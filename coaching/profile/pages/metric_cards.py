"""An athlete's numbers of today as words: what each is called, what it is, and what it is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coaching.profile.current_metrics import Figures
from metrics.formatting import distance_text, number_text, pace_text, signed_text

PARTS = (("hrv", "HRV"), ("resting_heart_rate", "resting heart rate"), ("sleep", "sleep"), ("form", "form"))
METHODS = {"device": "read by the device", "estimate": "estimated from runs"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A name, its value in words, and what it is compared with or made of."""

    name: str
    value: str
    beside: str = ""


def training_facts(figures: Figures, units: str) -> list[Fact]:
    pace = pace_text(figures.week_pace_s_per_km, units) if figures.week_pace_s_per_km else ""
    return [
        Fact("Fitness", number_text(figures.fitness), "42-day load average"),
        Fact("Fatigue", number_text(figures.fatigue), "7-day load average"),
        Fact("Form", signed_text(figures.form), "this morning: fitness − fatigue"),
        Fact("Load this week", number_text(figures.current_week_load), _usual_load(figures)),
        Fact("Last 7 days", distance_text(figures.week_distance_m, units), pace),
        Fact("Load jump", _times(figures.load_jump), "7 days against a usual week"),
        Fact("Monotony", number_text(figures.monotony, 1), "how alike the days are; above 2 is a lot"),
        Fact("VDOT", number_text(figures.vdot, 1), "from races and what was set"),
    ]


def health_facts(figures: Figures) -> list[Fact]:
    return [
        Fact("HRV", _with_unit(figures.hrv_avg_ms, "ms"), "; ".join(_hrv(figures))),
        Fact(
            "Resting heart rate",
            _with_unit(figures.resting_hr_bpm, "bpm"),
            "newest reading of the last 7 days",
        ),
        Fact("Recovery", number_text(figures.recovery_score), _recovery(figures)),
    ]


def vo2max_fact(figures: Figures) -> Fact:
    return Fact(
        "VO₂max", number_text(figures.vo2max_ml_kg_min, 1), METHODS.get(figures.vo2max_method or "", "")
    )


def _usual_load(figures: Figures) -> str:
    usual = figures.four_week_avg_load
    return "no four weeks yet" if usual is None else f"four-week average {number_text(usual)}"


def _times(ratio: float | None) -> str:
    return number_text(ratio, 2) if ratio is None else f"× {number_text(ratio, 2)}"


def _with_unit(value: float | None, unit: str) -> str:
    return number_text(value, 0, unit)


def _hrv(figures: Figures) -> Iterator[str]:
    low, high, now = figures.hrv_low_ms, figures.hrv_high_ms, figures.hrv_avg_ms
    if low is None or high is None:
        yield "no normal range yet: 14 readings are needed"
    else:
        place = "" if now is None else "below " if now < low else "above " if now > high else "within "
        kind = "so far " if figures.hrv_state == "provisional" else ""
        yield f"{place}the normal {number_text(low)}–{number_text(high)} {kind}".rstrip()
    if figures.hrv_avg_7d_ago_ms is not None:
        yield f"a week ago {number_text(figures.hrv_avg_7d_ago_ms)}"


def _recovery(figures: Figures) -> str:
    parts = figures.recovery_parts
    known: Sequence[str] = [
        f"{word} {number_text(parts[name])}" for name, word in PARTS if parts.get(name) is not None
    ]
    coverage = parts.get("coverage")
    if not known or coverage is None:
        return "needs HRV or resting heart rate"
    unknown = [word for name, word in PARTS if parts.get(name) is None]
    return ", ".join(known) + (f"; without {', '.join(unknown)}" if unknown else "")
