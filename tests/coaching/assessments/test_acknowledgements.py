"""An acknowledged signal weighs less for some days in one organization, unless it becomes more severe."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import Threshold
from athletes.organizations.consent import change_consent
from athletes.roles import Role
from coaching.assessments.acknowledgements import VisibleSignals, apply_acknowledgements
from coaching.assessments.current import current_assessments
from coaching.assessments.values import AssessmentData
from coaching.models import Acknowledgement
from tests.coaching.plan_fixtures import (
    TODAY,
    build_signal,
    bump_data_version,
    get_data_version,
    get_day,
    load_signal_severities,
)
from tests.coaching.roster.roster_fixtures import PRAISE, set_signals
from tests.coaching.training_fixtures import get_profile, stop_running
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_run
from tests.support.error_shape import assert_error

CODE = "PROFILE_INCOMPLETE"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def path(user, code: str = CODE) -> str:
    return f"/api/v1/athletes/{user.public_id}/signals/{code}/acknowledge"


def acknowledge(viewer, athlete, days: Any = 3, code: str = CODE):
    return ApiClient(viewer).send_json("post", path(athlete, code), {"days": days})


def see_signals(user, now=NOON) -> VisibleSignals:
    """Return the signals as the coaches of Harbour see them."""
    assessment = current_assessments([user.pk], now)[user.pk]
    return apply_acknowledgements(
        assessment, Acknowledgement.objects.filter(athlete=user.pk, organization__name="Harbour Runners")
    )


def test_acknowledged_signal_weighs_less_until_its_last_day_is_over(cast: Cast):
    before = see_signals(cast.ada)
    assert (before.priority, before.signals[0].acknowledged_until) == (8.0, None)
    answer = acknowledge(cast.carl, cast.ada)
    assert (answer.status_code, answer.json()["data"]) == (
        201,
        {
            "code": CODE,
            "severity": "info",
            "acknowledged_until": str(get_day(3)),
            "acknowledged_by": {"user_id": cast.carl.public_id, "display_name": "Carl"},
            "reason": None,
        },
    )
    assert (see_signals(cast.ada).priority, see_signals(cast.ada).signals[0].acknowledged_until) == (
        2.4,
        get_day(3),
    )
    assert see_signals(cast.ada, NOON + timedelta(days=3)).priority == 2.4
    assert see_signals(cast.ada, NOON + timedelta(days=4)).priority == 8.0
    assert get_data_version(cast.ada) == 1


def test_acknowledgement_can_be_deleted(cast: Cast):
    acknowledge(cast.carl, cast.ada)
    assert ApiClient(cast.asha).delete(path(cast.ada)).status_code == 204
    assert (see_signals(cast.ada).priority, get_data_version(cast.ada)) == (8.0, 2)


def test_acknowledging_again_counts_from_today(cast: Cast):
    acknowledge(cast.carl, cast.ada, 7)
    acknowledge(cast.hanna, cast.ada, 1)
    acknowledgement = Acknowledgement.objects.get()
    assert (acknowledgement.coach, acknowledgement.until) == (cast.hanna, get_day(1))


def test_acknowledgement_does_not_affect_another_organization(cast: Cast):
    create_member(cast.ada, cast.hill)
    acknowledge(cast.zora, cast.ada)
    assert see_signals(cast.ada).priority == 8.0
    assert Acknowledgement.objects.get().organization == cast.hill


def test_acknowledgement_covers_all_organizations_of_the_coach_and_staff_cover_all(cast: Cast):
    create_member(cast.ada, cast.hill)
    create_member(cast.carl, cast.hill, Role.COACH)
    acknowledge(cast.carl, cast.ada)
    assert Acknowledgement.objects.count() == 2
    acknowledge(cast.stella, cast.ada)
    assert set(Acknowledgement.objects.values_list("coach", flat=True)) == {cast.stella.pk}


def test_acknowledgement_is_deleted_when_the_signal_becomes_more_severe(cast: Cast):
    stop_running(cast.ada, 12)
    assert load_signal_severities(cast.ada)["INACTIVITY"] == "warning"
    acknowledge(cast.carl, cast.ada, 7, "INACTIVITY")
    assert not see_signals(cast.ada).watch
    later = NOON + timedelta(days=2)
    assert load_signal_severities(cast.ada, later)["INACTIVITY"] == "critical"
    assert see_signals(cast.ada, later).urgent
    assert not Acknowledgement.objects.exists()


def test_acknowledgement_lasts_for_viewers_who_see_a_lower_severity(cast: Cast):
    """Without the activities the threshold is only old; with them it is also too slow."""
    Threshold.objects.create(
        athlete=cast.ada.athlete, kind="threshold_pace", value=300.0, valid_from=get_day(-200)
    )
    for back in (1, 2):
        create_run(cast.ada, NOON - timedelta(days=back), best_30min_ngs_mps=4.5)
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    assert load_signal_severities(cast.ada)["THRESHOLD_OUTDATED"] == "warning"
    answer = acknowledge(cast.carl, cast.ada, code="THRESHOLD_OUTDATED").json()["data"]
    assert (answer["severity"], answer["acknowledged_until"]) == ("info", str(get_day(3)))
    for _ in range(2):
        bump_data_version(cast.ada)
        signals = get_profile(ApiClient(cast.carl), cast.ada)["attention_signals"]
        until = {signal["code"]: signal["acknowledged_until"] for signal in signals}
        assert until["THRESHOLD_OUTDATED"] == str(get_day(3))


def test_urgent_ignores_acknowledged_signals(cast: Cast):
    stop_running(cast.ada, 15)
    assert (see_signals(cast.ada).urgent, see_signals(cast.ada).watch) == (True, False)
    acknowledge(cast.carl, cast.ada, 7, "INACTIVITY")
    assert (see_signals(cast.ada).urgent, see_signals(cast.ada).watch) == (False, False)
    assert [signal.code for signal in see_signals(cast.ada).signals] == [CODE, "INACTIVITY"]


@pytest.mark.parametrize(
    ("viewer", "status"),
    [(name, 201) for name in ("carl", "hanna", "asha", "stella")]
    + [(name, 403) for name in ("ada", "ben", "zora", "otto", "lea")],
)
def test_only_coaches_of_the_athlete_can_acknowledge(cast: Cast, viewer: str, status: int):
    user = getattr(cast, viewer)
    assert acknowledge(user, cast.ada).status_code == status
    assert ApiClient(user).delete(path(cast.ada)).status_code == (204 if status == 201 else 403)


def test_acknowledge_answers_no_coach_without_an_organization(cast: Cast):
    assert_error(acknowledge(cast.stella, cast.otto), 400, "NO_COACH")


@pytest.mark.parametrize(
    ("days", "code", "error", "field"),
    [
        (0, CODE, "MIN_VALUE", "days"),
        (8, CODE, "MAX_VALUE", "days"),
        ("3", "NO_SUCH", "INVALID_CHOICE", "code"),
        (1.5, CODE, "INVALID", "days"),
        (3, "RAMP_HIGH", "NOT_SIGNALLED", "code"),
    ],
)
def test_acknowledge_names_invalid_fields(cast: Cast, days: Any, code: str, error: str, field: str):
    assert_error(acknowledge(cast.carl, cast.ada, days, code), 400, error, field)
    assert not Acknowledgement.objects.exists()


def test_praise_cannot_be_acknowledged(cast: Cast):
    set_signals(cast.ada, PRAISE)
    answer = acknowledge(cast.carl, cast.ada, code="NEW_PB")
    assert_error(answer, 400, "NOT_SIGNALLED", "code")
    assert answer.json()["error"] == "This signal is praise. It cannot be acknowledged."
    assert not Acknowledgement.objects.exists()


def test_visible_signals_are_sorted_by_severity():
    signals = [
        build_signal(code=code, domain=code, severity=severity)
        for code, severity in (("A", "info"), ("B", "critical"), ("C", "positive"), ("D", "warning"))
    ]
    assessment = AssessmentData(TODAY, signals, 50.0, date(2026, 6, 20), [], [], {})
    assert [signal.code for signal in apply_acknowledgements(assessment).signals] == ["B", "D", "A", "C"]
    assert apply_acknowledgements(assessment).priority == 50.0
