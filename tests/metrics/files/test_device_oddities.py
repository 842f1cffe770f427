"""Oddities that real devices write. Each test builds a file with one of them."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from metrics.files.errors import FileError
from metrics.files.fit.checksum import compute_checksum
from metrics.files.fit.container import build_fit_file
from metrics.files.fit.message_writer import ENUM, UINT8, UINT32
from metrics.files.read import read_recordings
from metrics.files.sports import parse_sport
from metrics.files.xml.writer import encode_fit, encode_tcx
from metrics.recording import Recording
from tests.metrics.files.damaged_files import build_fit_definition, compute_bytewise_checksum
from tests.metrics.files.example_recordings import MORNING, build_paused_run, build_ride, build_run

START = 1_150_000_000  # FIT seconds
FILE_ID = build_fit_definition(0, (0, 1, ENUM)) + b"\0\4"
SESSION = build_fit_definition(
    18, (2, 4, UINT32), (5, 1, ENUM), (7, 4, UINT32), (8, 4, UINT32), (9, 4, UINT32)
)
RECORD = build_fit_definition(20, (253, 4, UINT32), (3, 1, UINT8), (5, 4, UINT32))


def encode_session(start: int, sport: int, seconds: int, metres: int = 0) -> bytes:
    return SESSION + struct.pack("<BIBIII", 0, start, sport, 1000 * seconds, 1000 * seconds, 100 * metres)


def encode_records(*rows: tuple[int, int, int]) -> bytes:
    """Rows are (second, heart rate, metres)."""
    return RECORD + b"".join(
        struct.pack("<BIBI", 0, second, bpm, 100 * metres) for second, bpm, metres in rows
    )


def read_one(data: bytes) -> Recording:
    (recording,) = read_recordings(data)
    return recording


def test_a_heart_rate_of_zero_is_a_missing_reading():
    rows = [(START + second, 0 if second % 2 else 140, second) for second in range(60)]
    recording = read_one(build_fit_file(FILE_ID + encode_records(*rows) + encode_session(START, 1, 60)))
    assert recording.totals.avg_hr_bpm == 140
    assert np.isnan(recording.samples.heart_rate_bpm[1::2]).all()


def test_a_session_without_a_distance_gets_it_from_its_records():
    rows = [(START + second, 140, 3 * second) for second in range(61)]
    recording = read_one(build_fit_file(FILE_ID + encode_records(*rows) + encode_session(START, 1, 60)))
    assert recording.totals.distance_m == 180


def test_a_multisport_file_gives_an_activity_for_each_sport_and_transition():
    rows = [(START + second, 140, 3 * second) for second in range(181)]
    sessions = (
        encode_session(START, 2, 60, 180)
        + encode_session(START + 60, 3, 60, 180)
        + encode_session(START + 120, 1, 60, 183)
    )
    ride, transition, run = read_recordings(build_fit_file(FILE_ID + encode_records(*rows) + sessions))
    assert [recording.sport for recording in (ride, transition, run)] == ["bike", "workout", "run"]
    assert transition.sub_sport == "transition"
    assert [len(recording.samples) for recording in (ride, transition, run)] == [60, 60, 61]
    assert run.samples.distance_m[0] == 0


def test_a_record_dated_decades_later_and_a_step_back_in_time_are_dropped():
    rows = [(START + second, 140, second) for second in (0, 1, 2, 1, 3)]
    rows[2:2] = [(START + 1_892_160_000, 140, 2)]
    recording = read_one(build_fit_file(FILE_ID + encode_records(*rows) + encode_session(START, 1, 3)))
    assert recording.samples.time_s.tolist() == [0, 1, 2, 3]


def test_a_clock_jump_of_days_is_removed():
    rows = [(START + second + (1_700_000 if second > 30 else 0), 140, second) for second in range(61)]
    recording = read_one(build_fit_file(FILE_ID + encode_records(*rows) + encode_session(START, 1, 60)))
    assert recording.warnings == ("clock_jump",)
    assert len(recording.samples) == 61
    assert recording.samples.time_s[-1] == pytest.approx(60, abs=1)


def encode_activity(utc: int, local: int) -> bytes:
    return build_fit_definition(34, (253, 4, UINT32), (5, 4, UINT32)) + struct.pack("<BII", 0, utc, local)


def test_a_device_without_a_date_takes_it_from_the_local_time():
    rows = [(5_000 + second, 140, second) for second in range(61)]
    body = FILE_ID + encode_records(*rows) + encode_session(5_000, 1, 60) + encode_activity(5_060, START)
    recording = read_one(build_fit_file(body))
    assert recording.warnings == ("device_clock",)
    assert recording.started_at == datetime.fromtimestamp(631_065_600 + START - 60, UTC)
    assert recording.utc_offset_min is None


def test_a_device_without_a_date_and_a_local_time_is_refused_with_no_time():
    rows = [(5_000 + second, 140, second) for second in range(61)]
    with pytest.raises(FileError) as error:
        read_recordings(build_fit_file(FILE_ID + encode_records(*rows) + encode_session(5_000, 1, 60)))
    assert error.value.code == "NO_TIME"


@pytest.mark.parametrize(
    ("shift_s", "offset_min"),
    [(7_200, 120), (-12_600, -210), (7_190, 120), (500, None), (-600_000, None), (0, None), (60, None)],
)
def test_a_utc_offset_is_rounded_to_a_quarter_hour_and_must_be_possible(shift_s, offset_min):
    rows = [(START + second, 140, second) for second in range(61)]
    body = (
        FILE_ID
        + encode_records(*rows)
        + encode_session(START, 1, 60)
        + encode_activity(START, START + shift_s)
    )
    assert read_one(build_fit_file(body)).utc_offset_min == offset_min


def test_a_fit_file_without_a_session_message_gets_totals_from_its_records():
    recording = read_one(
        build_fit_file(FILE_ID + encode_records(*[(START + second, 140, 3 * second) for second in range(61)]))
    )
    assert (recording.sport, recording.totals.duration_s, recording.totals.distance_m) == ("workout", 60, 180)


def test_a_fit_file_with_laps_only_gives_an_activity_of_its_laps():
    lap = build_fit_definition(
        19, (2, 4, UINT32), (7, 4, UINT32), (8, 4, UINT32), (9, 4, UINT32), (15, 1, UINT8), (25, 1, ENUM)
    )
    laps = b"".join(
        lap + struct.pack("<BIIIIBB", 0, START + 300 * number, 300_000, 290_000, 100_000, 150 + number, 1)
        for number in range(3)
    )
    session = build_fit_definition(18, (2, 4, UINT32), (5, 1, ENUM)) + struct.pack("<BIB", 0, START, 1)
    for body in (laps, laps + session):
        recording = read_one(build_fit_file(FILE_ID + body))
        assert (recording.sport, len(recording.laps), len(recording.samples)) == ("run", 3, 0)
        assert (recording.totals.duration_s, recording.totals.elapsed_s) == (870, 900)
        assert (recording.totals.distance_m, recording.totals.avg_hr_bpm) == (3_000, 151)


def test_the_packed_distance_of_a_foot_pod_becomes_cumulative():
    speed, packed = 300, build_fit_definition(20, (253, 4, UINT32), (8, 3, 0x0D))
    values = [speed | (48 * second % 4096) << 12 for second in range(121)]
    rows = b"".join(
        struct.pack("<BI", 0, START + second) + value.to_bytes(3, "little")
        for second, value in enumerate(values)
    )
    recording = read_one(build_fit_file(FILE_ID + packed + rows + encode_session(START, 1, 120)))
    assert recording.totals.distance_m == 360
    assert set(recording.samples.speed_mps.tolist()) == {3.0}


def test_beats_sent_after_the_activity_are_matched_to_their_seconds():
    base = build_fit_definition(132, (253, 4, UINT32), (9, 4, UINT32), (6, 1, UINT8))
    full = base + struct.pack("<BIIB", 0, START, 50 * 1024, 120)
    bits = sum(((50 + beat) * 1024 % 4096) << (12 * (beat - 1)) for beat in range(1, 9))
    packed = (
        build_fit_definition(132, (10, 12, 0x0D), (6, 8, UINT8))
        + b"\0"
        + bits.to_bytes(12, "little")
        + bytes([130] * 8)
    )
    rows = encode_records(*[(START + second, 0, second) for second in range(9)])
    recording = read_one(
        build_fit_file(FILE_ID + rows + encode_session(START, 5, 9)) + build_fit_file(full + packed)
    )
    assert recording.samples.heart_rate_bpm.tolist() == [120] + [130] * 8


def test_cadence_counts_both_feet_on_foot_and_revolutions_on_a_bike():
    assert read_one(encode_fit(build_run())).samples.cadence_spm.mean() == 170
    assert read_one(encode_fit(build_ride())).samples.cadence_spm.mean() == 90


def test_a_cadence_that_already_counts_both_feet_is_not_doubled():
    doubled = encode_tcx(build_run()).replace(b"RunCadence>85<", b"RunCadence>170<")
    assert read_one(doubled).totals.avg_cadence_spm == 170


def test_the_time_stated_by_a_lap_is_used_instead_of_its_track():
    stated = encode_tcx(build_run()).replace(b"<TotalTimeSeconds>600.000", b"<TotalTimeSeconds>900.000")
    recording = read_one(stated)
    assert (recording.totals.duration_s, recording.totals.elapsed_s) == (900, 900)


def test_a_distance_continued_from_an_earlier_activity_starts_at_zero():
    tcx = encode_tcx(build_run())
    for metres in range(1800, -1, -3):
        tcx = tcx.replace(
            b"<DistanceMeters>%d.00</DistanceMeters><H" % metres,
            b"<DistanceMeters>%d.00</DistanceMeters><H" % (metres + 42_000),
        )
    recording = read_one(tcx)
    assert recording.totals.distance_m == 1_800
    assert (recording.samples.distance_m[0], recording.samples.distance_m[-1]) == (0, 1_800)


def test_a_pause_counts_in_elapsed_time_only_and_has_no_samples():
    recording = read_one(encode_fit(build_paused_run()))
    assert (recording.totals.duration_s, recording.totals.elapsed_s) == (480, 600)
    assert not ((recording.samples.time_s > 180) & (recording.samples.time_s < 300)).any()


def test_a_gpx_file_with_two_tracks_gives_two_activities():
    def track(kind: str, hour: int) -> str:
        points = "".join(
            f"<trkpt lat='1.{minute:02d}' lon='2'>"
            f"<time>2026-01-01T{hour:02d}:{minute:02d}:00+01:00</time></trkpt>"
            for minute in range(10)
        )
        return f"<trk><name>{kind}</name><type>{kind}</type><trkseg>{points}</trkseg></trk>"

    walk, hike = read_recordings(f"<gpx>{track('Walking', 8)}{track('hiking', 20)}</gpx>".encode())
    assert (walk.sport, walk.name, hike.sport) == ("walk", "Walking", "hike")
    assert walk.started_at == datetime(2026, 1, 1, 7, tzinfo=UTC)
    assert walk.utc_offset_min is None


def test_the_gap_between_two_segments_adds_no_distance():
    def segment(latitude: int, minute: int) -> str:
        points = "".join(
            f"<trkpt lat='{latitude}.000{second}' lon='0'>"
            f"<time>2026-01-01T08:{minute:02d}:0{second}Z</time></trkpt>"
            for second in range(10)
        )
        return f"<trkseg>{points}</trkseg>"

    recording = read_one(f"<gpx><trk>{segment(10, 0)}{segment(20, 30)}</trk></gpx>".encode())
    assert recording.totals.distance_m == pytest.approx(2 * 9 * 11.12, rel=0.01)
    assert (recording.totals.duration_s, len(recording.pauses)) == (18, 1)


@pytest.mark.parametrize(
    ("name", "sport"),
    [
        ("Running", "run"),
        ("trail_running", "run"),
        ("9", "run"),
        ("Biking", "bike"),
        ("VirtualRide", "bike"),
        ("1", "bike"),
        ("lap_swimming", "swim"),
        ("Hiking", "hike"),
        ("walking", "walk"),
        ("Other", "workout"),
        ("", "workout"),
        ("yoga", "workout"),
    ],
)
def test_sport_names_of_devices_and_apps_are_recognized(name, sport):
    assert parse_sport(name) == sport


@pytest.mark.parametrize("size", [0, 1, 2, 13, 4_095, 4_096, 4_097, 20_001])
def test_the_checksum_equals_the_bytewise_checksum(size):
    data = np.random.default_rng(size).bytes(size)
    assert compute_checksum(data) == compute_bytewise_checksum(data)
    assert compute_checksum(data + struct.pack("<H", compute_checksum(data))) == 0


def test_impossible_positions_and_readings_are_missing():
    odd = build_run(60).samples
    odd.latitude_deg[10], odd.longitude_deg[10] = 0.0, 0.0
    odd.altitude_m[20], odd.speed_mps[30] = 20_000.0, 200.0
    samples = read_one(encode_fit(replace(build_run(60), samples=odd))).samples
    assert np.isnan([samples.latitude_deg[10], samples.altitude_m[20], samples.speed_mps[30]]).all()
    assert read_one(encode_fit(build_run(60))).started_at == MORNING
