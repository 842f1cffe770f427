"""Workouts with their totals, routes and heart rates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from metrics.archives.items import ActivityDescription, ActivityEntry, ItemKind
from tests.metrics.archives.apple.planned_exports import PlanExport
from tests.support.apple_exports import (
    APP,
    PHONE,
    WATCH,
    build_record,
    build_route,
    build_workout,
    format_moment,
)

START = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
ROUTE = "workout-routes/route_2026-06-01_9.00am.gpx"
RUN = "work/apple/2026-06-01T07-00-00Z.tcx.gz"


def at(seconds: float) -> str:
    return format_moment(START + timedelta(seconds=seconds))


def build_statistics(kind: str, attributes: str) -> str:
    return f'  <WorkoutStatistics type="HKQuantityTypeIdentifier{kind}" {attributes}/>\n'


def build_metadata(key: str, value: str) -> str:
    return f'  <MetadataEntry key="{key}" value="{value}"/>\n'


def build_heart_rates(first: int, last: int, bpm: int = 140, source: str = WATCH) -> str:
    return "".join(
        build_record("HeartRate", bpm, at(second), source=source) for second in range(first, last, 5)
    )


DISTANCE = build_statistics("DistanceWalkingRunning", 'sum="5.2" unit="km"')
ENERGY = build_statistics("ActiveEnergyBurned", 'sum="400" unit="Cal"')
HEART_RATE = build_statistics("HeartRate", 'average="144.5" minimum="90" maximum="171" unit="count/min"')
REFERENCE = f'  <WorkoutRoute>\n   <FileReference path="/{ROUTE}"/>\n  </WorkoutRoute>\n'
MINUTES_28 = 'duration="28" durationUnit="min"'


def test_a_workout_of_old_attributes_is_an_entry(plan_export: PlanExport):
    totals = 'duration="5.2" durationUnit="min" totalDistance="0.5" totalDistanceUnit="mi"'
    totals += ' totalEnergyBurned="204" totalEnergyBurnedUnit="kJ"'
    planned = plan_export(
        build_workout("Running", at(0), at(330), build_metadata("HKTimeZone", "America/Denver"), totals)
    )
    [item] = planned.list_items(ItemKind.ENTRY)
    assert item.name == "apple_health_export/export.xml: Running, 2026-06-01 01:00"
    assert item.description == ActivityDescription(activity_type="run")
    assert item.entry == ActivityEntry(
        started_at=START,
        duration_s=312.0,
        utc_offset_min=-360,
        elapsed_s=330.0,
        distance_m=0.5 * 1_609.344,
        calories_kcal=204 * (1 / 4.184),
        device="Apple Watch",
    )


def test_a_workout_of_statistics_is_an_entry(plan_export: PlanExport):
    part = build_statistics("DistanceWalkingRunning", 'sum="2" unit="km"')
    inside = f"<WorkoutActivity>{part}</WorkoutActivity>" + DISTANCE + ENERGY + HEART_RATE
    inside += build_metadata("HKElevationAscended", "8520 cm") + build_metadata("HKIndoorWorkout", "1")
    planned = plan_export(build_workout("Running", at(0), at(1_800), inside))
    [item] = planned.list_items(ItemKind.ENTRY)
    assert item.description == ActivityDescription(activity_type="run", sub_type="treadmill")
    assert item.entry == ActivityEntry(
        started_at=START,
        duration_s=1_800.0,
        utc_offset_min=0,
        elapsed_s=1_800.0,
        distance_m=5_200.0,
        elevation_gain_m=8_520 * 0.01,
        avg_hr_bpm=144.5,
        max_hr_bpm=171.0,
        calories_kcal=400.0,
        device="Apple Watch",
    )


@pytest.mark.parametrize(
    ("kind", "metadata", "sport", "sub_type"),
    [
        ("Walking", "", "walk", ""),
        ("Cycling", build_metadata("HKIndoorWorkout", "1"), "bike", "indoor_cycling"),
        ("Swimming", build_metadata("HKSwimmingLocationType", "1"), "swim", "lap_swimming"),
        ("Swimming", build_metadata("HKSwimmingLocationType", "2"), "swim", "open_water"),
        ("Hiking", "", "hike", ""),
        ("TraditionalStrengthTraining", "", "workout", "traditional_strength_training"),
        ("", "", "workout", ""),
    ],
)
def test_the_kind_of_a_workout_gives_its_sport(
    plan_export: PlanExport, kind: str, metadata: str, sport: str, sub_type: str
):
    planned = plan_export(build_workout(kind, at(0), at(60), metadata))
    [item] = planned.list_items(ItemKind.ENTRY)
    assert item.description == ActivityDescription(activity_type=sport, sub_type=sub_type)


def test_a_workout_with_a_route_and_heart_rates_is_a_recording(plan_export: PlanExport):
    planned = plan_export(
        build_heart_rates(0, 1_800),
        build_workout("Running", at(0), at(1_800), DISTANCE + ENERGY + HEART_RATE + REFERENCE, MINUTES_28),
        files={ROUTE: build_route(START + timedelta(seconds=3), 1_790)},
    )
    [item] = planned.list_items(ItemKind.RECORDING)
    run = planned.recordings[RUN]
    assert (item.locator, item.size_bytes > 100_000) == (RUN, True)
    assert item.description == ActivityDescription(activity_type="run")
    assert (run.sport, run.started_at, run.device, run.warnings) == ("run", START, "Apple Watch", ())
    assert (run.totals.duration_s, run.totals.elapsed_s, run.totals.distance_m) == (1_680.0, 1_800.0, 5_200.0)
    assert (run.totals.calories_kcal, run.totals.max_hr_bpm) == (400.0, 140.0)
    assert run.samples.has("latitude_deg")
    assert run.samples.has("altitude_m")
    assert planned.used_paths == {f"apple_health_export/{ROUTE}", "apple_health_export/export.xml"}


def test_a_workout_with_heart_rates_alone_is_a_recording(plan_export: PlanExport):
    planned = plan_export(build_heart_rates(0, 600, 95), build_workout("Yoga", at(0), at(600)))
    yoga = planned.recordings[RUN]
    assert (yoga.sport, yoga.totals.duration_s, yoga.totals.avg_hr_bpm) == ("workout", 600.0, 95.0)


def test_the_heart_rate_after_the_end_is_not_the_workouts(plan_export: PlanExport):
    planned = plan_export(
        build_heart_rates(-600, 0, 60),
        build_heart_rates(0, 600, 150),
        build_heart_rates(605, 1_200, 100),
        build_workout("Running", at(0), at(600)),
    )
    totals = planned.recordings[RUN].totals
    assert (totals.avg_hr_bpm, totals.elapsed_s) == (150.0, 600.0)


def test_the_heart_rates_of_the_workouts_own_source_come_first(plan_export: PlanExport):
    planned = plan_export(
        build_heart_rates(0, 600, 100, WATCH),
        build_heart_rates(0, 600, 150, APP),
        build_workout("Running", at(0), at(600), source=APP),
        build_workout("Cycling", at(0), at(599), source=PHONE),
    )
    assert planned.recordings["work/apple/2026-06-01T07-00-00Z.tcx.gz"].totals.avg_hr_bpm == 100.0
    assert planned.recordings["work/apple/2026-06-01T07-00-00Z-2.tcx.gz"].totals.avg_hr_bpm == 150.0


def test_a_mean_over_ten_minutes_is_no_heart_rate(plan_export: PlanExport):
    means = [build_record("HeartRate", 130, at(second), at(second + 600)) for second in (0, 600)]
    planned = plan_export(*means, build_workout("Running", at(0), at(1_200)))
    assert [item.kind for item in planned.items] == [ItemKind.ENTRY, ItemKind.UNREAD]


def test_a_route_that_no_workout_names_is_joined_by_its_start(plan_export: PlanExport):
    planned = plan_export(
        build_workout("Running", at(0), at(600)),
        build_workout("Walking", at(3_600), at(4_200)),
        files={ROUTE: build_route(START + timedelta(seconds=3_605), 500)},
    )
    assert list(planned.recordings) == ["work/apple/2026-06-01T08-00-00Z.tcx.gz"]


def test_a_route_of_another_day_is_not_joined_though_it_is_named(plan_export: PlanExport):
    planned = plan_export(
        build_workout("Running", at(0), at(600), REFERENCE),
        files={ROUTE: build_route(START - timedelta(days=900), 600)},
    )
    assert [item.kind for item in planned.items] == [ItemKind.ENTRY]
    assert planned.used_paths == {"apple_health_export/export.xml"}


def test_positions_inside_the_export_are_a_route(plan_export: PlanExport):
    places = "".join(
        f'   <Location date="{at(second)}" latitude="{50 + second / 40_000}" longitude="10"'
        ' altitude="100" speed="2.8"/>\n'
        for second in range(600)
    )
    planned = plan_export(
        build_workout("Running", at(0), at(600), f"  <WorkoutRoute>\n{places}  </WorkoutRoute>\n")
    )
    assert planned.recordings[RUN].totals.distance_m == pytest.approx(1_665, rel=0.01)


def test_a_pause_is_a_gap_of_the_recording(plan_export: PlanExport):
    events = "".join(
        f'  <WorkoutEvent type="HKWorkoutEventType{kind}" date="{at(second)}"/>\n'
        for kind, second in (("Pause", 300), ("Resume", 400), ("Pause", 590), ("Segment", 595))
    )
    planned = plan_export(
        build_workout("Running", at(0), at(600), events + REFERENCE, 'duration="500" durationUnit="s"'),
        files={ROUTE: build_route(START, 600)},
    )
    run = planned.recordings[RUN]
    assert [(pause.start_s, pause.end_s) for pause in run.pauses] == [(300.0, 400.0)]
    assert run.totals.duration_s == 500.0


def test_a_day_of_walking_is_thinned_so_that_its_file_can_be_read(plan_export: PlanExport):
    day = 86_400
    planned = plan_export(
        build_workout("Walking", at(0), at(day), REFERENCE), files={ROUTE: build_route(START, day, 1.0)}
    )
    walk = planned.recordings[RUN]
    assert (len(walk.samples), walk.totals.elapsed_s) == (day // 2 + 1, day)


def test_the_same_workout_written_twice_is_read_once(plan_export: PlanExport):
    run = build_workout("Running", at(0), at(600), DISTANCE)
    planned = plan_export(run, run, build_workout("Running", at(0), at(600), ""))
    assert [item.kind for item in planned.items] == [ItemKind.ENTRY] * 2 + [ItemKind.UNREAD]
    assert list(planned.reasons) == ["1 doubled workouts"]


def test_a_workout_without_a_time_is_named(plan_export: PlanExport):
    planned = plan_export(build_workout("Running", at(0), at(0)), build_workout("Running", "", at(5)))
    assert list(planned.reasons) == ["2 workouts without a time"]


def test_another_gpx_is_read_as_a_route_too(plan_export: PlanExport):
    data = build_route(START, 600).replace(b'lon="10.000000" lat', b'xlon="1" lon="10.0"  lat')
    planned = plan_export(build_workout("Running", at(0), at(600), REFERENCE), files={ROUTE: data})
    assert planned.recordings[RUN].samples.has("latitude_deg")


def test_planning_again_gives_the_same_items_and_bytes(plan_export: PlanExport, tmp_path):
    elements = (build_heart_rates(0, 600), build_workout("Running", at(0), at(600), DISTANCE))
    first = plan_export(*elements)
    written = {path.name: path.read_bytes() for path in (tmp_path / "work/apple").iterdir()}
    (tmp_path / "work").rename(tmp_path / "before")
    second = plan_export(*elements)
    assert second.items == first.items
    assert {path.name: path.read_bytes() for path in (tmp_path / "work/apple").iterdir()} == written
    assert sorted(written) == ["2026-06-01T07-00-00Z.tcx.gz"]
