"""Personal bests of the last weeks: efforts faster than all earlier ones over the distance."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from athletes.models import Athlete
from coaching.assessments.current import current_assessments
from coaching.assessments.stored_facts import decode_personal_bests, encode_personal_bests
from coaching.attention import PersonalBest
from coaching.models import Assessment
from coaching.training_log.personal_bests import load_personal_bests
from metrics.models import Activity
from tests.coaching.plan_fixtures import bump_data_version, get_day, load_signal_severities
from tests.support.cast import NOON, Cast, create_run


def create_effort_run(user, back: int, *times: tuple[float, float], **fields) -> Activity:
    """Create a run `back` days ago whose best efforts are `times`: pairs of metres and seconds."""
    efforts = [{"distance_m": metres, "duration_s": seconds} for metres, seconds in times]
    activity = create_run(user, NOON - timedelta(days=back), best_efforts=efforts, **fields)
    bump_data_version(user)
    return activity


def load_bests(user) -> list[PersonalBest]:
    return load_personal_bests([user.athlete], NOON).get(user.pk, [])


def test_first_effort_over_a_distance_is_no_personal_best(cast: Cast):
    create_effort_run(cast.ada, 3, (5_000.0, 1_200.0))
    assert load_bests(cast.ada) == []


def test_slower_effort_than_any_earlier_one_is_no_personal_best(cast: Cast):
    create_effort_run(cast.ada, 900, (5_000.0, 1_150.0), (1_000.0, 230.0))
    create_effort_run(cast.ada, 10, (5_000.0, 1_160.0), (1_000.0, 220.0))
    create_effort_run(cast.ada, 5, (5_000.0, 1_140.0), (1_000.0, 220.0))
    assert load_bests(cast.ada) == [
        PersonalBest(get_day(-10), "1 km", 220.0),
        PersonalBest(get_day(-5), "5 km", 1_140.0),
    ]


def test_an_effort_without_a_duration_is_no_earlier_effort(cast: Cast):
    efforts = [{"distance_m": 5_000.0, "duration_s": None}, {"distance_m": 1_000.0}]
    create_run(cast.ada, NOON - timedelta(days=20), best_efforts=efforts)
    create_effort_run(cast.ada, 10, (5_000.0, 1_160.0), (1_000.0, 220.0))
    create_effort_run(cast.ada, 5, (5_000.0, 1_140.0))
    assert load_bests(cast.ada) == [PersonalBest(get_day(-5), "5 km", 1_140.0)]


def add_late(activity: Activity, days: float) -> None:
    Activity.objects.filter(pk=activity.pk).update(created_at=activity.started_at + timedelta(days=days))


def test_a_run_that_was_uploaded_late_is_compared_with_the_runs_before_it(cast: Cast):
    create_effort_run(cast.ada, 900, (5_000.0, 1_150.0))
    add_late(create_effort_run(cast.ada, 800, (5_000.0, 1_100.0)), 800)
    create_effort_run(cast.ada, 5, (5_000.0, 1_120.0))
    assert load_bests(cast.ada) == []


def test_a_personal_best_of_a_late_upload_is_news_while_it_stands(cast: Cast):
    create_effort_run(cast.ada, 900, (5_000.0, 1_150.0))
    late = create_effort_run(cast.ada, 20, (5_000.0, 1_100.0))
    add_late(late, 15)
    standing = PersonalBest(get_day(-20), "5 km", 1_100.0)
    assert load_bests(cast.ada) == [standing]
    add_late(create_effort_run(cast.ada, 10, (5_000.0, 1_090.0)), 0.1)
    faster = PersonalBest(get_day(-10), "5 km", 1_090.0)
    assert load_bests(cast.ada) == [faster]
    add_late(late, 3)
    assert load_bests(cast.ada) == [standing, faster]
    add_late(late, 3.01)
    assert load_bests(cast.ada) == [faster]


def test_walks_and_rides_are_no_earlier_efforts_of_a_run(cast: Cast):
    for sport, seconds in (("bike", 500.0), ("walk", 3_000.0)):
        create_effort_run(cast.ada, 50, (5_000.0, seconds), activity_type=sport)
    create_effort_run(cast.ada, 5, (5_000.0, 1_200.0))
    assert load_bests(cast.ada) == []


def test_personal_bests_include_only_recent_runs(cast: Cast):
    create_effort_run(cast.ada, 100, (5_000.0, 1_200.0))
    create_effort_run(cast.ada, 50, (5_000.0, 1_190.0))
    create_effort_run(cast.ada, 5, (5_000.0, 600.0), activity_type="bike")
    assert load_bests(cast.ada) == []


def test_personal_best_has_the_athletes_local_day(cast: Cast):
    create_effort_run(cast.ben, 100, (5_000.0, 1_200.0))
    create_run(
        cast.ben, NOON + timedelta(hours=3), best_efforts=[{"distance_m": 5_000.0, "duration_s": 1_100.0}]
    )
    assert [best.day for best in load_bests(cast.ben)] == [get_day(1)]  # after midnight in Tokyo


def test_new_pb_signal_lasts_a_week_without_new_data(cast: Cast):
    create_effort_run(cast.ada, 100, (5_000.0, 1_200.0))
    create_effort_run(cast.ada, 5, (5_000.0, 1_100.0))
    assert load_signal_severities(cast.ada)["NEW_PB"] == "positive"
    assert load_signal_severities(cast.ada, NOON + timedelta(days=1))["NEW_PB"] == "positive"
    assert "NEW_PB" not in load_signal_severities(cast.ada, NOON + timedelta(days=4))


def test_deleted_activity_removes_the_personal_best(cast: Cast):
    create_effort_run(cast.ada, 100, (5_000.0, 1_200.0))
    best = create_effort_run(cast.ada, 5, (5_000.0, 1_100.0))
    assert "NEW_PB" in load_signal_severities(cast.ada)
    best.delete()
    bump_data_version(cast.ada)
    with time_machine.travel(NOON, tick=False):
        assert "NEW_PB" not in load_signal_severities(cast.ada)
    current_assessments([cast.ada.pk], NOON)
    assert Assessment.objects.get(pk=cast.ada.pk).personal_bests == []


def test_encoded_personal_bests_decode_to_the_same_values(cast: Cast):
    best = PersonalBest(get_day(-5), "5 km", 1_140.25)
    assert decode_personal_bests(encode_personal_bests([best])) == [best]


def test_personal_bests_of_many_athletes_load_in_one_statement(cast: Cast, django_assert_num_queries):
    for user in (cast.ada, cast.ben):
        create_effort_run(user, 100, (5_000.0, 1_200.0))
        create_effort_run(user, 5, (5_000.0, 1_100.0))
    athletes = list(Athlete.objects.order_by("pk"))
    with django_assert_num_queries(1):
        assert load_personal_bests(athletes, NOON).keys() == {cast.ada.pk, cast.ben.pk}
    with django_assert_num_queries(0):
        assert load_personal_bests([], NOON) == {}
