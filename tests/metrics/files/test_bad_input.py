"""Any input gives recordings or a FileError that says why."""

from __future__ import annotations

import gzip
import itertools
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.files.errors import FileError
from metrics.files.fit.container import build_fit_file
from metrics.files.read import read_recordings
from metrics.files.xml.writer import encode_fit, encode_gpx, encode_tcx
from metrics.recording import Recording
from tests.metrics.files.damaged_files import (
    build_fit_definition,
    build_fit_of_type,
    build_fit_with_empty_fields,
    build_fit_with_unknown_base_type,
    build_gzip_bomb,
    build_zip,
)
from tests.metrics.files.example_recordings import build_paused_run, build_run
from tests.support.paths import ROOT

CODES = {"UNREADABLE_FILE", "NOT_AN_ACTIVITY", "NO_TIME", "PARTIAL_RECORDING", "FILE_TOO_LARGE"}
WRITERS = (encode_fit, encode_gpx, encode_tcx)
SMALL = {write.__name__: write(build_run(20)) for write in WRITERS} | {
    "fit_with_laps": encode_fit(build_paused_run())
}
UTF_8 = b'<?xml version="1.0" encoding="UTF-8"?>'


def read_error_code(data: bytes) -> str:
    with pytest.raises(FileError) as error:
        read_recordings(data, "a file")
    assert error.value.message
    return error.value.code


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\0" * 5_000,
        b"hello",
        b"<",
        b"<gpx",
        b"<html><body>Not found</body></html>",
        b"\x1f\x8b",
        gzip.compress(b""),
        gzip.compress(gzip.compress(encode_gpx(build_run(20)))),
        b"\x0e\x20\x00\x00\xff\xff\xff\xff.FIT\x00\x00",
        b"\x00" * 8 + b".FIT",
        bytes(range(256)) * 40,
        "<gpx/>".encode("utf-32"),
        build_zip(run__fit=encode_fit(build_run(20))),
        build_fit_with_unknown_base_type(),
    ],
    ids=itertools.count(),  # gzip stores the time, but every worker must give the tests the same names
)
def test_data_that_is_not_a_recording_is_refused(data):
    assert read_error_code(data) in {"UNREADABLE_FILE", "NOT_AN_ACTIVITY"}


def test_a_text_file_named_fit_gets_an_error_that_names_the_formats():
    with pytest.raises(FileError, match=r"^run\.fit isn't a FIT, GPX or TCX file\.$") as error:
        read_recordings(b"hello", "run.fit")
    assert error.value.code == "UNREADABLE_FILE"


def test_a_zip_named_fit_gets_an_error_that_says_it_is_a_zip():
    with pytest.raises(FileError, match=r"run\.fit is a ZIP") as error:
        read_recordings(build_zip(run__fit=encode_fit(build_run(20))), "run.fit")
    assert error.value.code == "UNREADABLE_FILE"


@pytest.mark.parametrize("kind", [2, 3, 5, 6, 9, 15, 32], ids=str)
def test_fit_files_of_settings_workouts_courses_and_weights_are_not_activities(kind):
    assert read_error_code(build_fit_of_type(kind)) == "NOT_AN_ACTIVITY"


@pytest.mark.parametrize(
    "data",
    [
        b"<gpx/>",
        b"<gpx><rte><rtept lat='1' lon='2'/></rte></gpx>",
        b"<gpx><wpt lat='1' lon='2'><time>2026-01-01T00:00:00Z</time></wpt></gpx>",
        b"<gpx><trk><trkseg/></trk></gpx>",
        b"<TrainingCenterDatabase><Courses><Course/></Courses></TrainingCenterDatabase>",
        (
            b"<gpx><trk><trkseg><trkpt lat='1' lon='2'>"
            b"<time>2026-01-01T00:00:00Z</time></trkpt></trkseg></trk></gpx>"
        ),
    ],
    ids=["empty", "route", "waypoint", "no points", "course", "one point"],
)
def test_xml_without_a_recorded_track_is_not_an_activity(data):
    assert read_error_code(data) == "NOT_AN_ACTIVITY"


@pytest.mark.parametrize(
    "moment", ["", "yesterday", "1e18", "nan", "253402300800", "0001-01-01T00:00:00+23:59", "9999-99-99"]
)
def test_a_gpx_file_without_readable_times_is_refused_with_no_time(moment):
    point = f"<trkpt lat='1' lon='2'><time>{moment}</time></trkpt>"
    assert read_error_code(f"<gpx><trk><trkseg>{point * 3}</trkseg></trk></gpx>".encode()) == "NO_TIME"


@pytest.mark.parametrize(
    "number", ["nan", "inf", "-inf", "1e400", "1_000", "１２", "9" * 400, "", "\N{BULLET}"]
)
def test_a_reading_that_is_not_a_finite_number_is_missing(number):
    points = "".join(
        f"<trkpt lat='1.000{second}' lon='2'><ele>{number}</ele><time>2026-01-01T00:00:0{second}Z</time>"
        f"<extensions><hr>{number}</hr></extensions></trkpt>"
        for second in range(5)
    )
    (recording,) = read_recordings(f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode())
    assert not recording.samples.has("altitude_m")
    assert not recording.samples.has("heart_rate_bpm")


@pytest.mark.parametrize(
    "data",
    [
        UTF_8 + b'<!DOCTYPE gpx SYSTEM "http://127.0.0.1:9/x.dtd"><gpx/>',
        UTF_8
        + b'<!DOCTYPE gpx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><gpx><trk><name>&b;</name></trk></gpx>',
        UTF_8
        + b'<!DOCTYPE gpx [<!ENTITY f SYSTEM "file:///etc/passwd">]><gpx><trk><name>&f;</name></trk></gpx>',
        '<!DOCTYPE gpx [<!ENTITY a "a">]><gpx/>'.encode("utf-16"),
        b"<!DOCTYPE TrainingCenterDatabase []><TrainingCenterDatabase/>",
    ],
    ids=["external DTD", "entity expansion", "file entity", "UTF-16", "TCX"],
)
def test_xml_with_a_document_type_definition_is_refused(data):
    assert read_error_code(data) == "UNREADABLE_FILE"


def test_deep_nesting_is_refused():
    assert read_error_code(b"<gpx>" + b"<a>" * 100_000) == "UNREADABLE_FILE"


def test_a_very_long_tag_is_refused():
    attributes = b" ".join(b'a%d=""' % number for number in range(300_000))
    assert read_error_code(b"<gpx " + attributes + b"/>") == "UNREADABLE_FILE"


def test_a_nul_byte_in_a_number_loses_no_sample():
    (recording,) = read_recordings(encode_gpx(build_run(20)).replace(b"<ele>100.0", b"<ele>\x00100.0"))
    assert recording.warnings == ("damaged_file",)
    assert len(recording.samples) == 21


def test_a_file_above_25_mb_is_refused():
    assert read_error_code(bytes(25_000_001)) == "FILE_TOO_LARGE"


@pytest.mark.parametrize("inflated_bytes", [20_000_000, 400_000_000])
def test_a_gzip_bomb_is_refused_within_two_seconds(inflated_bytes):
    bomb, before = build_gzip_bomb(inflated_bytes), time.perf_counter()
    assert read_error_code(bomb) == "FILE_TOO_LARGE"
    assert time.perf_counter() - before < 2


def test_a_long_repetitive_file_is_not_taken_for_a_bomb():
    (recording,) = read_recordings(gzip.compress(encode_tcx(build_run(7_200)), 9))
    assert recording.totals.duration_s == 7_200


def test_a_fit_file_with_empty_fields_is_refused_within_two_seconds():
    before = time.perf_counter()
    assert read_error_code(build_fit_with_empty_fields(1_000_000)) == "UNREADABLE_FILE"
    assert time.perf_counter() - before < 2


@pytest.mark.parametrize("name", SMALL)
def test_a_file_cut_at_any_byte_is_read_or_refused(name):
    data = SMALL[name]
    for end in range(0, len(data), 1 + len(data) // 1_500):
        assert_read_or_refused(data[:end])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(SMALL)),
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=8),
    cut=st.floats(0, 1),
    has_valid_checksum=st.booleans(),
)
def test_a_file_with_flipped_bits_is_read_or_refused(name, flips, cut, has_valid_checksum):
    flipped = bytearray(SMALL[name])
    for place, bits in flips:
        flipped[place % len(flipped)] ^= bits
    data = bytes(flipped[: max(1, int(len(flipped) * (1 - cut**4)))])
    if has_valid_checksum and name.startswith("fit"):
        data = build_fit_file(data[12:-2])  # a valid checksum must not hide the damage
    assert_read_or_refused(data)


@settings(max_examples=200, deadline=None)
@given(
    data=st.binary(max_size=400), head=st.sampled_from([b"", b"\x1f\x8b\x08\0", b"<gpx>", b"PK\3\4", b"fit"])
)
def test_random_bytes_are_read_or_refused(data, head):
    assert_read_or_refused(build_fit_file(data) if head == b"fit" else head + data)


def assert_read_or_refused(data: bytes) -> None:
    for accept_partial in (False, True):
        result = read_recordings_or_error(data, accept_partial)
        if isinstance(result, FileError):
            assert result.code in CODES
            assert (result.readable is not None) == (result.code == "PARTIAL_RECORDING")
            continue
        assert result
        for recording in result:
            assert recording.totals.elapsed_s >= recording.totals.duration_s > 0
            assert (recording.samples.time_s >= 0).all()
            assert (np.diff(recording.samples.time_s) > 0).all()


def read_recordings_or_error(data: bytes, accept_partial: bool) -> tuple[Recording, ...] | FileError:
    try:
        return read_recordings(data, accept_partial=accept_partial)
    except FileError as error:
        return error


def iterate_gpx_points(count: int) -> Iterator[bytes]:
    for second in range(count):
        yield b"<trkpt><time>%s</time></trkpt>" % str(np.datetime64(second, "s")).encode()


HEAVY = {
    "record per byte": lambda: build_fit_file(build_fit_definition(20, (3, 1, 2)) + b"\0\x64" * 12_000_000),
    "definitions": lambda: build_fit_file(build_fit_definition(20) * 4_000_000),
    "events": lambda: build_fit_file(build_fit_definition(21, (253, 4, 0x86)) + b"\0\0\0\0\x40" * 4_900_000),
    "chain": lambda: SMALL["encode_fit"] * (24_000_000 // len(SMALL["encode_fit"])),
    "six days": lambda: encode_fit(build_run(490_000)),
    "points": lambda: b"<gpx><trk><trkseg>%s</trkseg></trk></gpx>" % b"".join(iterate_gpx_points(490_000)),
    "names": lambda: b"<gpx>%s</gpx>" % b"".join(b"<a%x/>" % number for number in range(2_400_000)),
    "attributes": lambda: b"<gpx>%s</gpx>" % b"".join(b'<a b%x=""/>' % number for number in range(1_700_000)),
}
MEASURING_SCRIPT = r"""
import re, sys, time
from metrics.files.read import read_recordings
from metrics.files.errors import FileError
with open(sys.argv[1], "rb") as file:
    data = file.read()
before = time.process_time()
try:
    read_recordings(data)
except FileError:
    pass
print(time.process_time() - before, re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())[1])
"""


@pytest.mark.parametrize("name", HEAVY)
def test_no_file_takes_more_than_8_seconds_and_300_mb(name, tmp_path):
    file = tmp_path / "heavy"
    file.write_bytes(HEAVY[name]())
    process = subprocess.run(
        [sys.executable, "-c", MEASURING_SCRIPT, file], cwd=ROOT, capture_output=True, text=True, check=True
    )
    seconds, peak_kb = map(float, process.stdout.split())
    assert seconds <= 8
    assert peak_kb <= 300_000


def build_tcx_of_two_laps(seconds: str, metres: str = "100", heart_rate: str = "") -> bytes:
    point = "<Trackpoint><Time>2026-01-01T00:0{}:00Z</Time><DistanceMeters>{}</DistanceMeters></Trackpoint>"
    beats = f"<AverageHeartRateBpm><Value>{heart_rate}</Value></AverageHeartRateBpm>" if heart_rate else ""
    lap = (
        f'<Lap StartTime="2026-01-01T00:00:00Z"><TotalTimeSeconds>{seconds}</TotalTimeSeconds>'
        f"<DistanceMeters>{metres}</DistanceMeters>{beats}"
        f"<Track>{point.format(0, 0)}{point.format(1, 100)}</Track></Lap>"
    )
    activity = f'<Activity Sport="Running"><Id>2026-01-01T00:00:00Z</Id>{lap * 2}</Activity>'
    return f"<TrainingCenterDatabase><Activities>{activity}</Activities></TrainingCenterDatabase>".encode()


@pytest.mark.parametrize(
    "claims",
    [("1.5e308",), ("1e300",), ("86400000",), ("1.5e308", "100", "140"), ("30", "1e7"), ("30", "1.7e308")],
    ids=str,
)
def test_impossible_totals_are_replaced_by_totals_counted_from_samples(claims):
    (recording,) = read_recordings(build_tcx_of_two_laps(*claims))
    assert "implausible_totals" in recording.warnings
    assert 0 < recording.totals.duration_s <= 120
    assert recording.totals.distance_m == 100 or claims[0] != "30"
    numbers = [value for value in asdict(recording.totals).values() if value is not None]
    assert all(math.isfinite(value) for value in numbers)
