"""Whatever arrives in whatever order: the numbers that are kept equal those that the stored rows come to.

A few dozen histories in the suite; ASTRAL_SOAK=500 runs as many, each its own.
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
from metrics.activities.ingest import Upload, ingest_file
from metrics.activities.manual_entry import create_manual_activity, delete_activity, update_activity
from metrics.activities.remeasure import remeasure_athlete_activities
from metrics.files.xml.writer import encode_fit, encode_gpx
from metrics.health.days import HealthDayUpdate, store_health_days
from metrics.models import Activity, HealthDay, Snapshot
from metrics.recording import Pause, Recording, Totals
from metrics.science.measurement import Measurement, measure, measure_summary
from metrics.science.thresholds import Thresholds
from metrics.snapshots.current import current_snapshots, recompute_stale_snapshots
from metrics.statistics.series import load_period_sums
from tests.metrics.snapshots import from_scratch
from tests.support.cast import NOON, create_person
from tests.support.recordings import build_steady_run

SOAK = int(os.environ.get("ASTRAL_SOAK", "0"))
# Skipped days and midnights, offsets of three quarters, both ends of the date line.
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
picks = st.integers(0, 99)
backs = st.one_of(st.integers(0, 10), st.integers(-1, 60), st.integers(0, 500))  # days; -1 is tomorrow
minutes = st.one_of(st.sampled_from((0, 1, 719, 720, 1439)), st.integers(0, 1439))


def half_hour(number: int) -> Recording:
    """One of a dozen runs, on different days."""
    start = NOON - timedelta(days=number * number, hours=5 * number)
    return build_steady_run(start, speed_mps=2.6 + 0.1 * number)


@cache
def recorded(number: int, device: str) -> bytes:
    """Its file, as one of two devices would write it."""
    return encode_fit(half_hour(number)) if device == "fit" else encode_gpx(half_hour(number))


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        self.now = NOON
        self.ids = {name: create_person(name, zone).pk for name, zone in zip(NAMES, ZONES[1:], strict=False)}
        self.seen: dict[Any, Any] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.history.__exit__(None, None, None)

    def athlete(self, name: str) -> Athlete:
        return Athlete.objects.get(pk=self.ids[name])

    def picked(self, pick: int) -> Activity:
        activities = Activity.objects.select_related("athlete").order_by("started_at", "id")
        return activities[pick % len(activities)]

    # --- What happens ---------------------------------------------------------------------------------------------

    @rule(hours=st.one_of(st.integers(1, 30), st.integers(24, 24 * 45)))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours, minutes=17)

    @rule(name=people, number=st.integers(0, 11), device=st.sampled_from(("fit", "gpx")))
    def a_file_arrives_perhaps_again(self, name: str, number: int, device: str) -> None:
        ingest_file(self.athlete(name), Upload(recorded(number, device), f"run.{device}"))

    @rule(name=people, number=st.integers(0, 11), is_race=st.booleans(), effort=st.integers(1, 10))
    def a_run_is_entered_before_its_file_arrives(
        self, name: str, number: int, is_race: bool, effort: int
    ) -> None:
        run = half_hour(number)
        entry = {
            "activity_type": "run",
            "started_at": run.started_at,
            "duration_s": 1_790.0,
            "is_race": is_race,
        }
        entry |= {"distance_m": run.totals.distance_m, "perceived_effort": effort}
        create_manual_activity(self.athlete(name), entry)
        ingest_file(self.athlete(name), Upload(recorded(number, "fit"), "run.fit"))

    @rule(
        name=people,
        back=backs,
        minute=minutes,
        sport=st.sampled_from(SPORTS),
        duration_s=st.sampled_from((600.0, 1500.0, 3000.0, 7200.0)),
        distance_m=st.one_of(st.none(), st.sampled_from((0.0, 5_000.0, 10_000.0))),
        heart=st.one_of(st.none(), st.sampled_from((110.0, 145.0, 171.0))),
        effort=st.one_of(st.none(), st.integers(1, 10)),
        is_race=st.booleans(),
    )
    def something_is_entered(
        self,
        name: str,
        back: int,
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
            "started_at": midnight - timedelta(days=back) + timedelta(minutes=minute),
            "duration_s": duration_s,
            "distance_m": distance_m,
            "avg_hr_bpm": heart,
            "perceived_effort": effort,
            "is_race": is_race,
        }
        create_manual_activity(self.athlete(name), entry)

    @precondition(lambda self: Activity.objects.exists())
    @rule(
        pick=picks,
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
    def something_is_changed(self, pick: int, changes: dict[str, Any], days: int | None) -> None:
        activity = self.picked(pick)
        if days is not None and activity.source == "manual":
            changes = changes | {
                "started_at": activity.started_at - timedelta(days=days),
                "distance_m": 8_000.0,
            }
        update_activity(activity, changes)

    @precondition(lambda self: Activity.objects.exists())
    @rule(pick=picks)
    def something_is_deleted(self, pick: int) -> None:
        delete_activity(self.picked(pick))

    @rule(
        name=people,
        back=st.one_of(st.integers(-1, 3), st.integers(0, 140)),
        days=st.one_of(st.just(1), st.integers(1, 90)),
        every=st.integers(1, 4),
        source=st.sampled_from(SOURCES),
        columns=st.sets(st.sampled_from(HealthDay.READINGS), min_size=1),
        seed=st.integers(0, 9),
        take_back=st.sampled_from((False, False, False, True)),
    )
    def a_device_is_read(
        self,
        name: str,
        back: int,
        days: int,
        every: int,
        source: str,
        columns: set[str],
        seed: int,
        take_back: bool,
    ) -> None:
        last = self.athlete(name).local_date(self.now) - timedelta(days=back)
        sent = [
            HealthDayUpdate(
                last - timedelta(days=number), source, readings(columns, number * 7 + seed, take_back)
            )
            for number in range(0, days, every)
        ]
        store_health_days(self.ids[name], sent)

    @rule(
        name=people,
        kind=st.sampled_from(Threshold.Kind.values),
        height=st.integers(0, 4),
        back=st.one_of(st.just(0), st.integers(0, 200), st.just(700)),
    )
    def a_threshold_is_corrected_and_what_follows_measured_again(
        self, name: str, kind: str, height: int, back: int
    ) -> None:
        lowest = {
            "threshold_pace": 240,
            "lthr": 155,
            "hr_max": 176,
            "hr_rest": 42,
            "vdot": 40,
            "mass_kg": 55,
        }[kind]
        valid_from = self.now.date() - timedelta(days=back)
        changes = {kind: lowest + 4.0 * height, "source": "coach", "valid_from": valid_from}
        change_athlete(self.athlete(name), changes, self.now)
        list(remeasure_athlete_activities(self.ids[name], valid_from))

    @rule(name=people, born=st.sampled_from((None, date(1961, 2, 3), date(1999, 12, 31))))
    def a_birth_date_is_told_and_everything_measured_again(self, name: str, born: date | None) -> None:
        change_athlete(self.athlete(name), {"birth_date": born}, self.now)
        list(remeasure_athlete_activities(self.ids[name]))

    @rule(name=people, zone=st.sampled_from(ZONES))
    def somebody_moves(self, name: str, zone: str) -> None:
        change_athlete(self.athlete(name), {"timezone": ZoneInfo(zone)}, self.now)

    @rule()
    def the_periodic_job_comes_round(self) -> None:
        recompute_stale_snapshots(self.now)
        assert recompute_stale_snapshots(self.now) == 0

    # --- What holds -----------------------------------------------------------------------------------------------

    @invariant()
    def every_snapshot_that_is_shown_equals_the_rows(self) -> None:
        shown = current_snapshots(self.ids.values(), self.now)
        kept = current_snapshots(self.ids.values(), self.now)
        for athlete_id in self.ids.values():
            expected = from_scratch.compute_snapshot_numbers(
                from_scratch.StoredHistory.load_history(athlete_id, self.now)
            )
            for snapshot in (shown[athlete_id], kept[athlete_id]):
                assert_equal(snapshot, expected)

    @invariant()
    def every_activity_is_measured_as_its_rows_say(self) -> None:
        thresholds = list(Threshold.objects.order_by("valid_from"))
        for activity in Activity.objects.select_related("athlete", "streams"):
            held = {row.kind: row for row in thresholds if holds(row, activity)}  # of each kind the newest
            fresh = measured_from_scratch(activity, held)
            assert activity.training_load == near(fresh.load.value)
            assert activity.load_method == fresh.load.method
            assert activity.vo2max_ml_kg_min == near(fresh.vo2max.value)
            assert activity.race_vdot == near(fresh.race_vdot)
            assert activity.calories_kcal == near(fresh.calories.value)
            assert activity.zone1_s == (fresh.zone_s[0] if fresh.zone_s else None)

    @invariant()
    def every_series_adds_up_to_the_activities(self) -> None:
        last = self.now.date() + timedelta(days=1)
        for athlete_id in self.ids.values():
            stored = from_scratch.StoredHistory.load_history(athlete_id, self.now)
            for bucket, days, sport in SERIES:
                first = last - timedelta(days=days)
                window = buckets.build_days_window(bucket, first, last, stored.zone)
                series = load_period_sums(athlete_id, window, sport)
                found = from_scratch.compute_period_sums(
                    stored, partial(buckets.get_period_start, bucket), first, last, sport
                )
                for period, row in zip(window.periods, series.table.tolist(), strict=True):
                    assert row == pytest.approx(found.pop(period, [0.0] * len(row)), abs=1e-6)
                assert not found

    @invariant()
    def the_version_rises_with_whatever_changes(self) -> None:
        for athlete in Athlete.objects.filter(pk__in=self.ids.values()):
            rows = stored_rows(athlete)
            assert self.seen.setdefault((athlete.pk, athlete.data_version), rows) == rows
            assert athlete.data_version == max(version for pk, version in self.seen if pk == athlete.pk)


def readings(columns: set[str], seed: int, take_back: bool) -> dict[str, float | None]:
    """Believable readings that differ from day to day."""
    middle = {
        "hrv_rmssd_ms": 60,
        "hrv_sdnn_ms": 90,
        "resting_hr_bpm": 48,
        "vo2max_ml_kg_min": 52,
        "sleep_s": 27_000,
    }
    values = {name: middle[name] * (1 + ((seed * seed + 3 * seed) % 17 - 8) / 40) for name in columns}
    return {name: None if take_back else value for name, value in values.items()}


def near(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)


def assert_equal(snapshot: Snapshot, expected: dict[str, Any]) -> None:
    wrong = {
        name: (getattr(snapshot, name), value)
        for name, value in expected.items()
        if not alike(getattr(snapshot, name), value)
    }
    assert not wrong, f"{snapshot}: shown, from scratch: {wrong}"


def alike(shown: Any, value: Any) -> bool:
    if isinstance(value, dict):
        return shown.keys() == value.keys() and all(alike(shown[name], value[name]) for name in value)
    if isinstance(value, float):
        return shown is not None and shown == pytest.approx(value, rel=1e-7, abs=1e-7)
    return bool(shown == value)


def stored_rows(athlete: Athlete) -> str:
    """Everything stored of an athlete, but for the version and the times of writing."""
    own = Athlete.objects.filter(pk=athlete.pk).values()[0] | {"data_version": None}
    rows: list[Any] = [own, *athlete.thresholds.order_by("id").values_list("kind", "value", "valid_from")]
    rows += [row | {"updated_at": None} for row in athlete.activities.order_by("id").values()]
    rows += [row | {"updated_at": None} for row in athlete.health_days.order_by("id").values()]
    return repr(rows)


def holds(row: Threshold, activity: Activity) -> bool:
    return row.athlete_id == activity.athlete_id and row.valid_from <= activity.local_date


def measured_from_scratch(activity: Activity, held: dict[str, Threshold]) -> Measurement:
    """The activity as its own rows and the thresholds of its day measure it."""
    value = {kind: held[kind].value if kind in held else None for kind in Threshold.Kind.values}
    born = activity.athlete.birth_date
    known = Thresholds(
        threshold_mps=1000 / value["threshold_pace"] if value["threshold_pace"] else None,
        vdot=value["vdot"],
        vdot_age_days=(activity.local_date - held["vdot"].valid_from).days if "vdot" in held else 0,
        lthr_bpm=value["lthr"],
        hr_max_bpm=value["hr_max"],
        hr_rest_bpm=value["hr_rest"],
        age_years=(activity.local_date - born).days / 365.25 if born else None,
    )
    totals = Totals(**{name: activity.recorded[name] for name in TOTALS if name in activity.recorded})
    given = (totals, activity.activity_type, known, activity.perceived_effort)
    streams = getattr(activity, "streams", None)
    if streams is None:
        return measure_summary(*given, activity.is_race, value["mass_kg"])
    samples = columns.decode(bytes(streams.content))
    pauses = [Pause(*pause) for pause in streams.pauses]
    return measure(samples, pauses, *given, streams.altitude_source, activity.is_race, value["mass_kg"])


@pytest.mark.django_db
def test_what_is_kept_equals_what_the_stored_rows_come_to():
    wanted = settings(
        max_examples=SOAK or 10,
        stateful_step_count=25,
        derandomize=not SOAK,
        database=None,
        phases=[Phase.generate],  # the steps of a failing history are few enough to be read as they are
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(Histories, settings=wanted)
