"""Sessions as steps: seconds at a share of threshold speed. Coaches plan them, watches record them. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from metrics.science.vdot import race_time

EASY_SHARE, STEADY_LONG_SHARE, JOG_SHARE, WALK_SHARE = 0.78, 0.79, 0.62, 0.5
CRUISE_BIKE_MPS, CRUISE_SWIM_MPS = 10.5, 1.25  # speed at a share of 1.0


@dataclass(frozen=True, slots=True)
class SessionContent:
    """`steps` are (seconds, share of threshold speed); for other sports, the share of threshold effort.

    `climb` is a factor of the athlete's usual climb. Only races have a `distance_m`.
    """

    name: str
    steps: tuple[tuple[float, float], ...]
    sport: str = "run"
    sub_type: str = ""
    is_easy: bool = False
    is_key: bool = False
    is_race: bool = False
    climb: float = 1.0
    distance_m: float | None = None

    @property
    def duration_s(self) -> float:
        return sum(seconds for seconds, _ in self.steps)

    @property
    def share(self) -> float:
        """Mean share of threshold speed over the time."""
        return sum(seconds * share for seconds, share in self.steps) / self.duration_s

    @property
    def load(self) -> float:
        """Training load of the steps: 100 is one hour at threshold."""
        return sum(seconds * share * share for seconds, share in self.steps) / 36.0


def make_session(what: str, minutes: float, week: int = 0, effort: float = 1.0) -> SessionContent:
    """Return the session for the word `what` of a `Slot`. `week` selects the variant of quality sessions."""
    return SESSION_MAKERS[what](minutes, week, effort)


def make_race(name: str, distance_m: float, vdot: float, threshold_mps: float) -> SessionContent:
    """Return a race at even pace, as fast as the VDOT allows."""
    seconds = race_time(vdot, distance_m) or distance_m / threshold_mps
    share = distance_m / seconds / threshold_mps
    return SessionContent(name, ((seconds, share),), is_key=True, is_race=True, distance_m=distance_m)


def _easy(minutes: float, _: int, effort: float) -> SessionContent:
    return SessionContent("Easy run", ((60 * minutes, EASY_SHARE * effort),), is_easy=True)


def _recovery(minutes: float, _: int, effort: float) -> SessionContent:
    return SessionContent("Recovery run", ((60 * minutes, 0.73 * effort),), is_easy=True)


def _long(minutes: float, week: int, effort: float) -> SessionContent:
    if week % 3 == 1:
        steps = ((60 * minutes * 0.7, STEADY_LONG_SHARE * effort), (60 * minutes * 0.3, 0.83 * effort))
        return SessionContent("Long run, last third steady", steps, is_key=True)
    return SessionContent("Long run", ((60 * minutes, STEADY_LONG_SHARE * effort),), is_key=True)


def _tempo(minutes: float, week: int, _: float) -> SessionContent:
    work = 60 * (minutes - 22)
    if week % 2:
        half = (work - 120) / 2
        core: tuple[tuple[float, float], ...] = ((half, 1.0), (120, JOG_SHARE), (half, 1.0))
        name = f"2 × {half / 60:.0f} min at threshold"
    else:
        core, name = ((work * 0.8, 0.97),), f"Tempo run {work * 0.8 / 60:.0f} min"
    return SessionContent(name, ((13 * 60, 0.76), *core, (9 * 60, 0.74)), is_key=True)


# Variants of the intervals, by week: seconds, share, seconds of jogging.
REPETITIONS = ((180.0, 1.08, 110.0), (240.0, 1.07, 140.0), (75.0, 1.14, 75.0), (300.0, 1.05, 150.0))


def _intervals(minutes: float, week: int, _: float) -> SessionContent:
    work, share, rest = REPETITIONS[week % len(REPETITIONS)]
    count = max(3, min(12, round((60 * minutes - 26 * 60) / (work + rest))))
    core = ((work, share), (rest, JOG_SHARE)) * count
    name = f"{count} × {work:.0f} s" if work < 120 else f"{count} × {work / 60:.0f} min"
    return SessionContent(name, ((15 * 60, 0.76), *core, (11 * 60, 0.74)), is_key=True)


def _hills(minutes: float, _: int, __: float) -> SessionContent:
    count = max(4, round((60 * minutes - 25 * 60) / 200))
    core = ((80.0, 0.93), (120.0, 0.6)) * count
    return SessionContent(
        f"{count} hill repeats", ((15 * 60, 0.76), *core, (10 * 60, 0.73)), is_key=True, climb=1.3
    )


def _trail(minutes: float, _: int, effort: float) -> SessionContent:
    return SessionContent("Trail run", ((60 * minutes, 0.75 * effort),), sub_type="trail", climb=1.25)


def _long_trail(minutes: float, _: int, effort: float) -> SessionContent:
    steps = ((60 * minutes, 0.745 * effort),)
    return SessionContent("Long trail run", steps, sub_type="trail", is_key=True, climb=1.35)


def _run_walk(minutes: float, _: int, effort: float) -> SessionContent:
    rounds = max(2, round(minutes / 8))
    stretch = 60 * minutes / rounds
    return SessionContent(
        "Run and walk", ((stretch * 0.8, 0.82 * effort), (stretch * 0.2, WALK_SHARE)) * rounds, is_easy=True
    )


def _treadmill(minutes: float, _: int, effort: float) -> SessionContent:
    return SessionContent(
        "Treadmill", ((60 * minutes, EASY_SHARE * effort),), sub_type="treadmill", is_easy=True, climb=0.0
    )


def _bike(minutes: float, _: int, effort: float) -> SessionContent:
    return SessionContent("Ride", ((60 * minutes, 0.72 * effort),), sport="bike")


def _swim(minutes: float, _: int, effort: float) -> SessionContent:
    return SessionContent(
        "Swim", ((60 * minutes, 0.74 * effort),), sport="swim", sub_type="lap_swimming", climb=0.0
    )


SESSION_MAKERS: dict[str, Callable[[float, int, float], SessionContent]] = {
    "easy": _easy,
    "recovery": _recovery,
    "long": _long,
    "tempo": _tempo,
    "intervals": _intervals,
    "hills": _hills,
    "trail": _trail,
    "long_trail": _long_trail,
    "run_walk": _run_walk,
    "treadmill": _treadmill,
    "bike": _bike,
    "swim": _swim,
}
LONG_RUNS = frozenset({"long", "long_trail", "run_walk"})
