"""A coach acknowledges all open signals of an athlete at once, with a reason."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection

from athletes.accounts.updates import change_display_name
from athletes.personal_data.account_deletion import delete_account
from athletes.roles import Role
from coaching.assessments.acknowledgements import acknowledge_open_signals
from coaching.assessments.open_signals import get_viewed_assessment
from coaching.models import Acknowledgement, SignalAction
from tests.coaching.plan_fixtures import get_data_version, get_day
from tests.coaching.roster.roster_fixtures import INFO, PRAISE, URGENT, WARNING, set_signals
from tests.coaching.training_fixtures import get_profile, get_roster, stop_running
from tests.support.cast import NOON, ApiClient, Cast, create_member
from tests.support.error_shape import assert_error


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def path(user, code: str = "") -> str:
    return f"/api/v1/athletes/{user.public_id}/signals/{f'{code}/' if code else ''}acknowledge"


def acknowledge_all(viewer, athlete, **body: Any):
    return ApiClient(viewer).send_json("post", path(athlete), {"days": 3} | body)


def list_acknowledged(viewer, athlete) -> dict[str, tuple[Any, ...]]:
    """Until, by whom and why, by code, as the viewer sees them."""
    return {
        signal["code"]: (
            signal["acknowledged_until"],
            signal["acknowledged_by"] and signal["acknowledged_by"]["display_name"],
            signal["reason"],
        )
        for signal in get_profile(ApiClient(viewer), athlete)["attention_signals"]
    }


def test_all_open_signals_are_acknowledged_but_praise_is_not(cast: Cast):
    set_signals(cast.ada, URGENT, WARNING, PRAISE)
    answer = acknowledge_all(cast.carl, cast.ada, reason="A cold; she rests.")
    assert answer.status_code == 201
    carl = {"user_id": cast.carl.public_id, "display_name": "Carl"}
    common = {
        "acknowledged_until": str(get_day(3)),
        "acknowledged_by": carl,
        "reason": "A cold; she rests.",
    }
    assert answer.json()["data"]["signals"] == [
        {"code": "POSSIBLE_ILLNESS", "severity": "critical", **common},
        {"code": "LOAD_JUMP", "severity": "warning", **common},
    ]
    set_signals(cast.ada, URGENT, WARNING, PRAISE)
    seen = (str(get_day(3)), "Carl", "A cold; she rests.")
    assert list_acknowledged(cast.asha, cast.ada) == {
        "POSSIBLE_ILLNESS": seen, "LOAD_JUMP": seen, "NEW_PB": (None, None, None),
    }  # fmt: skip
    (row,) = get_roster(ApiClient(cast.hanna), "search=ada")["athletes"]
    assert {signal["reason"] for signal in row["attention_signals"]} == {"A cold; she rests.", None}


def test_second_coach_does_not_replace_what_the_first_acknowledged(cast: Cast):
    set_signals(cast.ada, URGENT)
    acknowledge_all(cast.carl, cast.ada, days=7, reason="first")
    set_signals(cast.ada, URGENT)
    assert_error(acknowledge_all(cast.hanna, cast.ada, days=1), 400, "NOT_SIGNALLED")
    set_signals(cast.ada, URGENT, WARNING)
    assert acknowledge_all(cast.hanna, cast.ada, days=1).status_code == 201
    set_signals(cast.ada, URGENT, WARNING)
    assert list_acknowledged(cast.asha, cast.ada) == {
        "POSSIBLE_ILLNESS": (str(get_day(7)), "Carl", "first"),
        "LOAD_JUMP": (str(get_day(1)), "Hanna", None),
    }


@pytest.mark.django_db(transaction=True)
def test_one_of_two_coaches_at_once_acknowledges(cast: Cast):
    stop_running(cast.ada, 12)
    clients = [ApiClient(coach) for coach in (cast.carl, cast.hanna)]

    def acknowledge(client: ApiClient) -> Any:
        try:
            return client.send_json("post", path(cast.ada), {"days": 3}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(acknowledge, clients)) == [201, 400]
    for model in (Acknowledgement, SignalAction):
        assert model.objects.values("coach").distinct().count() == 1
        assert set(model.objects.values_list("code", flat=True)) == {"INACTIVITY", "PROFILE_INCOMPLETE"}


def test_signal_that_got_worse_since_it_was_shown_stays_open(cast: Cast):
    set_signals(cast.ada, URGENT, WARNING, INFO)
    acknowledged = acknowledge_open_signals(
        cast.ada.athlete,
        [cast.harbour.pk],
        cast.carl,
        get_viewed_assessment(cast.carl, cast.ada.athlete, NOON),
        NOON,
        3,
        shown={"POSSIBLE_ILLNESS": "warning", "LOAD_JUMP": "warning"},
    )
    assert [signal.code for signal in acknowledged] == ["LOAD_JUMP"]


def test_acknowledgements_are_taken_back_together_and_keep_their_history(cast: Cast):
    create_member(cast.ada, cast.hill)
    set_signals(cast.ada, URGENT, WARNING)
    acknowledge_all(cast.zora, cast.ada)
    set_signals(cast.ada, URGENT, WARNING)
    acknowledge_all(cast.carl, cast.ada)
    assert ApiClient(cast.asha).delete(path(cast.ada)).status_code == 204
    assert set(Acknowledgement.objects.values_list("organization", flat=True)) == {cast.hill.pk}
    undone = {action.coach: action.undone_at for action in SignalAction.objects.select_related("coach")}
    assert undone == {cast.zora: None, cast.carl: NOON}


def test_one_acknowledgement_is_taken_back_and_the_others_stay(cast: Cast):
    set_signals(cast.ada, URGENT, WARNING)
    acknowledge_all(cast.carl, cast.ada)
    ApiClient(cast.carl).delete(path(cast.ada, "LOAD_JUMP"))
    assert [row.code for row in Acknowledgement.objects.all()] == ["POSSIBLE_ILLNESS"]
    assert SignalAction.objects.get(undone_at__isnull=True).code == "POSSIBLE_ILLNESS"


def test_coach_of_several_clubs_acknowledges_for_each(cast: Cast):
    create_member(cast.ada, cast.hill)
    create_member(cast.carl, cast.hill, Role.COACH)
    set_signals(cast.ada, URGENT)
    assert len(acknowledge_all(cast.carl, cast.ada).json()["data"]["signals"]) == 1
    assert Acknowledgement.objects.count() == SignalAction.objects.count() == 2


def test_athlete_never_reads_who_acknowledged_and_why(cast: Cast):
    """Words of coaches are for coaches. Staff see all acknowledgements, but their own without the words."""
    for athlete, club in ((cast.hanna, cast.hill), (cast.stella, cast.hill)):
        create_member(athlete, club)
        set_signals(athlete, URGENT)
        acknowledge_all(cast.zora, athlete, reason="Tired of leading")
        set_signals(athlete, URGENT)
    assert list_acknowledged(cast.zora, cast.hanna)["POSSIBLE_ILLNESS"][2] == "Tired of leading"
    assert list_acknowledged(cast.hanna, cast.hanna)["POSSIBLE_ILLNESS"] == (None, None, None)
    assert list_acknowledged(cast.stella, cast.stella)["POSSIBLE_ILLNESS"] == (str(get_day(3)), None, None)


def test_answers_follow_when_the_coach_changes_name_or_leaves(cast: Cast):
    set_signals(cast.ada, URGENT)
    acknowledge_all(cast.carl, cast.ada)
    version = get_data_version(cast.ada)
    change_display_name(cast.carl, "Carlo")
    assert get_data_version(cast.ada) == version + 1
    set_signals(cast.ada, URGENT)
    assert list_acknowledged(cast.asha, cast.ada)["POSSIBLE_ILLNESS"][1] == "Carlo"
    delete_account(cast.carl, NOON)
    set_signals(cast.ada, URGENT)
    assert list_acknowledged(cast.asha, cast.ada)["POSSIBLE_ILLNESS"] == (str(get_day(3)), None, None)


@pytest.mark.parametrize(
    ("body", "error", "field"),
    [
        ({"days": 0}, "MIN_VALUE", "days"),
        ({"days": 8}, "MAX_VALUE", "days"),
        ({"reason": "x" * 201}, "MAX_LENGTH", "reason"),
        ({"reason": "two\nlines"}, "ONE_LINE", "reason"),
        ({"signals": ["LOAD_JUMP"]}, "UNKNOWN_FIELD", "signals"),
    ],
)
def test_acknowledge_all_names_invalid_fields(cast: Cast, body: dict[str, Any], error: str, field: str):
    set_signals(cast.ada, URGENT)
    assert_error(acknowledge_all(cast.carl, cast.ada, **body), 400, error, field)
    assert not Acknowledgement.objects.exists()


def test_acknowledge_all_without_open_signals_is_refused(cast: Cast):
    set_signals(cast.ada, PRAISE)
    version = get_data_version(cast.ada)
    assert_error(acknowledge_all(cast.carl, cast.ada), 400, "NOT_SIGNALLED")
    assert get_data_version(cast.ada) == version


@pytest.mark.parametrize(
    ("viewer", "status"),
    [(name, 201) for name in ("carl", "hanna", "asha", "stella")]
    + [(name, 403) for name in ("ada", "ben", "zora", "otto", "lea")],
)
def test_only_coaches_of_the_athlete_can_acknowledge_all(cast: Cast, viewer: str, status: int):
    set_signals(cast.ada, URGENT)
    user = getattr(cast, viewer)
    assert acknowledge_all(user, cast.ada).status_code == status
    assert ApiClient(user).delete(path(cast.ada)).status_code == (204 if status == 201 else 403)
