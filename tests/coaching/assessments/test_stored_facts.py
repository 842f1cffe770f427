"""The JSON of a stored assessment is read as it was stored, and JSON of an older formula is never read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from astral.exports.row_export import encode_json_rows
from athletes.organizations.consent import change_consent
from coaching.assessments.acknowledgements import acknowledge_signals
from coaching.assessments.current import current_assessments
from coaching.assessments.staleness import refresh_stale
from coaching.assessments.stored_facts import (
    FORMULA_VERSION,
    decode_personal_bests,
    decode_plans,
    decode_races,
    decode_signals,
    encode_personal_bests,
    encode_plans,
    encode_races,
    encode_signals,
)
from coaching.assessments.values import PlanAhead, RaceAhead, SignalView
from coaching.attention import PersonalBest
from coaching.models import Assessment
from coaching.personal_data import OWN_DATA
from coaching.profile import summary
from coaching.roster import ranking
from coaching.roster.pages import csv_export
from coaching.science.compliance import WeekProgress
from coaching.science.forecast_efforts import GoalForecast, RaceEffort
from tests.coaching.plan_fixtures import (
    build_signal,
    create_race,
    create_test_plan,
    follow_plan,
    get_day,
    list_daily_sessions,
)
from tests.coaching.roster.roster_fixtures import download_table
from tests.coaching.training_fixtures import get_profile, get_roster
from tests.support.cast import NOON, ApiClient, Cast

NUMBERS = st.floats(-1e6, 1e6)
EVIDENCE = st.dictionaries(st.text(), NUMBERS | st.integers(-(2**53), 2**53) | st.text() | st.none())
SIGNALS = st.builds(
    SignalView,
    st.text(),
    st.sampled_from(["recovery", "load"]),
    st.sampled_from(["info", "critical"]),
    st.dates(),
    st.text(),
    EVIDENCE,
    NUMBERS,
    acknowledged_until=st.none(),
    acknowledged_on=st.none(),
    acknowledged_by=st.none(),
    reason=st.just(""),
)
EFFORTS = st.builds(RaceEffort, NUMBERS, NUMBERS, st.dates(), st.none() | st.uuids(), st.booleans())
FORECASTS = st.builds(
    GoalForecast,
    st.none() | NUMBERS,
    st.none() | NUMBERS,
    st.none() | NUMBERS,
    st.text(),
    st.text(),
    st.lists(EFFORTS, max_size=3).map(tuple),
)
RACES = st.builds(
    RaceAhead,
    st.uuids(),
    st.text(),
    st.dates(),
    NUMBERS,
    st.none() | NUMBERS,
    FORECASTS,
    st.sampled_from("ABC"),
)
WEEKS = st.builds(WeekProgress, st.integers(0, 99), st.integers(0, 99), NUMBERS, NUMBERS, st.none() | NUMBERS)
PLANS = st.builds(
    PlanAhead,
    st.uuids(),
    st.text(),
    st.sampled_from(["scheduled", "active"]),
    st.dates(),
    st.integers(1, 104),
    st.integers(1, 104),
    st.none() | WEEKS,
)
BESTS = st.builds(PersonalBest, st.dates(), st.text(), NUMBERS)


def store(values: Any) -> Any:
    return json.loads(json.dumps(values))


@given(st.lists(SIGNALS), st.lists(RACES), st.lists(PLANS), st.lists(BESTS))
def test_decoding_gives_what_was_encoded(
    signals: list[SignalView], races: list[RaceAhead], plans: list[PlanAhead], bests: list[PersonalBest]
):
    assert decode_signals(store(encode_signals(signals))) == signals
    assert decode_races(store(encode_races(races))) == races
    assert decode_plans(store(encode_plans(plans))) == plans
    assert decode_personal_bests(store(encode_personal_bests(bests))) == bests


def test_acknowledgements_are_not_stored():
    signal = build_signal()
    assert encode_signals([signal._replace(acknowledged_until=date(2026, 6, 12))]) == encode_signals([signal])


OLD_JSON: dict[str, Any] = {
    "formula": FORMULA_VERSION - 1,
    "signals": [{"old": "form"}],
    "races": [{"race_date": "2026-06-30"}],
    "plans": [{"old": "form"}],
    "personal_bests": [["2026-06-01", "5 km", 1200.0]],
}


def store_old_assessment(cast: Cast) -> None:
    """Store Ada's assessment in an older form. She has a race, a plan and an acknowledgement."""
    create_race(cast.ada, 20, name="Valencia", goal_time_s=2_400.0)
    follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions(zone=1)))
    with time_machine.travel(NOON, tick=False):
        acknowledge_signals(cast.ada.athlete, [cast.harbour.pk], cast.carl, [build_signal()], NOON, 3)
        current_assessments([cast.ada.pk], NOON)
        Assessment.objects.filter(pk=cast.ada.pk).update(**OLD_JSON)


def read_profile(cast: Cast) -> Any:
    return get_profile(ApiClient(cast.carl), cast.ada)["current_goals"]["races"]


def read_roster(cast: Cast) -> Any:
    athletes = get_roster(ApiClient(cast.carl))["athletes"]
    (ada,) = (athlete for athlete in athletes if athlete["username"] == "ada")
    return [ada["next_race"]]


def read_filtered_roster(cast: Cast) -> Any:
    """Ben's acknowledgement is read with Ada's, whose assessment stays stale."""
    acknowledge_signals(cast.ben.athlete, [cast.harbour.pk], cast.carl, [build_signal()], NOON, 3)
    (ben,) = get_roster(ApiClient(cast.carl), "search=ben")["athletes"]
    assert ben["attention_signals"][0]["acknowledged_until"] == str(get_day(3))
    assert Assessment.objects.get(pk=cast.ada.pk).formula == FORMULA_VERSION - 1
    return read_profile(cast)


def read_plan_instance(cast: Cast) -> Any:
    (plan,) = ApiClient(cast.carl).get(f"/api/v1/plan_instances?user_id={cast.ada.public_id}").json()["data"]
    assert plan["week_progress"]["sessions_planned"] == 7
    return read_profile(cast)


def read_withheld(cast: Cast) -> Any:
    change_consent(cast.ada.athlete, cast.harbour, {"activities": False}, NOON)
    return read_profile(cast)


def read_archive(cast: Cast) -> Any:
    return read_standing(cast)["races"]


def read_standing(cast: Cast) -> dict[str, Any]:
    (table,) = (table for table in OWN_DATA.tables if table.file == "standing.json")
    (row,) = table.read_rows(cast.ada, NOON)
    assert row["athlete"] == cast.ada.public_id
    assert b"".join(encode_json_rows([row]))
    return dict(row)


@pytest.mark.parametrize(
    "read",
    [
        read_profile,
        read_roster,
        read_filtered_roster,
        read_plan_instance,
        read_withheld,
        read_archive,
    ],
)
def test_an_assessment_of_an_older_formula_is_recomputed_before_it_is_read(
    cast: Cast, read: Callable[[Cast], Any]
):
    store_old_assessment(cast)
    with time_machine.travel(NOON, tick=False):
        (race,) = read(cast)
    assert (race["race_name"], race["goal_time"], race["days_to_race"]) == ("Valencia", "0:40:00", 20)
    assert Assessment.objects.get(pk=cast.ada.pk).formula == FORMULA_VERSION


def read_csv(cast: Cast) -> Any:
    _, rows = download_table(cast.carl)
    (ada,) = (row for row in rows if row["Username"] == "ada")
    assert (ada["Plan"], ada["Next race (date)"]) == ("Ten kilometres", str(get_day(20)))
    return [{"race_name": ada["Next race"], "goal_time": "0:40:00", "days_to_race": 20}]


@pytest.mark.parametrize("read", [read_profile, read_roster, read_filtered_roster, read_withheld, read_csv])
def test_an_assessment_that_an_older_process_writes_again_is_not_decoded(
    cast: Cast, read: Callable[[Cast], Any], monkeypatch: pytest.MonkeyPatch
):
    def refresh_and_write_again(athlete_ids: Iterable[UUID], now: datetime) -> None:
        refresh_stale(athlete_ids, now)
        Assessment.objects.update(**OLD_JSON)

    for reader in (summary, ranking):
        monkeypatch.setattr(reader, "refresh_stale", refresh_and_write_again)
    store_old_assessment(cast)
    with time_machine.travel(NOON, tick=False):
        (race,) = read(cast)
    assert (race["race_name"], race["goal_time"], race["days_to_race"]) == ("Valencia", "0:40:00", 20)


def test_the_csv_is_right_if_an_older_process_writes_after_the_ranking(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    def rank_and_write_again(*arguments: Any) -> ranking.RankedRoster:
        ranked = ranking.rank_roster(*arguments)
        Assessment.objects.update(**OLD_JSON)
        return ranked

    monkeypatch.setattr(csv_export, "rank_roster", rank_and_write_again)
    store_old_assessment(cast)
    with time_machine.travel(NOON, tick=False):
        (race,) = read_csv(cast)
    assert race["race_name"] == "Valencia"


def test_the_roster_is_ranked_by_the_own_formula(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """The priority 99 and the critical signal are numbers of an older process."""

    def refresh_and_write_again(athlete_ids: Iterable[UUID], now: datetime) -> None:
        refresh_stale(athlete_ids, now)
        numbers = {"priority": 99.0, "critical": 1, "warning": 0}
        Assessment.objects.filter(pk=cast.ben.pk).update(**OLD_JSON, **numbers)

    monkeypatch.setattr(ranking, "refresh_stale", refresh_and_write_again)
    with time_machine.travel(NOON, tick=False):
        roster = get_roster(ApiClient(cast.carl))
    assert [athlete["username"] for athlete in roster["athletes"]] == ["ada", "ben"]
    assert roster["summary"]["urgent"] == 0


def test_an_assessment_of_a_newer_formula_is_kept_and_not_decoded(cast: Cast):
    store_old_assessment(cast)
    Assessment.objects.update(formula=FORMULA_VERSION + 1)
    with time_machine.travel(NOON, tick=False):
        for read in (read_profile, read_roster, read_csv):
            (race,) = read(cast)
            assert race["race_name"] == "Valencia"
    stored = Assessment.objects.get(pk=cast.ada.pk)
    assert (stored.formula, stored.signals) == (FORMULA_VERSION + 1, OLD_JSON["signals"])


def test_the_archive_has_races_and_plans_as_in_the_api(cast: Cast):
    race = create_race(cast.ada, 20, name="Valencia", goal_time_s=2_400.0)
    plan = follow_plan(cast.ada, create_test_plan(cast.harbour, *list_daily_sessions(zone=1)))
    current_assessments([cast.ada.pk], NOON)
    bests = [PersonalBest(get_day(-3), "5 km", 1_200.0)]
    Assessment.objects.filter(pk=cast.ada.pk).update(personal_bests=encode_personal_bests(bests))
    row = read_standing(cast)
    assert row["races"] == [
        {
            "race_id": race.public_id, "race_name": "Valencia", "race_date": get_day(20),
            "distance": 10_000.0,
            "goal_time": "0:40:00", "predicted_time": None, "predicted_low": None, "predicted_high": None,
            "goal_time_s": 2_400.0, "predicted_time_s": None, "predicted_low_s": None,
            "predicted_high_s": None,
            "prediction_reason": "no_race_or_hard_effort", "forecast_method": None, "based_on": [],
            "n_inputs": 0, "priority": "A", "days_to_race": 20,
        }
    ]  # fmt: skip
    (plan_row,) = row["plans"]
    assert (plan_row["plan_instance_id"], plan_row["status"]) == (plan.public_id, "active")
    assert plan_row["week_progress"]["sessions_planned"] == 7
    assert row["personal_bests"] == [(get_day(-3), "5 km", 1_200.0)]
    assert row["signals"] == Assessment.objects.get(pk=cast.ada.pk).signals
