"""The four large figures of an athlete's page, each with its course: fitness, form, this week, recovery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from astral.charts import Sparkline, build_sparkline
from coaching.profile.current_metrics import CurrentMetrics
from coaching.profile.pages.metric_cards import MetricCard, build_health_cards, build_training_cards
from coaching.profile.progress import ProgressSeries
from coaching.profile.trends import Trend
from metrics.formatting import format_number, format_signed_number
from metrics.science.recovery import FORM_MIN_FITNESS, recovery_band

SHOWN_DAYS, SHOWN_WEEKS = 42, 6
TREND_DAYS_BACK = 7
STEADY_WITHIN = 1.0  # a smaller change in a week is no trend [J]
# Form in per cent of fitness: from this value on, the zone and its word (docs/FORMULAS.md).
FORM_ZONES = (
    (20.0, "warning", "very rested"),
    (5.0, "info", "fresh"),
    (-10.0, "info", "balanced"),
    (-30.0, "good", "building"),
)
LOWEST_FORM_ZONE = ("critical", "very tired")
RECOVERY_ZONES = {
    "green": ("good", "recovered"),
    "amber": ("warning", "partly recovered"),
    "red": ("critical", "not recovered"),
}
LARGE_NAMES = {"Fitness", "Form", "Load this week", "Recovery"}


@dataclass(frozen=True, slots=True)
class HeadlineFigure:
    """`zone`: the class of its badge with `zone_word`, or empty. `trend`: up, down, steady, or empty."""

    card: MetricCard
    zone: str
    zone_word: str
    trend: str
    trend_text: str
    sparkline: Sparkline


@dataclass(frozen=True, slots=True)
class FigureCards:
    """`large`: up to four; `rest`: all other numbers. Both without what is withheld."""

    large: Sequence[HeadlineFigure]
    rest: Sequence[MetricCard]


def build_figure_cards(
    figures: CurrentMetrics, past: ProgressSeries, recovery: Trend, vo2max: MetricCard | None, units: str
) -> FigureCards:
    """`recovery`: of the last days, empty if health is withheld; `vo2max`: None if withheld."""
    training = build_training_cards(figures, units) if past.training else []
    health = build_health_cards(figures) if past.health else []
    by_name = {card.name: card for card in (*training, *health)}
    large = []
    if past.training:
        large = [
            _build_figure(by_name["Fitness"], past.training.fitness[-SHOWN_DAYS:]),
            _build_figure(by_name["Form"], past.training.form[-SHOWN_DAYS:], _find_form_zone(figures)),
            _build_week(by_name["Load this week"], past.training.load[-SHOWN_WEEKS - 1 : -1]),
        ]
    if past.health:
        zone = _find_recovery_zone(figures.recovery_score)
        large.append(_build_figure(by_name["Recovery"], recovery.values, zone))
    rest = [card for card in (*training, *health) if card.name not in LARGE_NAMES]
    return FigureCards(large, [*rest, *([vo2max] if vo2max else [])])


def _build_figure(
    card: MetricCard, values: Sequence[float | None], zone: tuple[str, str] = ("", "")
) -> HeadlineFigure:
    now, before = values[-1:], values[-1 - TREND_DAYS_BACK : -TREND_DAYS_BACK]
    change = now[0] - before[0] if now and before and now[0] is not None and before[0] is not None else None
    return HeadlineFigure(
        card, *zone, *_describe_change(change), build_sparkline(f"{card.name}, {len(values)} days", values)
    )


def _build_week(card: MetricCard, weeks: Sequence[float]) -> HeadlineFigure:
    """The running week has no trend: it is not over. The line has the weeks before it."""
    texts = ", ".join(format_number(load) for load in weeks)
    return HeadlineFigure(
        card, "", "", "", "", build_sparkline(f"Load of the {len(weeks)} weeks before: {texts}", weeks)
    )


def _describe_change(change: float | None) -> tuple[str, str]:
    if change is None:
        return "", ""
    if abs(change) < STEADY_WITHIN:
        return "steady", "steady for 7 days"
    return ("up" if change > 0 else "down"), f"{format_signed_number(change)} in 7 days"


def _find_form_zone(figures: CurrentMetrics) -> tuple[str, str]:
    if figures.form is None or figures.fitness is None:
        return "", ""
    percent = 100.0 * figures.form / max(figures.fitness, FORM_MIN_FITNESS)
    return next(((zone, word) for least, zone, word in FORM_ZONES if percent >= least), LOWEST_FORM_ZONE)


def _find_recovery_zone(score: int | None) -> tuple[str, str]:
    return ("", "") if score is None else RECOVERY_ZONES[recovery_band(score)]
