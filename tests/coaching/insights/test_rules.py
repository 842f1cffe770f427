"""The rules of insights: units, texts, and evidence that contains every number of the text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.attention import SIGNAL_RULES
from coaching.insights import (
    Insight,
    InsightInputs,
    NextRace,
    RecentRun,
    WeekSessions,
    WeekTraining,
    build_insights,
)
from coaching.insights.llm.fact_check import find_rejection_reason, is_supported
from coaching.insights.llm.prompt import InsightPrompt
from coaching.insights.rules.signal_texts import SIGNAL_TEXTS
from coaching.insights.rules.strongest_signal import CODES_WITHOUT_INSIGHT
from tests.coaching.plan_fixtures import build_signal

SUNDAY = date(2026, 11, 15)
WEEK = WeekTraining(62_400.0, 312.0, 420.0, 395.0)
LONG = RecentRun(SUNDAY, 24_100.0, 7_978.0, 142.0)
RUNS = (
    RecentRun(date(2026, 11, 17), 10_000.0, 3_000.0),
    LONG,
    *[RecentRun(date(2026, 11, 10), 9_000.0, 2_800.0)] * 3,
)
FORECAST_S = (11_320.0, 10_700.0, 12_050.0)  # 3:08:40, from 2:58:20 to 3:20:50
MARATHON = NextRace("Berlin Marathon 2027", 42_195.0, 148, goal_s=11_100.0, forecast_s=FORECAST_S)
HRV = build_signal(
    code="HRV_BELOW_BASELINE",
    severity="warning",
    message="7-day HRV is 52 ms, 1.0 SD below the usual 63 ms.",
    evidence={"value": 52.1, "baseline": 63.0, "threshold": 55.9, "n": 6},
)
EVERYTHING = InsightInputs("metric", WEEK, WeekSessions(3, 5), RUNS, MARATHON, (HRV,))


def build_insight(inputs: InsightInputs, kind: str) -> Insight:
    (insight,) = [insight for insight in build_insights(inputs) if insight.kind == kind]
    return insight


def build_signal_insight(
    code: str, evidence: dict[str, Any], message: str = "", units: Any = "metric"
) -> Insight:
    signal = build_signal(code=code, severity="warning", message=message, evidence=evidence)
    return build_insight(InsightInputs(units, signals=(signal,)), "strongest_signal")


def test_build_insights_gives_four_kinds_written_by_rules():
    insights = build_insights(EVERYTHING)
    assert [insight.kind for insight in insights] == [
        "week_summary",
        "last_long_run",
        "race_ahead",
        "strongest_signal",
    ]
    assert {insight.written_by for insight in insights} == {"rules"}


def test_build_insights_gives_nothing_without_data():
    assert build_insights(InsightInputs()) == []
    assert (
        build_insights(InsightInputs(week=WeekTraining(0.0, None, 0.0, None), sessions=WeekSessions(0, 0)))
        == []
    )


def test_week_insight_states_distance_load_and_sessions():
    week = build_insight(EVERYTHING, "week_summary")
    assert week.text == (
        "The runs of the last 7 days add up to 62.4 km at 5:12 per km."
        " This week's load so far is 420, already above an average of 395 over the last 4 weeks."
        " 3 of 5 planned sessions are done."
    )
    assert week.evidence == {
        "window_days": 7, "distance_km": 62.4, "pace_per_km": "5:12", "week_load": 420,
        "average_week_load": 395, "average_weeks": 4, "sessions_completed": 3, "sessions_planned": 5,
    }  # fmt: skip


def test_imperial_insights_use_miles_everywhere():
    texts = " ".join(insight.text for insight in build_insights(replace(EVERYTHING, units="imperial")))
    assert "38.8 miles at 8:22 per mile" in texts
    assert "26.2 miles" in texts
    assert "km" not in texts


@pytest.mark.parametrize(
    ("completed", "planned", "sentence"),
    [
        (0, 1, "The 1 planned session is not done yet."),
        (0, 3, "None of the 3 planned sessions is done yet."),
        (1, 1, "The 1 planned session is done."),
        (1, 4, "1 of 4 planned sessions is done."),
        (4, 4, "All 4 planned sessions are done."),
    ],
)
def test_week_insight_uses_singular_for_one_session(completed: int, planned: int, sentence: str):
    assert build_insight(
        replace(EVERYTHING, sessions=WeekSessions(completed, planned)), "week_summary"
    ).text.endswith(sentence)


def test_week_insight_states_that_there_was_no_running():
    week = build_insight(InsightInputs(week=WeekTraining(0.0, None, 0.0, 210.4)), "week_summary")
    assert week.text == (
        "There was no running in the last 7 days."
        " This week's load so far is 0, against an average of 210 over the last 4 weeks."
    )


def test_long_run_insight_takes_the_latest_outstanding_run():
    assert build_insight(EVERYTHING, "last_long_run").text == (
        "The last long run, on Sunday 15 November, covered 24.1 km in 2:12:58."
        " That is 5:31 per km at an average of 142 bpm. The typical run of the last 5 was 9.0 km."
    )


def test_long_run_insight_accepts_any_run_of_90_minutes():
    assert "typical" not in build_insight(InsightInputs(runs=(LONG,)), "last_long_run").text
    shorter = replace(LONG, duration_s=5_399.0)
    assert build_insights(InsightInputs(runs=(shorter,))) == []


def test_long_run_insight_leaves_out_intervals_and_races():
    wednesday = date(2026, 11, 18)
    intervals = RecentRun(wednesday, 13_900.0, 4_200.0, hard_share=0.38)
    race = RecentRun(wednesday, 42_195.0, 11_400.0, is_race=True, hard_share=0.0)
    fast_finish = RecentRun(wednesday, 21_000.0, 6_600.0, hard_share=0.1)
    for later in (intervals, replace(intervals, distance_m=20_000.0), race):
        inputs = InsightInputs(runs=(later, *RUNS))
        assert build_insight(inputs, "last_long_run").evidence["run_date"] == "2026-11-15"
    inputs = InsightInputs(runs=(fast_finish, *RUNS))
    assert build_insight(inputs, "last_long_run").evidence["run_date"] == "2026-11-18"


def test_long_run_insight_compares_with_the_longest_run_of_the_last_weeks():
    wednesday = date(2026, 11, 18)
    for distance_m, day in ((16_000.0, "2026-11-15"), (16_100.0, "2026-11-18")):
        inputs = InsightInputs(runs=(RecentRun(wednesday, distance_m, 5_500.0), *RUNS))
        assert build_insight(inputs, "last_long_run").evidence["run_date"] == day


def test_long_run_insight_is_none_for_equal_runs():
    assert (
        build_insights(InsightInputs(runs=tuple(RecentRun(SUNDAY, 8_000.0, 2_400.0) for _ in range(6)))) == []
    )


@pytest.mark.parametrize(
    ("goal_s", "ending"),
    [
        (10_500.0, "The goal of 2:55:00 is 3:20 faster than that."),
        (11_400.0, "The goal of 3:10:00 lies in that range."),
        (12_600.0, "The goal of 3:30:00 is within reach."),
        (None, "to 3:20:50."),
    ],
)
def test_race_insight_compares_the_range_with_the_goal(goal_s: float | None, ending: str):
    race = build_insight(replace(EVERYTHING, race=replace(MARATHON, goal_s=goal_s)), "race_ahead")
    assert race.text.startswith(
        "The race over 42.2 km is in 148 days."
        " Recent efforts point to 3:08:40, most likely from 2:58:20 to 3:20:50."
    )
    assert race.text.endswith(ending)


def test_race_insight_has_the_name_in_the_title_only():
    race = build_insight(EVERYTHING, "race_ahead")
    assert race.title == "Berlin Marathon 2027"
    assert "Berlin" not in race.text + str(race.evidence)


@pytest.mark.parametrize(("days", "when"), [(0, "today"), (1, "tomorrow"), (2, "in 2 days")])
def test_race_insight_names_today_and_tomorrow(days: int, when: str):
    race = build_insight(
        InsightInputs(race=NextRace("Park run", 5_000.0, days, goal_s=1_200.0)), "race_ahead"
    )
    assert race.text == (
        f"The race over 5.0 km is {when}."
        " The goal is 20:00; there is no recent effort to forecast a time from."
    )


def test_signal_insight_states_reason_and_advice():
    signal = build_insight(EVERYTHING, "strongest_signal")
    assert signal.text == (
        "The HRV of the last 7 days is 52 ms, below the usual 63 ms."
        " Keep training easy until it is back; sleep, stress or travel may be the cause."
    )
    assert signal.evidence["signal"] == "HRV_BELOW_BASELINE"


def test_signal_insight_skips_acknowledged_signals():
    acknowledged = HRV._replace(acknowledged_until=date(2026, 11, 20))
    assert build_insights(InsightInputs(signals=(acknowledged,))) == []
    achievement = build_signal(code="FITNESS_PEAK", severity="positive", evidence={"value": 61.0})
    insight = build_insight(InsightInputs(signals=(achievement, acknowledged)), "strongest_signal")
    assert insight.title == "Fitness at its highest"


def test_signal_insight_marks_a_signal_as_of_yesterday():
    insight = build_signal_insight(
        "INACTIVITY", {"value": 6, "baseline": 1.0}, "(as of yesterday) No run for 6 days."
    )
    assert insight.text.startswith(
        "There has been no run for 6 days; the usual gap is 1 day. That was as of yesterday."
    )


def test_signal_insight_skips_signals_without_numbers_or_text():
    incomplete = HRV._replace(evidence={"value": None, "baseline": 63.0})
    unknown = HRV._replace(code="A_SIGNAL_OF_LAST_YEAR")
    assert (
        build_insight(InsightInputs(signals=(incomplete, unknown, HRV)), "strongest_signal").evidence[
            "hrv_ms"
        ]
        == 52
    )
    assert build_insights(InsightInputs(signals=(incomplete, unknown))) == []


def test_every_signal_has_a_text():
    assert SIGNAL_TEXTS.keys() == {signal.code for signal in SIGNAL_RULES}


NUMBERS = st.floats(-500, 60_000, allow_nan=False)
FLOATS = ("value", "baseline", "threshold", "distance_m", "week_load", "fitness", "done")
INTEGERS = ("n", "completed", "days_to_race", "missed_in_a_row", "missed_key")
DISTANCES = st.sampled_from(["400 m", "1 mile", "a half marathon", "10 km"])
EVIDENCE = st.fixed_dictionaries(
    dict.fromkeys(FLOATS, NUMBERS) | dict.fromkeys(INTEGERS, st.integers(0, 60)) | {"distance": DISTANCES}
)


@pytest.mark.parametrize("code", sorted(SIGNAL_TEXTS.keys() - CODES_WITHOUT_INSIGHT))
@settings(max_examples=20)
@given(evidence=EVIDENCE, units=st.sampled_from(["metric", "imperial"]), fades=st.booleans())
def test_signal_insight_cites_every_number(code: str, evidence: dict[str, Any], units: str, fades: bool):
    evidence |= {"value": abs(evidence["value"])} if code == "NEW_PB" else {}
    message = "(as of yesterday) …" if fades else ""
    assert_valid(build_signal_insight(code, evidence, message, units), units)


METRES, SECONDS = st.floats(0, 200_000), st.floats(0, 300_000)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
RUN = st.builds(RecentRun, DAYS, METRES, SECONDS, st.none() | st.floats(30, 230))


@given(
    units=st.sampled_from(["metric", "imperial"]),
    week=st.builds(
        WeekTraining,
        METRES,
        st.none() | st.floats(120, 3_000),
        st.floats(0, 3_000),
        st.none() | st.floats(0, 3_000),
    ),
    sessions=st.none() | st.builds(WeekSessions, st.integers(0, 20), st.integers(0, 20)),
    runs=st.lists(RUN, max_size=10),
    race=st.none()
    | st.builds(
        NextRace,
        st.just("Park run 5"),
        st.floats(100, 1_000_000),
        st.integers(0, 900),
        st.none() | st.floats(1, 864_000),
        st.none() | st.tuples(*[st.floats(1, 864_000)] * 3),
    ),
)
def test_all_insights_cite_every_number(units, week, sessions, runs, race):
    for insight in build_insights(InsightInputs(units, week, sessions, runs, race)):
        assert_valid(insight, units)


def assert_valid(insight: Insight, units: Any) -> None:
    """Check that the evidence contains every number and that the text passes the check of a model's texts."""
    assert is_supported(insight.text, insight.evidence), (insight.text, insight.evidence)
    assert find_rejection_reason(insight.text, InsightPrompt.from_insight(insight, units)) == ""
    assert 1 <= len(re.findall(r"\.(?: |$)", insight.text)) <= 4
    assert all(isinstance(value, float | int | str) for value in insight.evidence.values())
