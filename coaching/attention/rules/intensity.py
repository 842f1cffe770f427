"""Intensity signals: the share of easy running, and easy runs that are too hard."""

from __future__ import annotations

from coaching.attention import thresholds as limits
from coaching.attention.day import Day, is_above, is_at_least, is_below
from coaching.attention.signal import Finding, Report, Skip, Verdict, signal_rule


@signal_rule(
    "INTENSITY_HEAVY",
    "intensity",
    description="Less than three quarters of the zoned time of 28 days was in zone 1.",
    is_not="Not wrong in itself: good results exist with more intensity (Festa 2020), so never critical.",
    source="Seiler 2010 (doi:10.1123/ijspp.5.3.276)",
    uses=("activities",),
)
def intensity_heavy(day: Day) -> Verdict:
    runs, z1_s, zoned_s = day.zone_time(limits.INTENSITY_D)
    if runs < limits.INTENSITY_MIN_RUNS or not is_at_least(zoned_s, limits.INTENSITY_MIN_ZONED_S):
        return Skip("little_zoned_time")
    share = z1_s / zoned_s
    if not is_below(share, limits.INTENSITY_INFO):
        return None
    return Finding(
        "warning" if is_below(share, limits.INTENSITY_WARNING) else "info",
        lambda: Report(
            f"{100 * share:.0f} % of the running of the last {limits.INTENSITY_D} days was easy (zone 1).",
            {"value": share, "threshold": limits.INTENSITY_INFO, "zoned_h": zoned_s / 3600, "n": runs},
        ),
    )


@signal_rule(
    "EASY_TOO_HARD",
    "intensity",
    description="Three of the last five easy runs spent over a quarter of their time above zone 1.",
    is_not="Not about hills: zones use grade-adjusted speed.",
    source="ours [J]",
    uses=("activities", "goals_and_plans"),
)
def easy_too_hard(day: Day) -> Verdict:
    shares = day.easy_shares(limits.EASY_RUNS)
    if len(shares) < limits.EASY_RUNS:
        return Skip("few_easy_runs")
    hard = sum(is_above(share, limits.EASY_ABOVE_Z1) for share in shares)
    if hard < limits.EASY_TOO_HARD_RUNS:
        return None
    return Finding(
        "info",
        lambda: Report(
            f"{hard} of the last {limits.EASY_RUNS} easy runs were above zone 1"
            f" for over {limits.EASY_ABOVE_Z1:.0%} of the time.",
            {
                "value": hard,
                "threshold": limits.EASY_TOO_HARD_RUNS,
                "above_z1_share": limits.EASY_ABOVE_Z1,
                "n": limits.EASY_RUNS,
            },
        ),
    )
