"""A plan as a grid of weeks and weekdays, with the totals of each week and their chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse

from astral.charts import NUMBER, Bars, Chart, ChartSide, ChartTable, Series, draw_chart
from coaching.models import Plan, PlanSession
from coaching.plans.drafts.draft import DraftSession, PlanDraft
from coaching.plans.drafts.line_text import write_targets
from coaching.plans.drafts.totals import (
    PlanWeekTotals,
    add_session_totals,
    compute_week_totals,
    measure_session,
)
from metrics.formatting import (
    NO_VALUE,
    format_distance,
    format_hours,
    format_number,
    get_distance_unit,
)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SPORT_TITLES = {
    "run": "Run", "bike": "Bike", "swim": "Swim", "walk": "Walk", "hike": "Hike",
    "workout": "Workout", "rest": "Rest",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SessionCell:
    """`targets`: how long and how hard, as one line. `zone`: of the whole session; None without one."""

    address: str
    title: str
    targets: str
    zone: int | None
    is_key: bool
    is_rest: bool
    description: str


@dataclass(slots=True)
class DayCell:
    """`entry_name`: of the field for one more session; `typed` and `error`: what was sent in it."""

    weekday: int
    name: str
    sessions: Sequence[SessionCell]
    new_url: str
    typed: str = ""
    error: str = ""

    @property
    def entry_name(self) -> str:
        return f"day{self.weekday}"


@dataclass(frozen=True, slots=True)
class WeekRow:
    week: int
    days: Sequence[DayCell]
    open_url: str
    session_count: int
    duration: str
    distance: str
    load: str
    easy: str


@dataclass(frozen=True, slots=True)
class PlanGrid:
    weeks: Sequence[WeekRow]
    chart: Chart
    weekdays: Sequence[str] = field(default=WEEKDAYS)


def build_grid(plan: Plan, draft: PlanDraft, units: str) -> PlanGrid:
    totals = compute_week_totals(draft)
    by_place: dict[tuple[int, int], list[DraftSession]] = {}
    for session in draft.sessions:
        by_place.setdefault((session.week, session.weekday), []).append(session)
    weeks = [_build_week(plan, total, by_place, units) for total in totals]
    return PlanGrid(weeks, _draw_totals(totals, units))


def _build_week(
    plan: Plan, total: PlanWeekTotals, by_place: dict[tuple[int, int], list[DraftSession]], units: str
) -> WeekRow:
    editor = reverse("plan-editor-page", args=[plan.public_id])
    return WeekRow(
        week=total.week,
        days=[
            DayCell(
                weekday,
                name,
                [build_session_cell(plan, row, units) for row in by_place.get((total.week, weekday), ())],
                build_session_url(plan, week=total.week, weekday=weekday),
            )
            for weekday, name in enumerate(WEEKDAYS, start=1)
        ],
        open_url=f"{editor}?week={total.week}",
        session_count=total.session_count,
        duration=format_hours(total.duration_s),
        distance=format_distance(total.distance_m, units, 0),
        load=format_number(total.load),
        easy=_format_percent(total.easy_percent),
    )


def build_session_url(plan: Plan, **query: str | int) -> str:
    return f"{reverse('plan-session-page', args=[plan.public_id])}?{urlencode(query)}"


def build_session_cell(plan: Plan, session: DraftSession, units: str) -> SessionCell:
    content = session.content
    identifier = PlanSession(id=session.session_id).public_id
    targets = write_targets(content, units)
    if not targets and content.load:
        targets = f"load {format_number(content.load)}"
    return SessionCell(
        address=build_session_url(plan, session_id=identifier),
        title=content.title or SPORT_TITLES[content.sport],
        targets=targets,
        zone=content.zone,
        is_key=content.is_key,
        is_rest=content.sport == PlanSession.REST,
        description=content.description,
    )


def describe_length(session: DraftSession, units: str) -> str:
    """About 62 min, load 75: what a session adds up to."""
    totals = measure_session(session.content)
    return f"{format_hours(totals.duration_s)}, load {format_number(totals.load)}"


def describe_totals(sessions: Iterable[DraftSession], units: str) -> str:
    """1 h 02 min, 11.4 km, load 75, 46 % easy: what sessions add up to. Unknown parts are left out."""
    total = add_session_totals(session.content for session in sessions)
    parts = [format_hours(total.duration_s)]
    if total.distance_m:
        parts.append(format_distance(total.distance_m, units))
    parts.append(f"load {format_number(total.load)}")
    if total.run_s:
        parts.append(f"{_format_percent(100.0 * total.easy_s / total.run_s)} easy")
    return ", ".join(parts)


def _format_percent(percent: float | None) -> str:
    return NO_VALUE if percent is None else f"{format_number(percent)} %"


def _draw_totals(totals: Sequence[PlanWeekTotals], units: str) -> Chart:
    """Load as bars, the easy share as a line. The table has all numbers."""
    if not any(total.session_count for total in totals):
        return draw_chart("weeks", "Week by week", ChartSide(), empty="No sessions yet.")
    weeks = [float(total.week) for total in totals]
    return draw_chart(
        "weeks",
        "Week by week",
        ChartSide(bars=Bars("Load", weeks, [round(total.load) for total in totals], days=1)),
        ChartSide(
            (Series("Easy share of running, %", [week + 0.5 for week in weeks], _list_easy(totals)),),
            from_zero=True,
        ),
        x_quantity=NUMBER,
        heading="Week",
        table=ChartTable(
            ("Week", "Sessions", "Time", f"Runs, {get_distance_unit(units)}", "Load", "Easy share"),
            tuple(_build_total_row(total, units) for total in totals),
        ),
    )


def _list_easy(totals: Sequence[PlanWeekTotals]) -> list[float | None]:
    return [None if total.easy_percent is None else round(total.easy_percent, 1) for total in totals]


def _build_total_row(total: PlanWeekTotals, units: str) -> tuple[str, ...]:
    return (
        str(total.week),
        str(total.session_count),
        format_hours(total.duration_s),
        format_distance(total.distance_m, units, 0),
        format_number(total.load),
        _format_percent(total.easy_percent),
    )
