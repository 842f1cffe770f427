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


def effort(user, back: int, *times: tuple[float, float], **fields) -> Activity:
    efforts = [{"distance_m": metres, "duration_s": seconds} for metres, seconds in times]
    activity = create_run(user, NOON - timedelta(days=back), best_efforts=efforts, **fields)
    bump_data_version(user)
    return activity


def news(user) -> list[PersonalBest]:
    return load_personal_bests([user.athlete], NOON).get(user.pk, [])


def test_first_effort_over_a_distance_is_no_personal_best(cast: Cast):
    effort(cast.ada, 3, (5_000.0, 1_200.0))
    assert news(cast.ada) == []


def test_slower_effort_than_any_earlier_one_is_no_personal_best(cast: Cast):
    effort(cast.ada, 900, (5_000.0, 1_150.0), (1_000.0, 230.0))
    effort(cast.ada, 10, (5_000.0, 1_160.0), (1_000.0, 220.0))
    effort(cast.ada, 5, (5_000.0, 1_140.0), (1_000.0, 220.0))
    assert news(cast.ada) == [
        PersonalBest(get_day(-10), "1 km", 220.0),
        PersonalBest(get_day(-5), "5 km", 1_140.0),
    ]


def test_personal_bests_include_only_recent_runs(cast: Cast):
    effort(cast.ada, 100, (5_000.0, 1_200.0))
    effort(cast.ada, 50, (5_000.0, 1_190.0))
    effort(cast.ada, 5, (5_000.0, 600.0), activity_type="bike")
    assert news(cast.ada) == []


def test_personal_best_has_the_athletes_local_day(cast: Cast):
    effort(cast.ben, 100, (5_000.0, 1_200.0))
    create_run(
        cast.ben, NOON + timedelta(hours=3), best_efforts=[{"distance_m": 5_000.0, "duration_s": 1_100.0}]
    )
    assert [best.day for best in news(cast.ben)] == [get_day(1)]  # after midnight in Tokyo


def test_new_pb_signal_lasts_a_week_without_new_data(cast: Cast):
    effort(cast.ada, 100, (5_000.0, 1_200.0))
    effort(cast.ada, 5, (5_000.0, 1_100.0))
    assert load_signal_severities(cast.ada)["NEW_PB"] == "positive"
    assert load_signal_severities(cast.ada, NOON + timedelta(days=1))["NEW_PB"] == "positive"
    assert "NEW_PB" not in load_signal_severities(cast.ada, NOON + timedelta(days=4))


def test_deleted_activity_removes_the_personal_best(cast: Cast):
    effort(cast.ada, 100, (5_000.0, 1_200.0))
    best = effort(cast.ada, 5, (5_000.0, 1_100.0))
    assert "NEW_PB" in load_signal_severities(cast.ada)
    best.delete()
    bump_data_version(cast.ada)
    with time_machine.travel(NOON, tick=False):
        assert "NEW_PB" not in load_signal_severities(cast.ada)
    current_assessments([cast.ada.pk], NOON)
    assert Assessment.objects.get(pk=cast.ada.pk).personal_bests == []


def test_what_is_kept_comes_back(cast: Cast):
    best = PersonalBest(get_day(-5), "5 km", 1_140.25)
    assert decode_personal_bests(encode_personal_bests([best])) == [best]


def test_personal_bests_of_many_athletes_load_in_one_statement(cast: Cast, django_assert_num_queries):
    for user in (cast.ada, cast.ben):
        effort(user, 100, (5_000.0, 1_200.0))
        effort(user, 5, (5_000.0, 1_100.0))
    athletes = list(Athlete.objects.order_by("pk"))
    with django_assert_num_queries(1):
        assert load_personal_bests(athletes, NOON).keys() == {cast.ada.pk, cast.ben.pk}
    with django_assert_num_queries(0):
        assert load_personal_bests([], NOON) == {}
