"""Signals from what the athlete says: when each rule fires, stays silent and skips."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athletes.rights import Visibility
from coaching.attention import CheckIn, FeltActivity, SignalInputs, evaluate_signals
from tests.coaching.attention.scenes import AS_OF, TODAY, evaluate_severity, find_active_signal, get_date_ago

CODES = {"PAIN_REPORTED", "ILL_REPORTED", "SORENESS_HIGH", "TIREDNESS_HIGH", "FEEL_LOW"}
NO_HEALTH = Visibility(health=False)
NO_ACTIVITIES = Visibility(activities=False)


def build_check_ins(*said: tuple[int, dict[str, Any]]) -> SignalInputs:
    """Return check-ins from pairs of days ago and what was said."""
    rows = [CheckIn(get_date_ago(days), **words) for days, words in sorted(said, key=lambda pair: -pair[0])]
    return SignalInputs(check_ins=rows)


def build_ratings(name: str, *ratings: int | None) -> SignalInputs:
    """Return one check-in a day; the last one is today's. None: no check-in."""
    days = range(len(ratings) - 1, -1, -1)
    pairs = [(day, {name: rating}) for day, rating in zip(days, ratings, strict=True) if rating is not None]
    return build_check_ins(*pairs)


def build_felt(*feels: int | None, last: int = 0, step: int = 2) -> SignalInputs:
    """Return one activity every `step` days; the last one was `last` days ago."""
    days = range(last + step * (len(feels) - 1), last - 1, -step)
    return SignalInputs(
        felt=[FeltActivity(get_date_ago(day), feel) for day, feel in zip(days, feels, strict=True)]
    )


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (SignalInputs(), "skip: no_pain_report"),
        (build_check_ins((0, {"pain": 0})), None),
        (build_check_ins((0, {"pain": 1})), "info"),
        (build_check_ins((0, {"pain": 3})), "info"),
        (build_check_ins((0, {"pain": 4})), "warning"),
        (build_check_ins((0, {"pain": 6})), "warning"),
        (build_check_ins((0, {"pain": 7})), "critical"),
        (build_check_ins((2, {"pain": 5})), "warning"),
        (build_check_ins((3, {"pain": 5})), "skip: no_pain_report"),
        (build_check_ins((1, {"pain": 9}), (0, {"pain": 0})), None),
        (build_check_ins((1, {"pain": 9}), (0, {"soreness": 2})), "critical"),
        (SignalInputs(felt=[FeltActivity(TODAY, None, 4)]), "warning"),
        (SignalInputs(felt=[FeltActivity(TODAY, 5)]), "skip: no_pain_report"),
    ],
)
def test_pain_reported(inputs: SignalInputs, verdict: str | None):
    assert evaluate_severity("PAIN_REPORTED", inputs) == verdict


def test_the_worst_pain_of_the_newest_day_counts_with_its_place():
    inputs = SignalInputs(
        check_ins=[CheckIn(get_date_ago(1), pain=9), CheckIn(TODAY, pain=2, pain_place="back")],
        felt=[FeltActivity(TODAY, 3, 5, "left knee")],
    )
    signal = find_active_signal("PAIN_REPORTED", inputs)
    assert (signal.severity, signal.message) == (
        "warning",
        "Pain of 5 of 10 reported on 22 Nov (left knee).",
    )
    assert signal.evidence == {
        "value": 5, "threshold": 1, "n": 3, "reported_on": "2026-11-22", "place": "left knee",
    }  # fmt: skip
    assert signal.since == get_date_ago(1)


def test_pain_of_an_activity_needs_both_categories():
    inputs = SignalInputs(felt=[FeltActivity(TODAY, 1, 8, "hip")])
    for visibility in (NO_HEALTH, NO_ACTIVITIES):
        assert find_active_signal("PAIN_REPORTED", inputs.restrict_to(visibility)) is None
    assert inputs.restrict_to(NO_HEALTH).felt == (FeltActivity(TODAY, 1),)
    morning = build_check_ins((0, {"pain": 8}))
    assert find_active_signal("PAIN_REPORTED", morning.restrict_to(NO_ACTIVITIES)).severity == "critical"


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (build_check_ins((0, {"pain": 1})), "skip: no_illness_report"),
        (build_check_ins((0, {"is_ill": True})), "warning"),
        (build_check_ins((0, {"is_ill": False})), None),
        (build_check_ins((2, {"is_ill": True})), "warning"),
        (build_check_ins((3, {"is_ill": True})), "skip: no_illness_report"),
        (build_check_ins((1, {"is_ill": True}), (0, {"is_ill": False})), None),
        (build_check_ins((1, {"is_ill": True}), (0, {"soreness": 1})), "warning"),
    ],
)
def test_ill_reported(inputs: SignalInputs, verdict: str | None):
    assert evaluate_severity("ILL_REPORTED", inputs) == verdict


def test_ill_reported_counts_the_days_of_a_week():
    ill = {"is_ill": True}
    inputs = build_check_ins((7, ill), (6, ill), (3, {"is_ill": False}), (1, ill), (0, ill))
    signal = find_active_signal("ILL_REPORTED", inputs)
    assert signal.message == "Reported being ill on 22 Nov, 3 of the last 7 days."
    assert (signal.evidence["value"], signal.evidence["reported_on"]) == (3, "2026-11-22")


@pytest.mark.parametrize(("code", "name"), [("SORENESS_HIGH", "soreness"), ("TIREDNESS_HIGH", "tiredness")])
@pytest.mark.parametrize(
    ("ratings", "verdict"),
    [
        ((4, 4, 4), "warning"),
        ((5, 4, 5), "warning"),
        ((4, 4, 3), None),
        ((3, 5, 5), None),
        ((4, None, 4, None, 4), "warning"),
        ((4, None, 4, None, None, 4), "skip: few_check_ins"),
        ((5, 5), "skip: few_check_ins"),
        ((1, 1, 4, 4, 4), "warning"),
    ],
)
def test_high_ratings_of_three_check_ins(
    code: str, name: str, ratings: tuple[int | None, ...], verdict: str | None
):
    assert evaluate_severity(code, build_ratings(name, *ratings)) == verdict
    other = "tiredness" if name == "soreness" else "soreness"
    assert evaluate_severity(code, build_ratings(other, *ratings)) == "skip: few_check_ins"


def test_ratings_are_evidence_with_their_days():
    signal = find_active_signal("SORENESS_HIGH", build_ratings("soreness", 4, None, 5, 4))
    assert signal.message == "Soreness was 4, 5, 4 of 5 in the last 3 check-ins."
    assert signal.evidence == {
        "value": 4, "threshold": 4, "n": 3, "values": "4, 5, 4",
        "days": "2026-11-19, 2026-11-21, 2026-11-22",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        (build_felt(4, 4, 4, 4, 4, 4, 3, 3, 3), "warning"),
        (build_felt(4, 4, 4, 4, 4, 4, 3, 4, 3), None),
        (build_felt(4, 4, 4, 4, 4, 3, 3, 3), "skip: few_rated_activities"),
        (build_felt(3, 3, 3, 3, 3, 3, 3, 3, 3), None),
        (build_felt(2, 2, 2, 2, 2, 2, 1, 1, 1), "warning"),
        (build_felt(1, 1, 1, 4, 4, 4, 4, 3, 3, 3), "warning"),  # the usual is 4, not the mean of 2.7
        (build_felt(4, None, 4, 4, 4, 4, None, 4, 3, None, 3, 3), "warning"),
        (build_felt(4, 4, 4, 4, 4, 4, 3, 3, 3, last=9), "warning"),
        (build_felt(4, 4, 4, 4, 4, 4, 3, 3, 3, last=10), "skip: few_rated_activities"),
        (build_felt(*[4] * 6, 3, 3, 3, step=7), "skip: few_rated_activities"),
        (SignalInputs(), "skip: few_rated_activities"),
    ],
)
def test_feel_low(inputs: SignalInputs, verdict: str | None):
    assert evaluate_severity("FEEL_LOW", inputs) == verdict


def test_feel_low_belongs_to_activities_and_names_values_and_days():
    inputs = build_felt(4, 4, 4, 5, 5, 5, 3, 2, 3, step=1)
    signal = find_active_signal("FEEL_LOW", inputs.restrict_to(NO_HEALTH))
    assert signal.message == "The last 3 rated activities felt 3, 2, 3 of 5; usually 4.5."
    assert signal.evidence == {
        "value": pytest.approx(8 / 3), "baseline": 4.5, "threshold": 3.5, "n": 3, "baseline_n": 6,
        "values": "3, 2, 3", "days": "2026-11-20, 2026-11-21, 2026-11-22",
    }  # fmt: skip
    assert find_active_signal("FEEL_LOW", inputs.restrict_to(NO_ACTIVITIES)) is None


DAY = st.integers(0, 40).map(get_date_ago)
RATING = st.none() | st.integers(1, 5)
PAIN = st.none() | st.integers(0, 10)
CHECK_INS = st.lists(
    st.builds(CheckIn, DAY, RATING, RATING, PAIN, st.just("knee"), st.none() | st.booleans()), max_size=12
)
FELT = st.lists(st.builds(FeltActivity, DAY, RATING, PAIN, st.just("knee")), max_size=15)


def sort_by_day(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: row.day)


@given(CHECK_INS, FELT)
def test_withheld_words_give_no_signal_and_no_evidence(check_ins: list[CheckIn], felt: list[FeltActivity]):
    inputs = SignalInputs(check_ins=sort_by_day(check_ins), felt=sort_by_day(felt))
    everything = evaluate_signals(inputs, AS_OF).active_signals
    assert {signal.code for signal in everything} <= CODES | {"PROFILE_INCOMPLETE"}
    without_health = evaluate_signals(inputs.restrict_to(NO_HEALTH), AS_OF).active_signals
    assert {signal.code for signal in without_health} <= {"FEEL_LOW", "PROFILE_INCOMPLETE"}
    assert "knee" not in str(without_health)
    without_activities = evaluate_signals(inputs.restrict_to(NO_ACTIVITIES), AS_OF).active_signals
    only_mornings = evaluate_signals(SignalInputs(check_ins=inputs.check_ins), AS_OF).active_signals
    assert without_activities == only_mornings


@given(CHECK_INS, FELT, st.integers(1, 27))
def test_later_words_do_not_change_an_earlier_day(
    check_ins: list[CheckIn], felt: list[FeltActivity], days_ago: int
):
    last = get_date_ago(days_ago)
    whole = SignalInputs(check_ins=sort_by_day(check_ins), felt=sort_by_day(felt))
    then = SignalInputs(check_ins=until(whole.check_ins, last), felt=until(whole.felt, last))
    for code in CODES:
        assert evaluate_severity(code, whole, days_ago) == evaluate_severity(code, then, days_ago)


def until(rows: Any, last: date) -> list[Any]:
    return [row for row in rows if row.day <= last]


def test_lists_must_be_in_day_order():
    days = [CheckIn(TODAY), CheckIn(TODAY - timedelta(days=1))]
    with pytest.raises(ValueError, match="day order"):
        SignalInputs(check_ins=days)
