"""Describe steps in short lines, such as "6 × 1 km at 4:00–3:50 /km, 90 s jog between". Pure."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.formatting import convert_distance, format_number, get_distance_unit
from metrics.pace_or_speed import SPORTS_BY_LENGTH, format_pace_or_speed, format_sport_distance
from metrics.science.pace import half_up

from .step import EffortTarget, HeartRateTarget, PaceTarget, Repeat, Step, StepKind, Steps, ZoneTarget
from .zone_bands import find_zone_paces

METRES_UP_TO_M = 1_000
SECONDS_UP_TO_S = 120
UNTIL_LAP = "until you press lap"
PHASES = {StepKind.WARMUP: "warm-up", StepKind.COOLDOWN: "cool-down"}


def describe_steps(
    steps: Steps, units: str, sport: str = "run", threshold_mps: float | None = None
) -> list[str]:
    """One line for each step. `units` is the viewer's choice, `metric` or `imperial`.

    With the athlete's `threshold_mps`, the zones of a run have their paces.
    """
    describer = _Describer(units, sport, threshold_mps if sport == "run" else None)
    return [describer.describe(step) for step in steps]


@dataclass(frozen=True, slots=True)
class _Describer:
    units: str
    sport: str
    threshold_mps: float | None

    def describe(self, step: Step | Repeat) -> str:
        if isinstance(step, Step):
            return self._describe_step(step)
        parts = ", ".join(self.describe(part) for part in step.steps)
        is_simple = len(step.steps) == 1 and isinstance(step.steps[0], Step)
        line = f"{step.times} × {parts}" if is_simple else f"{step.times} × ({parts})"
        return f"{line}, {self._describe_step(step.between)} between" if step.between else line

    def _describe_step(self, step: Step) -> str:
        words = (self._format_length(step), self._describe_manner(step))
        if step.is_until_lap:
            words = (words[1], UNTIL_LAP)
        line = " ".join(word for word in words if word)
        return f"{line} ({step.text})" if step.text else line

    def _describe_manner(self, step: Step) -> str:
        target = self._describe_target(step)
        is_easy = step.target is None or step.target == ZoneTarget(1)
        match step.kind:
            case StepKind.REST:
                return f"rest {target}".strip()
            case StepKind.RECOVERY:
                name = "jog" if self.sport == "run" else "easy"
                return name if is_easy else f"{name} {target}"
            case StepKind.WARMUP | StepKind.COOLDOWN:
                return target or "easy" if is_easy else f"{PHASES[step.kind]} {target}"
        return target

    def _describe_target(self, step: Step) -> str:
        match step.target:
            case ZoneTarget(zone):
                name = "easy" if zone == 1 else f"in zone {zone}"
                if self.threshold_mps is None:
                    return name
                return f"{name} at {self._format_paces(find_zone_paces(zone, self.threshold_mps))}"
            case PaceTarget():
                return f"at {self._format_paces(step.target)}"
            case HeartRateTarget(low, high):
                return f"at {low} bpm" if low == high else f"at {low}–{high} bpm"
            case EffortTarget(effort):
                return f"at effort {effort}"
        return ""

    def _format_paces(self, band: PaceTarget) -> str:
        """4:00–3:50 /km. The unit stands once."""
        slow, fast = (
            format_pace_or_speed(pace_s, 1000.0, self.sport, self.units)
            for pace_s in (band.slow_s_per_km, band.fast_s_per_km)
        )
        return fast if slow == fast else f"{slow.split()[0]}–{fast}"

    def _format_length(self, step: Step) -> str:
        if step.duration_s is not None:
            return _format_seconds(step.duration_s)
        if step.distance_m is None:
            return ""
        if self.sport in SPORTS_BY_LENGTH:
            return format_sport_distance(step.distance_m, self.sport, self.units)
        if half_up(step.distance_m) < METRES_UP_TO_M:  # as on a track, also in miles
            return format_number(step.distance_m, 0, "m")
        number = format_number(convert_distance(step.distance_m, self.units), 2)
        return f"{number.rstrip('0').rstrip('.')} {get_distance_unit(self.units)}"


def _format_seconds(duration_s: float) -> str:
    """90 s; 10 min; 2 min 30 s; 1 h 30 min."""
    total_s = int(half_up(duration_s))
    if total_s < SECONDS_UP_TO_S and total_s % 60:
        return f"{total_s} s"
    minutes, seconds = divmod(total_s, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"
