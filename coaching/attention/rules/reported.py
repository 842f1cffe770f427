"""Recovery signals from words: what the athlete says of pain, illness, soreness, tiredness and feeling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from statistics import median
from typing import NamedTuple

from coaching.attention import thresholds as limits
from coaching.attention.day import Day
from coaching.attention.inputs import CheckIn, FeltActivity
from coaching.attention.signal import Finding, Report, Severity, Skip, Verdict, signal_rule


class PainReport(NamedTuple):
    """Pain from 0 to 10 on one day, and where; the place may be empty."""

    day: date
    score: int
    place: str


@signal_rule(
    "PAIN_REPORTED",
    "recovery",
    description="The athlete reported pain in the last three days, in a check-in or of an activity.",
    is_not="Not a diagnosis: the score is the athlete's own, and scores of two people cannot be compared.",
    source="Boonstra 2014: up to 3 mild, from 7 severe; the days are ours [J]",
    uses=("health",),
)
def pain_reported(day: Day) -> Verdict:
    reports = _list_pain_reports(day)
    if not reports:
        return Skip("no_pain_report")
    newest = reports[-1]
    if newest.score < limits.PAIN_INFO:
        return None
    severity: Severity = "critical" if newest.score >= limits.PAIN_CRITICAL else "warning"
    if newest.score < limits.PAIN_WARNING:
        severity = "info"
    place = f" ({newest.place})" if newest.place else ""
    return Finding(
        severity,
        lambda: Report(
            f"Pain of {newest.score} of {limits.PAIN_SCALE} reported on {_format_day(newest.day)}{place}.",
            {
                "value": newest.score,
                "threshold": limits.PAIN_INFO,
                "n": len(reports),
                "reported_on": newest.day.isoformat(),
                "place": newest.place,
            },
        ),
    )


@signal_rule(
    "ILL_REPORTED",
    "recovery",
    description="The athlete reported being ill in a check-in of the last three days.",
    is_not="Not a diagnosis, and not medical advice. A later check-in without illness ends it.",
    source="ours [J]",
    uses=("health",),
)
def ill_reported(day: Day) -> Verdict:
    said = [entry for entry in day.check_ins(limits.ILL_D) if entry.is_ill is not None]
    if not said:
        return Skip("no_illness_report")
    if not said[-1].is_ill:
        return None
    days = sum(bool(entry.is_ill) for entry in day.check_ins(limits.ILL_WEEK_D))
    return Finding(
        "warning",
        lambda: Report(
            f"Reported being ill on {_format_day(said[-1].day)}, {days} of the last"
            f" {limits.ILL_WEEK_D} days.",
            {"value": days, "threshold": 1, "n": len(said), "reported_on": said[-1].day.isoformat()},
        ),
    )


@signal_rule(
    "SORENESS_HIGH",
    "recovery",
    description="Soreness was 4 or 5 of 5 in the last three check-ins.",
    is_not="Not an injury: muscles are sore after new or hard training, too.",
    source="Saw 2016: own ratings follow the load; limits are ours [J]",
    uses=("health",),
)
def soreness_high(day: Day) -> Verdict:
    return _judge_ratings(day, "Soreness", lambda entry: entry.soreness)


@signal_rule(
    "TIREDNESS_HIGH",
    "recovery",
    description="Tiredness was 4 or 5 of 5 in the last three check-ins.",
    is_not="Not FATIGUE_HIGH, which is computed from load: this is what the athlete says.",
    source="Saw 2016: own ratings follow the load; limits are ours [J]",
    uses=("health",),
)
def tiredness_high(day: Day) -> Verdict:
    return _judge_ratings(day, "Tiredness", lambda entry: entry.tiredness)


@signal_rule(
    "FEEL_LOW",
    "recovery",
    description="The last three rated activities each felt at least one point worse than usual.",
    is_not="Not a comparison with other people: the usual is the median of this athlete's own ratings.",
    source="Saw 2016: own ratings follow the load; limits are ours [J]",
    uses=("activities",),
)
def feel_low(day: Day) -> Verdict:
    rated = [(entry.day, entry.feel) for entry in day.felt(limits.FEEL_USUAL_D) if entry.feel is not None]
    recent, before = rated[-limits.FEEL_N :], rated[: -limits.FEEL_N]
    if len(before) < limits.FEEL_USUAL_N or day.number - recent[0][0].toordinal() >= limits.FEEL_D:
        return Skip("few_rated_activities")
    usual = float(median(feel for _, feel in before))
    if max(feel for _, feel in recent) > usual - limits.FEEL_BELOW:
        return None
    mean = sum(feel for _, feel in recent) / len(recent)
    return Finding(
        "warning",
        lambda: Report(
            f"The last {limits.FEEL_N} rated activities felt {_join([feel for _, feel in recent])}"
            f" of {limits.RATING_SCALE}; usually {usual:g}.",
            {
                "value": mean,
                "baseline": usual,
                "threshold": usual - limits.FEEL_BELOW,
                "n": len(recent),
                "baseline_n": len(before),
                "values": _join([feel for _, feel in recent]),
                "days": _join([on.isoformat() for on, _ in recent]),
            },
        ),
    )


def _judge_ratings(day: Day, name: str, read_rating: Callable[[CheckIn], int | None]) -> Verdict:
    """The newest ratings of the last days, 5 is the worst."""
    entries = day.check_ins(limits.RATING_D)
    rated = [(entry.day, rating) for entry in entries if (rating := read_rating(entry)) is not None]
    recent = rated[-limits.RATING_N :]
    if len(recent) < limits.RATING_N:
        return Skip("few_check_ins")
    if min(rating for _, rating in recent) < limits.RATING_HIGH:
        return None
    return Finding(
        "warning",
        lambda: Report(
            f"{name} was {_join([rating for _, rating in recent])} of {limits.RATING_SCALE} in the last"
            f" {limits.RATING_N} check-ins.",
            {
                "value": recent[-1][1],
                "threshold": limits.RATING_HIGH,
                "n": len(recent),
                "values": _join([rating for _, rating in recent]),
                "days": _join([on.isoformat() for on, _ in recent]),
            },
        ),
    )


def _list_pain_reports(day: Day) -> list[PainReport]:
    """The pain of the last days, oldest first. Of one day, the worst is last."""
    days = limits.PAIN_D
    reported: Sequence[CheckIn | FeltActivity] = (*day.check_ins(days), *day.felt(days))
    reports = [
        PainReport(entry.day, entry.pain, entry.pain_place) for entry in reported if entry.pain is not None
    ]
    return sorted(reports, key=lambda report: (report.day, report.score))


def _join(values: Sequence[int | str]) -> str:
    return ", ".join(map(str, values))


def _format_day(day: date) -> str:
    return f"{day.day} {day:%b}"
