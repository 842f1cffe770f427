"""The season of one athlete: the races, and the share of a usual week planned for each week. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from coaching.demo.people.archetypes import Archetype
from coaching.demo.people.athlete import SimulatedAthlete
from coaching.demo.people.scenario import Goal

SUNDAY = 6
RECOVERY_WEEKS, RECOVERY_SHARE = (5, 9, 13, 17, 21), 0.8  # weeks before the race; share of a usual week
USUAL_GOALS = (46, 48, 50, 74, 76, 78)  # days to the next race, for scenarios without a goal
MILE_M = 1609.344
# By the least distance of the race in metres: shares of a usual week in the weeks before the race (race week
# first), and in the weeks after it.
TAPER_SHARES = {30_000.0: (0.45, 0.62, 0.82), 20_000.0: (0.52, 0.78), 0.0: (0.7,)}
AFTER_RACE_SHARES = {30_000.0: (0.35, 0.62, 0.82), 20_000.0: (0.5, 0.8), 0.0: (0.85,)}
# By weeks before the race and weekday (Monday is 0): shorter races on the way to the main race. The first one
# that is clearly shorter than the main race is run.
TUNE_UPS = {
    (5, SUNDAY): ((21_097.5, "Half marathon"), (10_000.0, "10 km"), (5_000.0, "5 km")),
    (15, SUNDAY): ((10_000.0, "10 km"), (5_000.0, "5 km")),
    (13, 5): ((5_000.0, "Saturday 5 km"),),
    (10, 1): ((MILE_M, "Club mile"),),
}


@dataclass(frozen=True, slots=True)
class Season:
    """The main races of one athlete, in days ago, oldest first; future races are negative."""

    kind: Archetype
    races: tuple[int, ...]
    tapers: bool = True

    def weeks_to_race(self, ago: int) -> int:
        """Return whole weeks to the Sunday of the next race; 52 if there is none."""
        return min(((ago - race) // 7 for race in self.races if race <= ago), default=52)

    def weeks_since_race(self, ago: int) -> int:
        return min(((race - ago - 1) // 7 for race in self.races if race > ago), default=52)

    def share(self, ago: int) -> float:
        """Return the share of a usual week that is planned in the week of that day."""
        ahead, behind = self.weeks_to_race(ago), self.weeks_since_race(ago)
        taper, after = (
            _find_shares(TAPER_SHARES, self.kind.race_m),
            _find_shares(AFTER_RACE_SHARES, self.kind.race_m),
        )
        if behind < len(after):
            return after[behind]
        if ahead < len(taper) and self.tapers:
            return taper[ahead]
        build = max(0.82, 1.1 - 0.018 * ahead)
        return build * RECOVERY_SHARE if ahead in RECOVERY_WEEKS and self.tapers else build


def build_season(person: SimulatedAthlete, today: date) -> Season:
    """Return the athlete's races: the next one of the scenario, and earlier ones a cycle apart."""
    goal = person.scenario.goal
    rng = person.create_random_generator("season")
    days_ahead = goal.days_ahead if goal else int(rng.choice(USUAL_GOALS))
    next_race = -_count_days_to_sunday(today, days_ahead)
    cycle = 7 * person.kind.cycle_weeks
    past = range(next_race + cycle, person.scenario.history_d + cycle, cycle)
    return Season(person.kind, tuple(sorted((next_race, *past), reverse=True)), person.scenario.tapers)


def get_next_race(person: SimulatedAthlete) -> tuple[float, str]:
    """Return distance (m) and name of the next race."""
    goal, kind = person.scenario.goal or Goal(0), person.kind
    return goal.distance_m or kind.race_m, goal.name or kind.race_name


def find_tune_up_race(kind: Archetype, weeks: int, weekday: int) -> tuple[float, str] | None:
    """Return distance (m) and name of the shorter race on that weekday, `weeks` before the main race."""
    races = TUNE_UPS.get((weeks, weekday), ())
    return next((race for race in races if kind.race_m >= 1.4 * race[0] or race[0] == MILE_M), None)


def _count_days_to_sunday(today: date, days: int) -> int:
    """Return the days to the Sunday that is nearest to `days` ahead; at least 1."""
    weekday = (today + timedelta(days=days)).weekday()
    shift = SUNDAY - weekday if SUNDAY - weekday <= 3 else -1 - weekday
    return max(1, days + shift)


def _find_shares(table: dict[float, tuple[float, ...]], race_m: float) -> tuple[float, ...]:
    return next(shares for longest, shares in table.items() if race_m >= longest)
