"""Tables of Garmin Connect, Oura and Elite HRV, and the clocks and dates of phones."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.files.errors import FileError
from metrics.health.imports.days import HealthExport
from metrics.health.imports.reading import detect_health_export, read_health_export
from tests.metrics.health.imports.example_exports import build_export

TODAY = date(2026, 6, 10)
SLEEP_HEADER = (
    "Sleep Score 4 Weeks,Score,Resting Heart Rate,Body Battery,Pulse Ox,Respiration,Skin Temp Change,"
    "HRV Status,Quality,Duration,Sleep Need,Bedtime,Wake Time"
)
ELITE_HEADER = (
    "Member,Type,Position,Breathing Pattern,Date Time Start,Date Time End,Duration,HRV,Morning Readiness,"
    "Balance,HRV CV,HR,lnRmssd,Rmssd,Nn50,Pnn50,Sdnn"
)
IOS_HEADER = "timestamp_measurement,HR,AVNN,SDNN,rMSSD,pNN50,LF,HF,HRV4T_Recovery_Points"


def read_values(export: HealthExport) -> list[tuple[str, dict[str, float]]]:
    return [(str(row.date), dict(row.values)) for row in export.rows]


def read_table(header: str, *rows: str, zone: str = "UTC", today: date | None = TODAY) -> HealthExport:
    return read_health_export(build_export(header, rows), zone=ZoneInfo(zone), today=today)


@pytest.mark.parametrize(
    ("header", "first", "second"),
    [
        ("Date,Overnight HRV,Baseline,7d Avg", "Jun 8,54ms,45ms - 61ms,52ms", "Jun 9,--,45ms - 61ms,--"),
        (
            "Datum,HFV über Nacht,Ausgangszustand,7-Tage-Durchschnitt",
            "Juni 8,54 ms,45 - 61,52",
            "Juni 9,--,,",
        ),
        ("Datum;HFV über Nacht;Ausgangszustand", "8. Juni;54,0ms;45 - 61", "9. Juni;--;"),
    ],
)
def test_the_nightly_hrv_of_garmin_connect_is_read(header: str, first: str, second: str):
    read = read_table(header, first, second)
    assert (read.source, read.skipped_count, read.invalid_rows) == ("garmin", 1, ())
    assert read_values(read) == [("2026-06-08", {"hrv_rmssd_ms": 54.0})]


def test_a_day_without_a_year_is_of_the_last_twelve_months():
    rows = ("Dec 24,50ms,,", "Jun 10,51ms,,", "Jun 11,52ms,,", "Feb 29,53ms,,")
    read = read_table("Date,Overnight HRV,Baseline,7d Avg", *rows)
    assert [str(row.date) for row in read.rows] == ["2025-12-24", "2026-06-10", "2025-06-11", "2024-02-29"]


def test_a_day_without_a_year_is_invalid_if_nobody_knows_today():
    read = read_table("Date,Overnight HRV,Baseline,7d Avg", "Dec 24,50ms,,", today=None)
    assert [row.message for row in read.invalid_rows] == ["“Dec 24” has no year"]


@pytest.mark.parametrize(
    "header", [",Resting Heart Rate", "Date,Resting HR,Max HR", "Datum;Ruheherzfrequenz"]
)
def test_the_resting_heart_rate_of_garmin_connect_is_read(header: str):
    delimiter = ";" if ";" in header else ","
    rest = ["", "180"] if "Max" in header else [""]
    rows = [
        delimiter.join([day, bpm, *rest[1:]])
        for day, bpm in (("10/15/2025", "54"), ("10/16/2025", "55 bpm"), ("10/17/2025", "--"))
    ]
    read = read_table(header, *rows)
    assert read_values(read) == [
        ("2025-10-15", {"resting_hr_bpm": 54.0}),
        ("2025-10-16", {"resting_hr_bpm": 55.0}),
    ]


def test_german_days_with_dots_are_day_first():
    read = read_table("Datum,Ruheherzfrequenz", "01.06.2026,48", "02.06.2026,49")
    assert [str(row.date) for row in read.rows] == ["2026-06-01", "2026-06-02"]


def test_the_sleep_of_garmin_connect_is_read_and_its_hrv_column_is_not():
    rows = (
        "2026-06-08,88,53,72,96.18,14.63,+0.3°,34,Good,7h 55min,8h 10min,10:30 PM,6:40 AM",
        "2026-06-09,--,--,--,--,--,--,--,--,--,8h 10min,--,--",
        '"Jun 10, 2026",70,--,60,96,14,+0.1°,35,Fair,6h,8h,11:00 PM,5:10 AM',
    )
    read = read_table(SLEEP_HEADER, *rows)
    assert read_values(read) == [
        ("2026-06-08", {"resting_hr_bpm": 53.0, "sleep_s": 28_500.0}),
        ("2026-06-10", {"sleep_s": 21_600.0}),
    ]


def test_the_german_sleep_table_is_read():
    header = (
        "Sleep Score 4 Wochen,Score,Ruheherzfrequenz,Body Battery,Pulsoximeter,Atmung,"
        "Veränderung der Hauttemperatur,HFV-Status,Qualität,Dauer,Schlafbedürfnis,Schlafenszeit,Aufwachzeit"
    )
    read = read_table(header, "2026-06-08,88,53,72,96,14,+0.3°,34,Gut,7 Std. 5 Min.,8h,22:30,06:40")
    assert read_values(read) == [("2026-06-08", {"resting_hr_bpm": 53.0, "sleep_s": 25_500.0})]


def test_a_title_line_before_the_header_is_skipped():
    read = read_table("Resting heart rate of May", "", "Date,Resting Heart Rate", "2026-05-01,50")
    assert read_values(read) == [("2026-05-01", {"resting_hr_bpm": 50.0})]


def test_a_table_of_weeks_is_no_health_export():
    with pytest.raises(FileError, match="isn't a health export"):
        read_table("Date,Avg Score,Avg Quality,Avg Duration", "Nov 1-7,65,Fair,6h 11min")


@pytest.mark.parametrize("name", ["Total Sleep Duration", "Total Sleep Time"])
def test_the_trends_of_oura_are_read_with_old_and_new_columns(name: str):
    header = f"date,Sleep Score,{name},Average Resting Heart Rate,Lowest Resting Heart Rate,Average HRV"
    read = read_table(header, "2026-06-01,80,27000,52.1,47,61", "2026-06-02,,,,,")
    assert (read.source, read.skipped_count) == ("oura", 1)
    assert read_values(read) == [
        ("2026-06-01", {"hrv_rmssd_ms": 61.0, "resting_hr_bpm": 47.0, "sleep_s": 27_000.0})
    ]


def test_the_longest_sleep_of_an_oura_account_is_the_night():
    header = "id;average_hrv;day;lowest_heart_rate;hrv;total_sleep_duration;type"
    items = '{"interval": 300, "items": [61.0, null, 58.0]}'
    read = read_table(
        header,
        f"a;61;2026-06-01;47;{items};27000;long_sleep",
        f"b;70;2026-06-01;55;{items};10800;long_sleep",
        f"c;80;2026-06-01;58;{items};1800;late_nap",
        "d;;2026-06-02;;;;rest",
    )
    assert (read.source, read.skipped_count, read.invalid_rows) == ("oura", 3, ())
    assert read_values(read) == [
        ("2026-06-01", {"hrv_rmssd_ms": 61.0, "resting_hr_bpm": 47.0, "sleep_s": 27_000.0})
    ]


def test_the_morning_readings_of_elite_hrv_are_read_and_open_ones_are_not():
    rest = "145,61,8,Balanced,7.1"
    read = read_table(
        ELITE_HEADER,
        "Ada,Morning Readiness,Sitting,Natural,2026-06-01 06:50:00,2026-06-01 06:52:25,"
        f"{rest},48.5,4.1,60.3,30,20,70.2",
        "Ada,Open,Sitting,Natural,2026-06-01 20:00:00,2026-06-01 20:10:00,600,61,,,,58,4.2,66,30,20,80",
    )
    assert (read.source, read.skipped_count) == ("elite_hrv", 1)
    assert read_values(read) == [
        ("2026-06-01", {"hrv_rmssd_ms": 60.3, "hrv_sdnn_ms": 70.2, "resting_hr_bpm": 48.5})
    ]


@pytest.mark.parametrize(
    ("times", "zone", "days"),
    [
        (("2026-06-01 07:11:05 AM +0000", "2026-06-02 07:11:05 PM +0000"), "UTC", ["06-01", "06-02"]),
        (
            ("2026-06-01 02:11:05 AM +0000", "2026-06-02 02:11:05 PM +0000"),
            "America/New_York",
            ["05-31", "06-02"],
        ),
        (("2026-06-01 12:30:00 AM +0000", "2026-06-02 12:30:00 PM +0000"), "UTC", ["06-01", "06-02"]),
        (("6/1/26, 7:11 AM", "6/2/26, 7:12 AM"), "UTC", ["06-01", "06-02"]),
        (("6/1/26, 7:11\u202fAM", "6/13/26, 7:12\u202fPM"), "UTC", ["06-01", "06-13"]),
        (("01.06.26, 07:11", "02.06.26, 07:12"), "UTC", ["06-01", "06-02"]),
        (("1/6/26, 7:11 am", "2/6/26, 7:12 am", "13/6/26, 7:12 am"), "UTC", ["06-01", "06-02", "06-13"]),
        (("2026-06-01T07:11:05Z", "2026-06-02T07:11:05+00:00"), "Asia/Tokyo", ["06-01", "06-02"]),
    ],
)
def test_the_clocks_of_phones_are_read(times: tuple[str, ...], zone: str, days: list[str]):
    rows = [f'"{text}",48.2,1244.8,70.1,61.5,40.0,0.05,0.04,8.2' for text in times]
    read = read_table(IOS_HEADER, *rows, zone=zone)
    assert (read.source, read.invalid_rows) == ("hrv4training", ())
    assert [f"{row.date:%m-%d}" for row in read.rows] == days


@pytest.mark.parametrize("text", ["13:05 PM", "0:05 AM", "7:61 AM", "25:00", "7 AM"])
def test_a_clock_that_does_not_exist_names_its_line(text: str):
    read = read_table(IOS_HEADER, f'"2026-06-01 {text}",48.2,1,70.1,61.5,40,0,0,8')
    assert [row.line for row in read.invalid_rows] == [2]


def test_one_ambiguous_day_is_refused():
    with pytest.raises(FileError, match="order of day and month"):
        read_table(IOS_HEADER, '"6/1/26, 7:11 AM",48.2,1,70.1,61.5,40,0,0,8')


@pytest.mark.parametrize(
    ("header", "source"),
    [
        (SLEEP_HEADER, "garmin"),
        (ELITE_HEADER, "elite_hrv"),
        (IOS_HEADER, "hrv4training"),
        ("date,steps", ""),
        ("Date,Resting Heart Rate,Steps,Floors,Calories", ""),
    ],
)
def test_the_header_decides_also_if_the_rest_is_cut(header: str, source: str):
    assert detect_health_export(f'\ufeff{header}\n2026-06-01,"not clo'.encode()) == source


HEADERS = st.sampled_from([SLEEP_HEADER, ELITE_HEADER, IOS_HEADER, ",Resting Heart Rate", "day;type"])


@given(HEADERS, st.lists(st.text(max_size=80), max_size=8), st.binary(max_size=40))
def test_any_table_gives_rows_or_a_file_error(header: str, rows: list[str], tail: bytes):
    data = "\n".join([header, *rows]).encode("utf-8", "ignore") + tail
    detect_health_export(data)
    with suppress(FileError):
        read_health_export(data, today=TODAY)
