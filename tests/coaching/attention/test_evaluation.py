"""Active signals: their first day, their end, absences, and withheld data."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from athletes.rights import EVERYTHING, Visibility
from coaching.attention import (
    SIGNAL_RULES,
    AbsencePeriod,
    PersonalBest,
    RaceGoal,
    Run,
    SignalInputs,
    ThresholdSpeed,
    evaluate_signals,
)
from coaching.science.compliance import DoneActivity, PlannedSession, build_outcomes
from metrics.science.hrv import hrv_series
from metrics.science.load_series import form_next, load_series
from metrics.science.recovery import recovery_series
from metrics.science.resting_hr import resting_hr_series
from metrics.science.week import week_series
from tests.coaching.attention.scenes import (
    AS_OF,
    TODAY,
    build_hrv_inputs,
    build_load_inputs,
    build_recovery_scores,
    build_regular_runs,
    find_active_signal,
    get_date_ago,
)

LOW, FINE = 20, 90


def build_recovery_inputs(*days: int) -> SignalInputs:
    return SignalInputs(recovery=build_recovery_scores(*[FINE] * 40, *days))


def test_since_is_the_first_day_without_interruption():
    assert find_active_signal("RECOVERY_LOW", build_recovery_inputs(LOW, LOW)).since == TODAY
    assert find_active_signal(
        "RECOVERY_LOW", build_recovery_inputs(LOW, LOW, LOW, LOW)
    ).since == get_date_ago(2)


def test_signal_ends_after_two_days_without_finding_and_not_after_one():
    signal = find_active_signal("RECOVERY_LOW", build_recovery_inputs(LOW, LOW, LOW, FINE, FINE))
    assert (signal.since, signal.observed_on) == (get_date_ago(3), get_date_ago(1))
    assert signal.severity == "critical"
    assert signal.message.startswith("(as of yesterday) ")
    assert find_active_signal("RECOVERY_LOW", build_recovery_inputs(LOW, LOW, LOW, FINE, FINE, FINE)) is None


def test_one_day_without_finding_does_not_restart_since():
    spikes = (Run(get_date_ago(12), 30000), Run(get_date_ago(4), 45000))
    runs = tuple(sorted((*build_regular_runs(km=10, first=44), *spikes), key=lambda run: run.day))
    # The first spike is found from 12 to 6 days ago, the second since 4 days ago. Only 5 days ago has none.
    assert find_active_signal("SESSION_SPIKE", SignalInputs(runs=runs)).since == get_date_ago(12)


def test_two_days_without_finding_restart_since():
    spikes = (Run(get_date_ago(13), 30000), Run(get_date_ago(4), 45000))
    runs = tuple(sorted((*build_regular_runs(km=10, first=44), *spikes), key=lambda run: run.day))
    assert find_active_signal("SESSION_SPIKE", SignalInputs(runs=runs)).since == get_date_ago(4)


def test_since_reaches_back_at_most_28_days():
    assert find_active_signal(
        "THRESHOLD_OUTDATED", SignalInputs(thresholds=(ThresholdSpeed(get_date_ago(400), 4.0),))
    ).since == get_date_ago(27)
    assert find_active_signal(
        "THRESHOLD_OUTDATED", SignalInputs(thresholds=(ThresholdSpeed(get_date_ago(123), 4.0),))
    ).since == get_date_ago(2)


def test_severity_is_the_severity_of_today():
    stale = SignalInputs(is_connected=True, last_sync_at=AS_OF - timedelta(days=8))
    assert find_active_signal("SYNC_STALE", stale).severity == "warning"
    assert find_active_signal("SYNC_STALE", stale).since == get_date_ago(4)
    assert find_active_signal("SYNC_STALE", stale, AS_OF - timedelta(days=2)).severity == "info"


def test_signal_ends_at_once_when_today_lacks_the_data():
    enough = build_hrv_inputs(*[45] * 7, None, None, None)
    assert find_active_signal("HRV_BELOW_BASELINE", enough) is not None
    too_few = build_hrv_inputs(*[45] * 7, None, None, None, None)
    assert find_active_signal("HRV_BELOW_BASELINE", too_few) is None
    assert ("HRV_BELOW_BASELINE", "few_hrv_readings") in list_skips(too_few)


def list_skips(inputs: SignalInputs) -> set[tuple[str, str]]:
    return {(skip.code, skip.reason) for skip in evaluate_signals(inputs, AS_OF).skipped}


def test_absence_skips_adherence_load_and_race_rules_only():
    scene = build_full_inputs()
    codes = {found.code for found in evaluate_signals(scene, AS_OF).active_signals}
    ill = evaluate_signals(replace(scene, absences=(AbsencePeriod(TODAY, get_date_ago(-3)),)), AS_OF)
    assert {found.domain for found in ill.active_signals}.isdisjoint({"adherence", "load", "race"})
    assert {skip.code for skip in ill.skipped if skip.reason == "absent"} == {
        signal.code for signal in SIGNAL_RULES if signal.domain in ("adherence", "load", "race")
    }
    assert {"HRV_BELOW_BASELINE", "SYNC_STALE"} <= {found.code for found in ill.active_signals} <= codes


def test_since_does_not_reach_back_over_an_absence():
    jump = build_load_inputs(*[300 / 7] * 40, *[500 / 7] * 9)
    assert find_active_signal("LOAD_JUMP", jump).since < get_date_ago(2)
    holiday = replace(jump, absences=(AbsencePeriod(get_date_ago(20), get_date_ago(3)),))
    assert find_active_signal("LOAD_JUMP", holiday).since == get_date_ago(2)


@pytest.mark.parametrize("category", ["activities", "health", "goals_and_plans"])
def test_withheld_category_removes_exactly_the_signals_that_use_it(category):
    inputs = build_full_inputs()
    before = {found.code for found in evaluate_signals(inputs, AS_OF).active_signals}
    using = {signal.code for signal in SIGNAL_RULES if category in signal.uses}
    assert before & using
    shown = inputs.restrict_to(Visibility.without({category}))
    after = {found.code for found in evaluate_signals(shown, AS_OF).active_signals}
    assert after.isdisjoint(using)
    assert after == before - using


def test_recovery_score_omits_form_when_activities_are_withheld():
    tired = recovery_series([0.0] * 3, [np.nan] * 3, [np.nan] * 3, [-70.0] * 3)
    shown = SignalInputs(recovery=tired).restrict_to(Visibility(activities=False))
    assert shown.recovery.score.tolist() == [70] * 3


def test_inputs_of_a_viewer_who_sees_everything_are_equal():
    assert SignalInputs(is_connected=True).restrict_to(EVERYTHING) == SignalInputs(is_connected=True)


def test_empty_inputs_give_profile_incomplete_only():
    evaluation = evaluate_signals(SignalInputs(), AS_OF)
    assert [found.code for found in evaluation.active_signals] == ["PROFILE_INCOMPLETE"]


@given(st.integers(0, 400), st.sampled_from(["load", "wellness", "vo2max"]))
def test_days_without_readings_give_profile_incomplete_only(days, kind):
    nothing, zeros = np.full(days, np.nan), np.zeros(days)
    scenes = {
        "load": SignalInputs(
            load=load_series(zeros, history_d=0), weeks=week_series(zeros, zeros), rough_load=zeros
        ),
        "wellness": SignalInputs(hrv=hrv_series(nothing), resting_hr=resting_hr_series(nothing)),
        "vo2max": SignalInputs(vo2max=nothing, vo2max_readings=nothing, vdot=nothing),
    }
    codes = [found.code for found in evaluate_signals(scenes[kind], AS_OF).active_signals]
    assert codes == ["PROFILE_INCOMPLETE"]


def test_lists_out_of_order_are_refused():
    with pytest.raises(ValueError, match="in day order"):
        SignalInputs(runs=(Run(get_date_ago(1), 5000), Run(get_date_ago(2), 5000)))


def test_evaluating_twice_gives_equal_results():
    assert evaluate_signals(build_full_inputs(), AS_OF) == evaluate_signals(build_full_inputs(), AS_OF)


def test_signals_have_a_sentence_and_plain_evidence():
    for found in evaluate_signals(build_full_inputs(), AS_OF).active_signals:
        assert found.message.endswith(".")
        assert "injur" not in found.message.lower()
        assert "nan" not in found.message
        assert 0 < found.confidence <= 1
        assert {"value", "n"} <= set(found.evidence)
        assert {type(value) for value in found.evidence.values()} <= {int, float, str, type(None)}
        assert get_date_ago(27) <= found.since <= found.observed_on <= TODAY


def build_full_inputs() -> SignalInputs:
    """Return inputs with an active signal in every domain, achievements included."""
    days = [50.0] * 203 + [150.0] * 7
    assert form_next(days) < -10
    planned = [
        PlannedSession(
            f"s{day:02}", get_date_ago(day), duration_s=3600, load=20 if day > 0 else 150, is_easy=day > 8
        )
        for day in range(20, -8, -1)
    ]
    done = [
        DoneActivity(f"a{day:02}", get_date_ago(day), duration_s=3600, load=50, above_z1_share=0.5)
        for day in range(20, 8, -1)
    ]
    return SignalInputs(
        load=load_series(days),
        weeks=week_series(days),
        rough_load=np.zeros(210),
        hrv=hrv_series([50, 72] * 30 + [62] * 7 + [45] * 7),
        resting_hr=resting_hr_series([48, 52] * 32 + [60] * 10),
        recovery=build_recovery_scores(*[80] * 21, *[40] * 7),
        vo2max=np.linspace(52, 45, 60),
        vo2max_readings=np.linspace(52, 45, 60),
        vdot=np.linspace(48, 52, 90),
        runs=(
            *build_regular_runs(km=9, first=40, last=10, z1_s=1500, zoned_s=3000, is_suspect=True),
            Run(get_date_ago(6), 20000, best_30min_ngs_mps=4.5),
        ),
        sessions=build_outcomes(planned, done),
        races=(RaceGoal(get_date_ago(-7), 42195.0), RaceGoal(get_date_ago(-30), 42195.0)),
        thresholds=(ThresholdSpeed(get_date_ago(200), 4.0),),
        personal_bests=(PersonalBest(get_date_ago(3), "10 km", 2390.0),),
        is_connected=True,
        last_sync_at=AS_OF - timedelta(days=4),
    )


def test_full_inputs_have_a_signal_in_every_domain():
    found = {found.domain for found in evaluate_signals(build_full_inputs(), AS_OF).active_signals}
    assert found == {"recovery", "load", "adherence", "intensity", "performance", "race", "data", "positive"}
