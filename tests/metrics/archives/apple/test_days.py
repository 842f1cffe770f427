"""One value for each local day and kind, from one source."""

from __future__ import annotations

import pytest

from metrics.archives.items import ItemKind
from tests.metrics.archives.apple.planned_exports import PlanExport
from tests.support.apple_exports import APP, PHONE, WATCH, build_record, build_sleep

SDNN, RMSSD = "HeartRateVariabilitySDNN", "HeartRateVariabilityRMSSD"


def at(clock: str, day: int = 1, offset: str = "+0200") -> str:
    return f"2026-06-{day:02} {clock}:00 {offset}"


def test_all_kinds_of_a_day_are_read_and_hrv_of_both_kinds_stays_apart(plan_export: PlanExport):
    planned = plan_export(
        *(build_record(SDNN, value, at(f"0{value // 10}:00"), unit="ms") for value in (40, 50, 90)),
        build_record(RMSSD, 61.5, at("04:00"), unit="ms"),
        build_record("RestingHeartRate", 48, at("00:00"), at("22:00")),
        build_record("VO2Max", 52.3, at("18:00"), unit="mL/min·kg"),
        build_record("BodyMass", 70.2, at("07:00"), unit="kg", source=APP),
    )
    assert planned.days == {
        "2026-06-01": {
            "hrv_sdnn_ms": 50.0,
            "hrv_rmssd_ms": 61.5,
            "resting_hr_bpm": 48.0,
            "vo2max_ml_kg_min": 52.3,
            "weight_kg": 70.2,
        }
    }
    assert [item.locator for item in planned.list_items(ItemKind.HEALTH)] == ["work/apple/days.json"]


def test_the_watch_is_preferred_to_the_phone_and_the_phone_to_an_app(plan_export: PlanExport):
    planned = plan_export(
        build_record("RestingHeartRate", 60, at("00:00", 1), source=APP),
        build_record("RestingHeartRate", 55, at("00:00", 1), source=PHONE),
        build_record("RestingHeartRate", 48, at("00:00", 1), source=WATCH),
        build_record("RestingHeartRate", 61, at("00:00", 2), source=APP),
        build_record("RestingHeartRate", 56, at("00:00", 2), source=PHONE),
        build_record("RestingHeartRate", 62, at("00:00", 3), source=APP),
    )
    assert [values["resting_hr_bpm"] for values in planned.days.values()] == [48.0, 56.0, 62.0]


def test_of_two_apps_the_one_with_more_days_is_preferred(plan_export: PlanExport):
    other = 'sourceName="Aaa"'
    planned = plan_export(
        *(build_record("BodyMass", 70, at("07:00", day), unit="kg", source=APP) for day in (1, 2)),
        build_record("BodyMass", 80, at("07:00", 1), unit="kg", source=other),
    )
    assert [values["weight_kg"] for values in planned.days.values()] == [70.0, 70.0]


def test_the_offset_of_a_record_gives_its_local_day(plan_export: PlanExport):
    planned = plan_export(
        build_record("RestingHeartRate", 48, "2026-06-01 23:30:00 -0700"),
        build_record("RestingHeartRate", 50, "2026-06-02 00:30:00 +1200"),
    )
    assert planned.days == {"2026-06-01": {"resting_hr_bpm": 48.0}, "2026-06-02": {"resting_hr_bpm": 50.0}}


@pytest.mark.parametrize(
    ("value", "unit", "kg"), [(154.5, "lb", 70.08), (70_080, "g", 70.08), (11, "st", 69.853)]
)
def test_the_weight_is_in_kilograms(plan_export: PlanExport, value: float, unit: str, kg: float):
    planned = plan_export(build_record("BodyMass", value, at("07:00"), unit=unit))
    assert planned.days["2026-06-01"]["weight_kg"] == pytest.approx(kg, abs=0.001)


def test_sleep_is_the_union_of_the_intervals_of_one_source_on_the_day_of_waking_up(plan_export: PlanExport):
    planned = plan_export(
        build_sleep("InBed", at("22:00", 1), at("07:00", 2), PHONE),
        build_sleep("AsleepUnspecified", at("22:00", 1), at("07:00", 2), APP),
        build_sleep("AsleepCore", at("23:00", 1), at("01:00", 2)),
        build_sleep("AsleepDeep", at("00:30", 2), at("02:00", 2)),
        build_sleep("Awake", at("02:00", 2), at("03:30", 2)),
        build_sleep("AsleepREM", at("03:30", 2), at("06:30", 2)),
        build_sleep("Asleep", at("14:00", 2), at("15:30", 2)),
    )
    assert planned.days == {"2026-06-02": {"sleep_s": 6 * 3_600.0}}


def test_a_nap_alone_is_the_sleep_of_its_day(plan_export: PlanExport):
    planned = plan_export(build_sleep("AsleepCore", at("14:00"), at("15:00")))
    assert planned.days == {"2026-06-01": {"sleep_s": 3_600.0}}


def test_records_without_sense_are_counted(plan_export: PlanExport):
    planned = plan_export(
        build_record("RestingHeartRate", "", at("00:00")),
        build_record("RestingHeartRate", "nan", at("00:00")),
        build_record("RestingHeartRate", -5, at("00:00")),
        build_record("RestingHeartRate", 50, at("00:00"), unit="furlong"),
        build_record("RestingHeartRate", 50, "soon"),
        build_record("RestingHeartRate", 50, "1930-06-01 00:00:00 +0000"),
        build_record("RestingHeartRate", 50, "2026-06-31 00:00:00 +0000"),
        build_sleep("AsleepCore", at("07:00"), at("06:00")),
    )
    assert planned.days == {}
    assert list(planned.reasons) == ["8 unclear records"]


def test_kinds_without_a_place_are_named_with_their_count(plan_export: PlanExport):
    records = [build_record("StepCount", 5, at("09:00"), unit="count") for _ in range(3)]
    planned = plan_export(*records, build_record("Height", 1.8, at("09:00"), unit="m"))
    assert planned.reasons == {
        "4 other records": "Astral has no place for these kinds: StepCount, Height.",
    }


def test_dates_with_a_twelve_hour_clock_are_read(plan_export: PlanExport):
    planned = plan_export(build_record("RestingHeartRate", 48, "2026-06-01 11:30:00 PM +0000"))
    assert list(planned.days) == ["2026-06-01"]
