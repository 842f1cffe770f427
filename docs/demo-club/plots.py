"""Draw the plots of docs/demo-club.md, without a database.

Run `.venv/bin/python docs/demo-club/plots.py [2026-11-22]`. Every dot comes from the rows that
`manage.py demo` would store on that day. The day is optional; the default is fixed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import escape
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("ASTRAL_ENV", "local")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astral.settings")
for name, unused in (
    ("DATABASE_URL", "postgresql:///none"),
    ("REDIS_URL", "redis://none"),
    ("SECRET_KEY", "x" * 50),
):
    os.environ.setdefault(name, unused)

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402

from athletes.models import Athlete  # noqa: E402
from coaching.demo.daily_conditions import list_absences  # noqa: E402
from coaching.demo.people.athletes import PEOPLE  # noqa: E402
from coaching.demo.rows import SimulatedHistory  # noqa: E402
from metrics.science.hrv import DISPLAY_BAND_SD, hrv_series  # noqa: E402
from metrics.science.load_series import load_series  # noqa: E402
from metrics.science.rolling import Days  # noqa: E402

HERE = Path(__file__).parent
WHOM = {
    "marathon": "Ada Quillfeather",
    "half": "Celeste Duskwood",
    "ten-km": "Kofi Elmsgate",
    "beginner": "Noah Driftmoor",
    "masters": "Gustav Fjellhammer",
    "triathlete": "Talia Crestwell",
    "trail": "Piotr Farnwald",
    "illness": "Bruno Saltamar",
    "camp": "Emeka Brightwater",
    "injury": "Freya Cloudberry",
}
WIDTH, LEFT, RIGHT, TOP, PANEL, GAP = 960, 52, 12, 44, 128, 36
INK, GRID, BAR, FITNESS, FATIGUE, BAND, DOT, AWAY = (
    "#333", "#e4e4e4", "#7aa6c2", "#1f5f8b", "#d07c2e", "#d9ead7", "#b5b5b5", "#f3dcdc",
)  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """One plot: `days` columns over its width, from `low` to `high`, drawn at height `top`."""

    top: int
    days: int
    low: float
    high: float
    title: str

    def x(self, day: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * day / self.days

    def y(self, value: float) -> float:
        return self.top + PANEL * (1 - (value - self.low) / (self.high - self.low))

    def frame(self) -> Iterable[str]:
        step = _step(self.high - self.low)
        yield f'<text x="{LEFT}" y="{self.top - 8}" font-weight="600">{escape(self.title)}</text>'
        for value in np.arange(np.ceil(self.low / step) * step, self.high + 1e-9, step):
            y = f"{self.y(value):.1f}"
            yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="{GRID}"/>'
            yield f'<text x="{LEFT - 6}" y="{y}" dy="4" text-anchor="end">{value:g}</text>'

    def line(self, values: Sequence[float] | Days, colour: str) -> str:
        """A line, broken where nothing is known."""
        moves, pen = [], "M"
        for day, value in enumerate(values):
            if np.isfinite(value):
                moves.append(f"{pen}{self.x(day + 0.5):.1f} {self.y(value):.1f}")
            pen = "L" if np.isfinite(value) else "M"
        return f'<path d="{"".join(moves)}" fill="none" stroke="{colour}" stroke-width="1.6"/>'

    def band(self, low: Days, high: Days) -> str:
        known = np.flatnonzero(np.isfinite(low))
        there = [f"{self.x(day + 0.5):.1f},{self.y(high[day]):.1f}" for day in known]
        back = [f"{self.x(day + 0.5):.1f},{self.y(low[day]):.1f}" for day in known[::-1]]
        return f'<polygon points="{" ".join([*there, *back])}" fill="{BAND}"/>'

    def dots(self, values: Days) -> Iterable[str]:
        for day in np.flatnonzero(np.isfinite(values)):
            x, y = self.x(day + 0.5), self.y(values[day])
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.1" fill="{DOT}"/>'


def _step(span: float) -> float:
    size = 10 ** np.floor(np.log10(span))
    return float(next(size * part for part in (0.2, 0.5, 1.0, 2.0) if span / (size * part) <= 5))


def plot(past: SimulatedHistory) -> str:
    """One athlete's eighteen months: weekly load, fitness and fatigue, HRV in its band."""
    days = past.training.days.first_ago + 1
    first = past.day(days - 1)
    person = past.person
    title = f"{person.name}, {person.age}: {person.kind.name}, VDOT {past.training.vdot[days - 1]:.0f}"
    panels = [*_weekly(past, days, first), *_fitness(past, days, first), *_hrv(past, days, first)]
    height = TOP + 3 * (PANEL + GAP)
    shaded = [
        f'<rect x="{_x(days, days - 1 - absence.first):.1f}" '
        f'width="{_x(days, absence.first - absence.last + 1) - LEFT:.1f}" '
        f'y="{TOP}" height="{height - TOP - GAP}" fill="{AWAY}"><title>{absence.kind}</title></rect>'
        for absence in list_absences(person)
        if absence.last >= 0 or absence.first >= 0
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        f'font-size="11" fill="{INK}"><rect width="{WIDTH}" height="{height}" fill="#fff"/>'
    )
    caption = f"{escape(title)} · shaded: ill, injured, on holiday · ▲ race"
    text = f'<text x="{LEFT}" y="18" font-size="14">{caption}</text>'
    return "\n".join([head, text, *shaded, *panels, *_months(first, days, height), "</svg>\n"])


def _x(days: int, day: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * day / days


def _weekly(past: SimulatedHistory, days: int, first: date) -> Iterable[str]:
    loads = _daily_loads(past, days, first)
    offset = first.weekday()
    weeks = [loads[max(0, start) : start + 7].sum() for start in range(-offset, days, 7)]
    panel = Panel(TOP, days, 0, 1.15 * max(weeks), "Load per week")
    yield from panel.frame()
    for number, load in enumerate(weeks):
        left, right = panel.x(max(0, 7 * number - offset)), panel.x(min(days, 7 * number - offset + 7))
        top = panel.y(load)
        yield (
            f'<rect x="{left + 0.7:.1f}" width="{max(0.5, right - left - 1.4):.1f}" y="{top:.1f}" '
            f'height="{panel.y(0) - top:.1f}" fill="{BAR}"/>'
        )
    for activity, _ in past.activities:
        if activity.is_race:
            x = panel.x((activity.local_date - first).days + 0.5)
            yield f'<text x="{x:.1f}" y="{TOP + 8}" text-anchor="middle" font-size="9">▲</text>'


def _fitness(past: SimulatedHistory, days: int, first: date) -> Iterable[str]:
    series = load_series(_daily_loads(past, days, first))
    top = TOP + PANEL + GAP
    panel = Panel(
        top, days, 0, 1.05 * float(series.fatigue.max()), "Fitness (blue) and fatigue (orange), load a day"
    )
    return [*panel.frame(), panel.line(series.fatigue, FATIGUE), panel.line(series.fitness, FITNESS)]


def _hrv(past: SimulatedHistory, days: int, first: date) -> Iterable[str]:
    readings = np.full(days, np.nan)
    for row in past.health_days:
        value = row.hrv_rmssd_ms or row.hrv_sdnn_ms
        if value:
            readings[(row.date - first).days] = value
    if not np.isfinite(readings).any():
        return []
    series = hrv_series(readings)
    spread = DISPLAY_BAND_SD * series.sd
    low, high = np.exp(series.mean - spread), np.exp(series.mean + spread)
    panel = Panel(
        TOP + 2 * (PANEL + GAP),
        days,
        float(np.nanmin(readings)) * 0.95,
        float(np.nanmax(readings)) * 1.03,
        "HRV, ms: each night, the average of seven, and the athlete's own band (mean ± 0.75 SD of 60 days)",
    )
    return [
        *panel.frame(),
        panel.band(low, high),
        *panel.dots(readings),
        panel.line(np.exp(series.week), FITNESS),
    ]


def _daily_loads(past: SimulatedHistory, days: int, first: date) -> Days:
    loads = np.zeros(days)
    for activity, _ in past.activities:
        loads[(activity.local_date - first).days] += activity.training_load or 0.0
    return loads


def _months(first: date, days: int, height: int) -> Iterable[str]:
    for day in range(days):
        on = first + timedelta(days=day)
        if on.day == 1:
            word = f"{on:%b}" if on.month > 1 else f"{on:%b %Y}"
            yield f'<text x="{_x(days, day):.1f}" y="{height - 10}" text-anchor="middle">{word}</text>'


def main(day: str) -> None:
    now = datetime.fromisoformat(f"{day}T20:00").replace(tzinfo=UTC)
    by_name = {person.name: person for person in PEOPLE}
    for word, name in WHOM.items():
        person = by_name[name]
        athlete = Athlete(user_id=UUID(int=0), timezone=person.zone, sex=person.sex)
        (HERE / f"{word}.svg").write_text(plot(SimulatedHistory(person, athlete, now)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "2026-11-22")
