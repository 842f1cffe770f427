"""Numbers and times that XML files write in other ways, and points without a time of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.files.errors import FileError
from metrics.files.read import read_recordings
from metrics.files.xml.text import parse_decimal, parse_instant
from tests.metrics.files.built_files import (
    STARTED_AT,
    build_gpx,
    build_gpx_of_segments,
    build_tcx,
    build_tcx_lap,
    build_tcx_point,
    format_time,
    read_one,
)

NORTH = [(3.0 * second, 0.0) for second in range(601)]


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-09T06:00:00Z",
        "2026-06-09T06:00:00ZZ",
        "2026-06-09t06:00:00z",
        " 2026-06-09T06:00:00 Z ",
        "2026-06-09 06:00:00 UTC",
        "2026-06-09T06:00:00GMT",
        "2026-06-09T06:00",
        "2026-6-9 6:00:00",
        "2026/06/09 06:00:00",
        "2026-06-09T06:00:00.000+0000",
        "2026-06-09T06:00:00+00:00Z",
        "2026-06-09T08:00:00+02:00",
        "2026-06-09 01:00:00 UTC-05:00",
        "2026-06-09T05:59:60Z",
    ],
)
def test_a_time_is_read_where_its_meaning_is_certain(text: str):
    assert parse_instant(text) == datetime(2026, 6, 9, 6, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "09/06/2026 06:00:00",
        "2026-06-09T06:00:00 CET",
        "2026-06-09T06:00:00+02:00Z",
        "06:00:00",
        "junk",
        "2026-13-01T00:00:00",
    ],
)
def test_a_time_without_a_certain_meaning_is_not_read(text: str):
    assert isnan(parse_instant(text))


@settings(max_examples=50, deadline=None)
@given(
    st.integers(0, 4_102_444_799).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.sampled_from(["ZZ", " UTC", "z", " GMT", " Z"]),
    st.sampled_from(["%Y-%m-%dt%H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d  %H:%M:%S", "%Y-%m-%dT%H:%M:%S,5"]),
)
def test_loose_times_are_the_same_instants_as_strict_ones(moment: datetime, zone: str, written: str):
    fraction = 0.5 if written.endswith(",5") else 0.0
    assert parse_instant(moment.strftime(written) + zone) == moment.timestamp() + fraction


@pytest.mark.parametrize(
    ("text", "number"), [("1.5", 1.5), ("1,5", 1.5), (" -10,25 ", -10.25), ("1e3", 1000)]
)
def test_a_number_with_a_comma_is_a_decimal(text: str, number: float):
    assert parse_decimal(text) == number


@pytest.mark.parametrize("text", ["", "1,234.5", "1.234,5", "1,2,3", "1_000", "about 9", "inf", "９"])
def test_other_texts_are_no_numbers(text: str):
    assert isnan(parse_decimal(text))


def test_positions_with_decimal_commas_have_a_distance():
    plain = build_gpx([(place, format_time(second)) for second, place in enumerate(NORTH)])
    commas = plain.replace(b"lat='10.", b"lat='10,").replace(b"lon='20.", b"lon='20,")
    recording = read_one(commas)
    assert (recording.warnings, round(recording.totals.distance_m or 0)) == ((), 1_800)


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        (b"lat='10.00", b"lat='N10.00", "unreadable_positions"),
        (b"06:05:00Z", b"six o'clock", "unreadable_times"),
        (b"<ele>100<", b"<ele>a hundred<", "unreadable_readings"),
    ],
)
def test_a_text_that_cannot_be_read_gives_a_warning(old: bytes, new: bytes, warning: str):
    points = [(place, format_time(second)) for second, place in enumerate(NORTH)]
    recording = read_one(build_gpx(points, extra="<ele>100</ele>").replace(old, new))
    assert recording.warnings == (warning,)


@pytest.mark.parametrize("text", ["", "NaN", "--", "null"])
def test_a_word_for_no_reading_gives_no_warning(text: str):
    points = [(place, format_time(second)) for second, place in enumerate(NORTH)]
    assert read_one(build_gpx(points, extra=f"<hr>{text}</hr>")).warnings == ()


def test_the_refusal_of_unreadable_times_names_one():
    with pytest.raises(FileError) as error:
        read_recordings(build_gpx([(place, "09/06/2026 06:00") for place in NORTH]))
    assert error.value.code == "NO_TIME"
    assert "“09/06/2026 06:00”" in error.value.message


@pytest.mark.parametrize("blanks", [b" " * 10, b"\r\n\t ", b"\xef\xbb\xbf  "])
def test_blanks_before_the_xml_declaration_are_no_damage(blanks: bytes):
    track = "".join(build_tcx_point(second, 3 * second) for second in range(60))
    declared = b'<?xml version="1.0" encoding="UTF-8"?>' + build_tcx(build_tcx_lap(0, track))
    assert read_one(blanks + declared).warnings == ()


def test_times_of_tcx_points_with_two_zone_letters_are_read():
    track = "".join(build_tcx_point(second, 3 * second, format_time(second) + "Z") for second in range(301))
    recording = read_one(build_tcx(build_tcx_lap(0, track)))
    assert (recording.started_at, recording.totals.distance_m) == (STARTED_AT, 900)


@pytest.mark.parametrize("every", [8, 60, 600])
def test_points_between_timed_ones_count_with_their_way(every: int):
    zigzag = [(3.0 * second, 20.0 * (second // 30 % 2)) for second in range(601)]
    timed = [format_time(second) if second % every == 0 else None for second in range(601)]
    recording = read_one(build_gpx(list(zip(zigzag, timed, strict=True))))
    way = sum(np.hypot(*np.diff(np.array(zigzag), axis=0).T))
    assert recording.totals.distance_m == pytest.approx(way, rel=0.01)
    assert (len(recording.samples), round(recording.totals.duration_s)) == (601, 600)


@pytest.mark.parametrize("seconds", [range(301), range(300, 601), range(100, 500)], ids=str)
def test_untimed_points_before_and_after_the_timed_ones_have_the_mean_speed(seconds: range):
    timed = [format_time(second) if second in seconds else None for second in range(601)]
    recording = read_one(build_gpx(list(zip(NORTH, timed, strict=True))))
    assert abs((recording.started_at - STARTED_AT).total_seconds()) < 1
    assert recording.totals.duration_s == pytest.approx(600, abs=1)
    assert recording.totals.distance_m == pytest.approx(1_800, abs=3)


def test_untimed_points_between_two_segments_get_no_time():
    first = [(place, format_time(second)) for second, place in enumerate(NORTH[:100])]
    second = [(NORTH[100], None), *((NORTH[row], format_time(row + 500)) for row in range(101, 200))]
    assert len(read_one(build_gpx_of_segments([first, second])).samples) == 199


def test_points_with_times_to_the_minute_are_spread():
    minutes = [format_time(second - second % 60) for second in range(601)]
    recording = read_one(build_gpx(list(zip(NORTH, minutes, strict=True))))
    assert recording.totals.duration_s == pytest.approx(600, abs=1)
    assert recording.totals.distance_m == pytest.approx(1_800, rel=0.01)
    speed_mps = np.diff(recording.samples.distance_m) / np.diff(recording.samples.time_s)
    assert speed_mps == pytest.approx(np.full(600, 3.0), rel=0.02)


def test_tcx_points_without_a_position_and_with_times_to_the_minute_are_spread():
    track = "".join(
        build_tcx_point(second, 3 * second, format_time(second - second % 60)) for second in range(601)
    )
    recording = read_one(build_tcx(build_tcx_lap(0, track)))
    assert recording.totals.distance_m == 1_800
    assert np.diff(recording.samples.distance_m) == pytest.approx(np.full(600, 3.0))
    assert np.diff(recording.samples.time_s) == pytest.approx(np.full(600, 1.0), rel=0.02)


def test_two_points_of_one_second_stay_one_sample():
    points = [(place, format_time(second)) for second, place in enumerate(NORTH)]
    points.insert(300, points[300])
    assert len(read_one(build_gpx(points)).samples) == 601


def test_a_tcx_activity_without_points_is_made_of_its_laps():
    laps = [
        build_tcx_lap(300 * lap, TotalTimeSeconds="290,5", DistanceMeters=1_000, Calories=70)
        for lap in range(3)
    ]
    recording = read_one(build_tcx(*laps))
    assert recording.started_at == STARTED_AT
    assert (recording.totals.duration_s, recording.totals.elapsed_s) == (871.5, 890.5)
    assert (recording.totals.distance_m, recording.totals.calories_kcal) == (3_000, 210)
    assert [lap.start_s for lap in recording.laps] == [0, 300, 600]
