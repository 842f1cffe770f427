"""Health exports are recognised by their header and read row by row. Errors name the line."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from metrics.files.errors import MAX_FILE_BYTES, FileError
from metrics.health.imports.days import DayRow, InvalidRow, merge_by_day
from metrics.health.imports.reading import read_health_export
from tests.metrics.health.imports.example_exports import (
    HRV4TRAINING,
    INTERVALS_ICU,
    WHOOP_CYCLES,
    WHOOP_SLEEPS,
    build_export,
    build_hrv4training_export,
)


def read_days(data: bytes) -> list[str]:
    return [str(row.date) for row in read_health_export(data).rows]


def test_intervals_icu_rows_with_empty_cells_are_read_and_empty_rows_skipped():
    rows = [
        "2026-03-05,72.1,52,31.35,59.5,23646,,58.0,64.9",
        "2026-03-04,,,,,,,,0.0",
        '2026-03-03,,97,,,,"",,1e-45',
    ]
    read = read_health_export(build_export(INTERVALS_ICU, rows, start="\ufeff"))
    assert (read.source, read.skipped_count, read.invalid_rows) == ("intervals.icu", 1, ())
    assert read.rows == (
        DayRow(
            2,
            date(2026, 3, 5),
            {
                "hrv_rmssd_ms": 31.35,
                "hrv_sdnn_ms": 59.5,
                "resting_hr_bpm": 52.0,
                "vo2max_ml_kg_min": 58.0,
                "sleep_s": 23646.0,
                "weight_kg": 72.1,
            },
        ),
        DayRow(4, date(2026, 3, 3), {"resting_hr_bpm": 97.0}),
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_numbers_are_right_for_any_newline_and_with_blank_lines(newline: str):
    data = build_export(INTERVALS_ICU, ["", "2026-03-05,,52,,,,,,", " ", "junk,,52,,,,,,"], newline)
    read = read_health_export(data)
    assert [row.line for row in read.rows] == [3]
    assert read.invalid_rows == (InvalidRow(5, "“junk” is not a date"),)


def test_a_comment_over_several_lines_is_part_of_one_row():
    data = build_export(INTERVALS_ICU, ['2026-03-05,,52,,,,"tired,\nand cold",,', "x,,,,,,,,"])
    read = read_health_export(data)
    assert (len(read.rows), read.invalid_rows[0].line) == (1, 4)


@pytest.mark.parametrize(
    "cells",
    [
        "2026-02-30,,52,,,,,,",
        "2026-3-5,,52,,,,,,",
        "２０２６-03-05,,52,,,,,,",
        "2026-03-05,,nan,,,,,,",
        "2026-03-05,,1_000,,,,,,",
        "2026-03-05,,５２,,,,,,",
        "2026-03-05,,52\0,,,,,,",
        "2026-03-05,,0x34,,,,,,",
        "2026-03-05,,52",
        ",,52,,,,,,",
    ],
)
def test_an_invalid_row_does_not_stop_the_other_rows(cells: str):
    read = read_health_export(
        build_export(INTERVALS_ICU, ["2026-03-06,,50,,,,,,", cells, "2026-03-04,,51,,,,,,"])
    )
    assert ([row.line for row in read.invalid_rows], len(read.rows)) == ([3], 2)
    assert read.invalid_rows[0].message.isprintable()


def test_an_incomplete_last_row_is_invalid():
    read = read_health_export(build_export(INTERVALS_ICU, ["2026-03-06,,50,,,,,,", "2026-03-05,,5"]).rstrip())
    assert read.invalid_rows == (InvalidRow(3, "the row is incomplete"),)


def test_hrv4training_dates_with_the_day_before_the_month_are_read():
    assert read_days(build_hrv4training_export(["2017-30-08", "2017-31-08", "2017-01-09"])) == [
        "2017-08-30",
        "2017-08-31",
        "2017-09-01",
    ]


def test_the_date_order_of_ambiguous_rows_comes_from_the_other_rows():
    assert read_days(build_hrv4training_export(["2017-01-09", "2017-02-09", "2017-13-09"]))[:2] == [
        "2017-09-01",
        "2017-09-02",
    ]
    assert read_days(build_hrv4training_export(["2017-09-01", "2017-09-02", "2017-09-13"]))[:2] == [
        "2017-09-01",
        "2017-09-02",
    ]


def test_if_both_date_orders_are_possible_the_one_with_close_dates_is_used():
    assert read_days(build_hrv4training_export(["2017-01-09", "2017-02-09", "2017-03-09"])) == [
        "2017-09-01",
        "2017-09-02",
        "2017-09-03",
    ]
    assert read_days(build_hrv4training_export(["2017-09-01", "2017-09-02"])) == ["2017-09-01", "2017-09-02"]


def test_an_ambiguous_date_order_is_refused():
    with pytest.raises(FileError, match="order of day and month"):
        read_health_export(build_hrv4training_export(["2017-05-06"]))
    assert read_days(build_hrv4training_export(["2017-05-05"])) == ["2017-05-05"]


IOS_HEADER = "timestamp_measurement,HR,AVNN,SDNN,rMSSD,pNN50,LF,HF,HRV4T_Recovery_Points"


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("UTC", ["2026-06-01", "2026-06-02"]),
        ("Australia/Sydney", ["2026-06-02", "2026-06-03"]),
        ("America/Los_Angeles", ["2026-06-01", "2026-06-02"]),
    ],
)
def test_the_day_of_an_ios_export_of_hrv4training_is_the_local_one(zone: str, days: list[str]):
    rows = [f"2026-06-0{day} 20:30:00 +0000,48.2,1244.8,70.1,61.5,40.0,0.05,0.04,8.2" for day in (1, 2)]
    read = read_health_export(build_export(IOS_HEADER, rows), zone=ZoneInfo(zone))
    assert (read.source, [str(row.date) for row in read.rows]) == ("hrv4training", days)
    assert read.rows[0].values == {"hrv_rmssd_ms": 61.5, "hrv_sdnn_ms": 70.1, "resting_hr_bpm": 48.2}


def test_an_unreadable_time_of_an_ios_export_names_the_line():
    rows = [f"{time},48.2,1,70.1,61.5,40,0,0,8" for time in ("2026-06-01", "2026-06-02 soon", "junk")]
    read = read_health_export(build_export(IOS_HEADER, rows))
    assert [str(row.date) for row in read.rows] == ["2026-06-01"]
    assert [(row.line, row.message) for row in read.invalid_rows] == [
        (3, "“2026-06-02 soon” is not a date and time"),
        (4, "“junk” is not a date"),
    ]


def test_a_wellness_export_whose_day_is_called_id_is_read():
    header = "id,ctl,atl,rampRate,restingHR,hrv,hrvSDNN,sleepSecs,vo2max"
    read = read_health_export(build_export(header, ["2026-06-01,40.1,50.2,1.0,49,61,,27000,"]))
    assert (read.source, str(read.rows[0].date)) == ("intervals.icu", "2026-06-01")
    assert read.rows[0].values == {"hrv_rmssd_ms": 61.0, "resting_hr_bpm": 49.0, "sleep_s": 27_000.0}


def test_a_single_invalid_date_does_not_change_the_date_order():
    read = read_health_export(build_hrv4training_export(["2017-30-08", "2017-31-08", "2017-08-32"]))
    assert (len(read.rows), [row.line for row in read.invalid_rows]) == (2, [4])


def test_a_row_of_zeros_is_skipped():
    zeros = "2017-13-08,01:00,0.0,0.0,0.0,0.0,0.0,rest,not sick,,"
    read = read_health_export(build_export(HRV4TRAINING, ["", zeros], "\r\n"))
    assert (read.source, read.rows, read.invalid_rows, read.skipped_count) == ("hrv4training", (), (), 1)


def test_a_comma_in_a_note_does_not_shift_the_readings():
    note = "2017-13-08,07:00,50.0,1200.0,60.0,55.0,8.0,rest,sore, and cold,55.0,"
    assert read_health_export(build_export(HRV4TRAINING, [note])).rows[0].values == {
        "hrv_rmssd_ms": 55.0,
        "hrv_sdnn_ms": 60.0,
        "resting_hr_bpm": 50.0,
    }


def test_a_cycle_belongs_to_the_day_of_waking_up_also_without_an_end():
    rows = [
        "2024-06-23 20:24:26,,UTC-04:00,77,16,2024-06-24 05:44:09,504",
        "2024-06-22 00:05:00,2024-06-22 23:00:00,UTC-04:00,70,20,2024-06-22 06:00:00,300",
        "2024-06-21 08:00:00,2024-06-22 00:05:00,UTC-04:00,,,,",
    ]
    read = read_health_export(build_export(WHOOP_CYCLES, rows))
    assert (read.source, read.skipped_count) == ("whoop", 1)
    assert [(str(row.date), row.values) for row in read.rows] == [
        ("2024-06-24", {"hrv_rmssd_ms": 16.0, "resting_hr_bpm": 77.0, "sleep_s": 30_240.0}),
        ("2024-06-22", {"hrv_rmssd_ms": 20.0, "resting_hr_bpm": 70.0, "sleep_s": 18_000.0}),
    ]


def test_a_cycle_without_a_wake_time_is_invalid():
    read = read_health_export(build_export(WHOOP_CYCLES, ["2024-06-23 20:24:26,,UTC-04:00,77,16,,504"]))
    assert read.invalid_rows == (InvalidRow(2, "“” is not a date"),)


def test_a_nap_is_not_the_sleep_of_a_night():
    rows = [
        "2024-06-10 23:00:00,,UTC+01:00,2024-06-11 14:51:00,188,true",
        "2024-06-10 23:00:00,,UTC+01:00,2024-06-11 07:51:21,480,false",
        "2024-06-09 23:00:00,,UTC+01:00,2024-06-10 07:00:22,,false",
    ]
    read = read_health_export(build_export(WHOOP_SLEEPS, rows))
    assert [row.values for row in read.rows] == [{"sleep_s": 28_800.0}]
    assert read.skipped_count == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100,
        b"\xff\xfe\xfa",
        b"date,steps\n2026-01-01,5\n",
        b"PK\x03\x04",
        b'<?xml version="1.0"?>',
        INTERVALS_ICU.encode("utf-16"),
        build_export(INTERVALS_ICU, ['2026-03-05,,52,,,,"never closed,,', "2026-03-04,,52,,,,,,"]),
        build_export(INTERVALS_ICU, ["x" * 200_000]),
    ],
)
def test_data_that_is_not_a_health_export_is_refused(data: bytes):
    with pytest.raises(FileError) as error:
        read_health_export(data, "export.csv")
    assert error.value.code == "UNREADABLE_FILE"
    assert error.value.message.startswith("export.csv isn't a")


def test_a_file_above_the_size_limit_is_refused():
    with pytest.raises(FileError) as error:
        read_health_export(b"\n" * (MAX_FILE_BYTES + 1))
    assert error.value.code == "FILE_TOO_LARGE"


def test_an_export_with_only_a_header_has_no_rows():
    assert read_health_export(INTERVALS_ICU.encode()).rows == ()
    assert read_health_export(HRV4TRAINING.encode()).rows == ()


def test_several_measurements_of_a_day_are_merged_to_their_median():
    day = date(2026, 6, 1)
    rows = [DayRow(2, day, {"hrv_rmssd_ms": 40.0}), DayRow(3, day, {"hrv_rmssd_ms": 90.0, "sleep_s": 7.0})]
    rows += [DayRow(4, day, {"hrv_rmssd_ms": 50.0}), DayRow(5, date(2026, 5, 31), {"hrv_rmssd_ms": 1.0})]
    assert merge_by_day(rows) == [rows[3], DayRow(2, day, {"hrv_rmssd_ms": 50.0, "sleep_s": 7.0})]
