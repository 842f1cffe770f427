"""Stored numbers equal those computed from scratch, after random changes in random order.

The suite runs a few fixed histories. ASTRAL_SOAK=500 runs 500 random ones.
"""

from __future__ import annotations

import os
from dataclasses import fields
from datetime import date, timedelta
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from athletes.accounts.updates import change_athlete
from athletes.models import Athlete, Threshold
from metrics import buckets
from metrics.activities import streams as columns
from metrics.activities.changes import create_manual_activity, delete_activity, update_activity
from metrics.activities.ingest import Upload, ingest_file
from metrics.files.xml.writer import encode_fit, encode_gpx
from metrics.health.days import HealthDayUpdate, store_health_days
from metrics.models import Activity, BinActivity, Snapshot
from metrics.recording import Pause, Recording, Totals
from metrics.remeasurement.remeasure import remeasure_athlete_activities
from metrics.science.measurement import Measurement, measure, measure_summary
from metrics.science.thresholds import Thresholds
from metrics.snapshots.current import current_snapshots, recompute_stale_snapshots
from metrics.statistics.series import load_period_sums
from tests.metrics.snapshots import from_scratch
from tests.support.cast import NOON, create_person
from tests.support.recordings import build_steady_run

SOAK = int(os.environ.get("ASTRAL_SOAK", "0"))
# Zones with skipped days and midnights, offsets of 45 minutes, and both sides of the date line.
ZONES = (
    "UTC", "Asia/Tokyo", "Europe/Madrid", "America/New_York", "America/Los_Angeles", "Asia/Kathmandu",
    "Australia/Lord_Howe", "America/Santiago", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Atlantic/Azores",
)  # fmt: skip
SOURCES = ("garmin", "oura", "whoop")
SERIES: tuple[tuple[buckets.Bucket, int, str | None], ...] = (
    ("day", 40, "run"),
    ("week", 180, None),
    ("month", 364, "run"),
)
SPORTS = ("run", "run", "run", "bike", "walk", "workout")
NAMES = ("alma", "bruno")

TOTALS = [field.name for field in fields(Totals)]

people = st.sampled_from(NAMES)
activity_numbers = st.integers(0, 99)
days_ago_numbers = st.one_of(st.integers(0, 10), st.integers(-1, 60), st.integers(0, 500))  # -1 is tomorrow
minutes = st.one_of(st.sampled_from((0, 1, 719, 720, 1439)), st.integers(0, 1439))


def build_half_hour(number: int) -> Recording:
    """One of a dozen runs, on different days."""
    start = NOON - timedelta(days=number * number, hours=5 * number)
    return build_steady_run(start, speed_mps=2.6 + 0.1 * number)


@cache
def encode_half_hour(number: int, device: str) -> bytes:
    """The file of that run from one of two devices."""
    return encode_fit(build_half_hour(number)) if device == "fit" else encode_gpx(build_half_hour(number))


# What people say of a morning is in no computed number.
USUAL_READINGS = {
    "hrv_rmssd_ms": 60,
    "hrv_sdnn_ms": 90,
    "resting_hr_bpm": 48,
    "vo2max_ml_kg_min": 52,
    "sleep_s": 27_000,
}


class RandomHistory(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = NOON
        self.ids = {name: create_person(name, zone).pk for name, zone in zip(NAMES, ZONES[1:], strict=False)}
        self.rows_by_version: dict[Any, Any] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def get_athlete(self, name: str) -> Athlete:
        return Athlete.objects.get(pk=self.ids[name])

    def get_activity(self, pick: int) -> Activity:
        activities = Activity.objects.select_related("athlete").order_by("started_at", "id")
        return activities[pick % len(activities)]

    # --- Changes ---

    @rule(hours=st.one_of(st.integers(1, 30), st.integers(24, 24 * 45)))
    def advance_clock(self, hours: int) -> None:
        self.now += timedelta(hours=hours, minutes=17)

    @rule(name=people, number=st.integers(0, 11), device=st.sampled_from(("fit", "gpx")))
    def upload_new_or_known_file(self, name: str, number: int, device: str) -> None:
        ingest_file(self.get_athlete(name), Upload(encode_half_hour(number, device), f"run.{device}"))

    @rule(name=people, number=st.integers(0, 11), is_race=st.booleans(), effort=st.integers(1, 10))
    def enter_run_before_its_file(self, name: str, number: int, is_race: bool, effort: int) -> None:
        run = build_half_hour(number)
        entry = {
            "activity_type": "run",
            "started_at": run.started_at,
            "duration_s": 1_790.0,
            "is_race": is_race,
        }
        entry |= {"distance_m": run.totals.distance_m, "perceived_effort": effort}
        create_manual_activity(self.get_athlete(name), entry)
        ingest_file(self.get_athlete(name), Upload(encode_half_hour(number, "fit"), "run.fit"))

    @rule(
        name=people,
        days_ago=days_ago_numbers,
        minute=minutes,
        sport=st.sampled_from(SPORTS),
        duration_s=st.sampled_from((600.0, 1500.0, 3000.0, 7200.0)),
        distance_m=st.one_of(st.none(), st.sampled_from((0.0, 5_000.0, 10_000.0))),
        heart=st.one_of(st.none(), st.sampled_from((110.0, 145.0, 171.0))),
        effort=st.one_of(st.none(), st.integers(1, 10)),
        is_race=st.booleans(),
    )
    def enter_activity(
        self,
        name: str,
        days_ago: int,
        minute: int,
        sport: str,
        duration_s: float,
        distance_m: float | None,
        heart: float | None,
        effort: int | None,
        is_race: bool,
    ) -> None:
        midnight = self.now.replace(hour=0, minute=0, second=0)
        entry = {
            "activity_type": sport,
            "started_at": midnight - timedelta(days=days_ago) + timedelta(minutes=minute),
            "duration_s": duration_s,
            "distance_m": distance_m,
            "avg_hr_bpm": heart,
            "perceived_effort": effort,
            "is_race": is_race,
        }
        create_manual_activity(self.get_athlete(name), entry)

    @precondition(lambda self: Activity.objects.exists())
    @rule(
        pick=activity_numbers,
        changes=st.fixed_dictionaries(
            {},
            optional={
                "activity_type": st.sampled_from(SPORTS),
                "perceived_effort": st.one_of(st.none(), st.integers(1, 10)),
                "is_race": st.booleans(),
                "name": st.just("Renamed"),
            },
        ),
        days=st.one_of(st.none(), st.integers(-400, 400)),
    )
    def change_activity(self, pick: int, changes: dict[str, Any], days: int | None) -> None:
        activity = self.get_activity(pick)
        if days is not None and activity.source == "manual":
            changes = changes | {
                "started_at": activity.started_at - timedelta(days=days),
                "distance_m": 8_000.0,
            }
        update_activity(activity, changes)

    @precondition(lambda self: Activity.objects.exists())
    @rule(pick=activity_numbers)
    def delete_some_activity(self, pick: int) -> None:
        delete_activity(self.get_activity(pick), BinActivity.DeletedBy.ATHLETE, NOON)

    @rule(
        name=people,
        days_ago=st.one_of(st.integers(-1, 3), st.integers(0, 140)),
        days=st.one_of(st.just(1), st.integers(1, 90)),
        every=st.integers(1, 4),
        source=st.sampled_from(SOURCES),
        columns=st.sets(st.sampled_from(sorted(USUAL_READINGS)), min_size=1),
        seed=st.integers(0, 9),
        delete=st.sampled_from((False, False, False, True)),
    )
    def store_readings(
        self,
        name: str,
        days_ago: int,
        days: int,
        every: int,
        source: str,
        columns: set[str],
        seed: int,
        delete: bool,
    ) -> None:
        last = self.get_athlete(name).local_date(self.now) - timedelta(days=days_ago)
        sent = [
            HealthDayUpdate(
                last - timedelta(days=number), source, build_readings(columns, number * 7 + seed, delete)
            )
            for number in range(0, days, every)
        ]
        store_health_days(self.ids[name], sent)

    @rule(
        name=people,
        kind=st.sampled_from(Threshold.Kind.values),
        height=st.integers(0, 4),
        days_ago=st.one_of(st.just(0), st.integers(0, 200), st.just(700)),
    )
    def correct_threshold_and_remeasure(self, name: str, kind: str, height: int, days_ago: int) -> None:
        lowest = {
            "threshold_pace": 240,
            "lthr": 155,
            "hr_max": 176,
            "hr_rest": 42,
            "vdot": 40,
            "mass_kg": 55,
        }[kind]
        valid_from = self.now.date() - timedelta(days=days_ago)
        changes = {kind: lowest + 4.0 * height, "source": "coach", "valid_from": valid_from}
        change_athlete(self.get_athlete(name), changes, self.now)
        list(remeasure_athlete_activities(self.ids[name], valid_from))

    @rule(name=people, born=st.sampled_from((None, date(1961, 2, 3), date(1999, 12, 31))))
    def change_birth_date_and_remeasure(self, name: str, born: date | None) -> None:
        change_athlete(self.get_athlete(name), {"birth_date": born}, self.now)
        list(remeasure_athlete_activities(self.ids[name]))

    @rule(name=people, zone=st.sampled_from(ZONES))
    def change_timezone(self, name: str, zone: str) -> None:
        change_athlete(self.get_athlete(name), {"timezone": ZoneInfo(zone)}, self.now)

    @rule()
    def run_periodic_job(self) -> None:
        recompute_stale_snapshots(self.now)
        assert recompute_stale_snapshots(self.now) == 0

    # --- Invariants ---

    def check_snapshots(self) -> dict[Any, from_scratch.StoredHistory]:
        """Also returns the history of each athlete."""
        renewed = current_snapshots(self.ids.values(), self.now)
        stored = current_snapshots(self.ids.values(), self.now)
        histories = {
            athlete_id: from_scratch.StoredHistory.load_history(athlete_id, self.now)
            for athlete_id in self.ids.values()
        }
        for athlete_id, history in histories.items():
            expected = from_scratch.compute_snapshot_numbers(history)
            for snapshot in (renewed[athlete_id], stored[athlete_id]):
                assert_equal(snapshot, expected)
        return histories

    @invariant()
    def check_activities(self) -> None:
        thresholds = list(Threshold.objects.order_by("valid_from"))
        for activity in Activity.objects.select_related("athlete", "streams"):
            newest = {row.kind: row for row in thresholds if is_valid_for(row, activity)}
            fresh = measure_from_scratch(activity, newest)
            assert activity.training_load == approximate(fresh.load.value)
            assert activity.load_method == fresh.load.method
            assert activity.vo2max_ml_kg_min == approximate(fresh.vo2max.value)
            assert activity.race_vdot == approximate(fresh.race_vdot)
            assert activity.calories_kcal == approximate(fresh.calories.value)
            assert activity.zone1_s == (fresh.zone_s[0] if fresh.zone_s else None)

    @invariant()
    def check_snapshots_and_period_sums(self) -> None:
        last = self.now.date() + timedelta(days=1)
        for athlete_id, stored in self.check_snapshots().items():
            for bucket, days, sport in SERIES:
                first = last - timedelta(days=days)
                window = buckets.build_days_window(bucket, first, last, stored.zone)
                series = load_period_sums(athlete_id, window, sport)
                expected = from_scratch.compute_period_sums(
                    stored, partial(buckets.get_period_start, bucket), first, last, sport
                )
                for period, row in zip(window.periods, series.table.tolist(), strict=True):
                    sums = expected.pop(period, [0.0] * len(row))
                    assert row == sums or row == pytest.approx(sums, abs=1e-6)
                assert not expected

    @invariant()
    def check_data_versions(self) -> None:
        for athlete in Athlete.objects.filter(pk__in=self.ids.values()):
            rows = load_stored_rows(athlete)
            assert self.rows_by_version.setdefault((athlete.pk, athlete.data_version), rows) == rows
            newest = max(version for pk, version in self.rows_by_version if pk == athlete.pk)
            assert athlete.data_version == newest


def build_readings(columns: set[str], seed: int, delete: bool) -> dict[str, float | None]:
    """Plausible readings that differ from day to day. With `delete`, all are None."""
    values = {name: USUAL_READINGS[name] * (1 + ((seed * seed + 3 * seed) % 17 - 8) / 40) for name in columns}
    return {name: None if delete else value for name, value in values.items()}


def approximate(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)


def assert_equal(snapshot: Snapshot, expected: dict[str, Any]) -> None:
    differences = {
        name: (getattr(snapshot, name), value)
        for name, value in expected.items()
        if not is_equal(getattr(snapshot, name), value)
    }
    assert not differences, f"{snapshot}: (snapshot, from scratch): {differences}"


def is_equal(actual: Any, expected: Any) -> bool:
    if isinstance(expected, dict):
        same_keys = actual.keys() == expected.keys()
        return same_keys and all(is_equal(actual[name], expected[name]) for name in expected)
    if isinstance(expected, float):
        return actual is not None and actual == pytest.approx(expected, rel=1e-7, abs=1e-7)
    return bool(actual == expected)


def load_stored_rows(athlete: Athlete) -> str:
    """All stored rows of an athlete, without the version and the times of writing."""
    athlete_row = Athlete.objects.filter(pk=athlete.pk).values()[0] | {"data_version": None}
    rows: list[Any] = [
        athlete_row,
        *athlete.thresholds.order_by("id").values_list("kind", "value", "valid_from"),
    ]
    rows += [row | {"updated_at": None} for row in athlete.activities.order_by("id").values()]
    rows += [row | {"updated_at": None} for row in athlete.health_days.order_by("id").values()]
    return repr(rows)


def is_valid_for(row: Threshold, activity: Activity) -> bool:
    return row.athlete_id == activity.athlete_id and row.valid_from <= activity.local_date


def measure_from_scratch(activity: Activity, thresholds: dict[str, Threshold]) -> Measurement:
    """Measure the activity from its rows and the thresholds of its day."""
    value = {kind: thresholds[kind].value if kind in thresholds else None for kind in Threshold.Kind.values}
    born = activity.athlete.birth_date
    thresholds_of_day = Thresholds(
        threshold_mps=1000 / value["threshold_pace"] if value["threshold_pace"] else None,
        vdot=value["vdot"],
        vdot_age_days=(activity.local_date - thresholds["vdot"].valid_from).days
        if "vdot" in thresholds
        else 0,
        lthr_bpm=value["lthr"],
        hr_max_bpm=value["hr_max"],
        hr_rest_bpm=value["hr_rest"],
        age_years=(activity.local_date - born).days / 365.25 if born else None,
    )
    totals = Totals(**{name: activity.recorded[name] for name in TOTALS if name in activity.recorded})
    inputs = (totals, activity.activity_type, thresholds_of_day, activity.perceived_effort)
    streams = getattr(activity, "streams", None)
    if streams is None:
        return measure_summary(*inputs, activity.is_race, value["mass_kg"])
    samples = columns.decode(bytes(streams.content))
    pauses = [Pause(*pause) for pause in streams.pauses]
    return measure(samples, pauses, *inputs, streams.altitude_source, activity.is_race, value["mass_kg"])


@pytest.mark.django_db
def test_stored_numbers_equal_those_computed_from_scratch():
    history_settings = settings(
        max_examples=SOAK or 10,
        stateful_step_count=25,
        derandomize=not SOAK,
        database=None,
        phases=[Phase.generate],  # no shrinking: a failing history has few enough steps to read
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(RandomHistory, settings=history_settings)
