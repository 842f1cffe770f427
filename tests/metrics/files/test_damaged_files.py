"""A damaged file with a complete activity is read. The error for an incomplete one has its numbers."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace

import pytest

from metrics.files.errors import FileError, ReadablePart
from metrics.files.read import read_recordings
from metrics.files.xml.writer import encode_fit, encode_gpx, encode_tcx
from tests.metrics.files.damaged_files import build_fit_with_header_checksum
from tests.metrics.files.example_recordings import build_run, build_run_with_laps


def read_partial_error(data: bytes) -> ReadablePart:
    with pytest.raises(FileError) as error:
        read_recordings(data)
    assert error.value.code == "PARTIAL_RECORDING"
    readable = error.value.readable
    assert readable is not None
    numbers = (str(readable.records), f"{readable.seconds:.0f}", f"{readable.metres:.0f}")
    assert tuple(re.findall(r"\d+", error.value.message)) == numbers
    return readable


@pytest.mark.parametrize("write", [encode_fit, encode_gpx, encode_tcx])
def test_the_error_for_half_a_file_says_how_much_is_readable(write):
    data = write(build_run(600))
    readable = read_partial_error(data[: len(data) // 2])
    assert 250 < readable.records < 350
    assert readable.seconds == readable.records - 1
    assert readable.metres == pytest.approx(3 * readable.seconds, rel=0.001)


@pytest.mark.parametrize("write", [encode_fit, encode_gpx, encode_tcx])
def test_half_a_file_is_accepted_with_accept_partial(write):
    half_file = write(build_run(600))[: len(write(build_run(600))) // 2]
    (recording,) = read_recordings(half_file, accept_partial=True)
    assert recording.warnings == ("partial_recording",)
    assert recording.totals.duration_s == read_partial_error(half_file).seconds
    assert recording.totals.distance_m == pytest.approx(read_partial_error(half_file).metres)


def test_a_fit_file_without_its_checksum_is_read_with_a_warning():
    (recording,) = read_recordings(encode_fit(build_run())[:-2])
    assert recording.warnings == ("damaged_file",)
    assert recording.totals.duration_s == 600


def test_a_wrong_fit_checksum_gives_a_warning():
    data = encode_fit(build_run())
    (recording,) = read_recordings(data[:-1] + bytes([data[-1] ^ 1]))
    assert recording.warnings == ("damaged_file",)


@pytest.mark.parametrize("header_checksum", [0, 0x1234])
def test_a_fit_file_with_any_header_checksum_is_read_without_a_warning(header_checksum):
    (recording,) = read_recordings(build_fit_with_header_checksum(encode_fit(build_run()), header_checksum))
    assert recording.warnings == ()


def test_bytes_after_a_fit_file_give_a_warning():
    assert read_recordings(encode_fit(build_run()) + b"rubbish")[0].warnings == ("damaged_file",)


def test_an_activity_that_is_twice_in_a_chain_is_read_once():
    assert len(read_recordings(encode_fit(build_run()) * 2)) == 1


def test_two_activities_in_a_chain_are_sorted_by_time():
    evening = replace(build_run(), started_at=build_run().started_at.replace(hour=18), sport="bike")
    recordings = read_recordings(encode_fit(evening) + encode_fit(build_run()))
    assert [recording.sport for recording in recordings] == ["run", "bike"]


@pytest.mark.parametrize(
    ("write", "end"), [(encode_gpx, b"</gpx>"), (encode_tcx, b"</TrainingCenterDatabase>")]
)
def test_xml_that_lacks_only_its_last_tag_is_read_with_a_warning(write, end):
    (recording,) = read_recordings(write(build_run()).replace(end, b""))
    assert recording.warnings == ("damaged_file",)
    assert recording.totals.duration_s == 600


@pytest.mark.parametrize("write", [encode_gpx, encode_tcx])
def test_an_invalid_character_in_xml_gives_a_warning(write):
    data = write(build_run())
    middle = data.index(b"\n", len(data) // 2)
    (recording,) = read_recordings(data[:middle] + b" & " + data[middle:])
    assert recording.warnings == ("damaged_file",)
    assert len(recording.samples) == 601


def test_totals_of_an_incomplete_tcx_file_include_its_incomplete_lap():
    data = encode_tcx(build_run_with_laps())
    (recording,) = read_recordings(data[: data.rindex(b"<Lap ") + 2_000], accept_partial=True)
    assert 400 < recording.totals.duration_s < 420


def test_gzip_that_ends_early_after_the_activity_gives_a_warning():
    (recording,) = read_recordings(gzip.compress(encode_gpx(build_run()))[:-4])
    assert recording.warnings == ("damaged_file",)


def test_gzip_that_ends_early_inside_the_activity_gives_a_partial_recording():
    zipped = gzip.compress(encode_fit(build_run(3_600)))
    assert read_partial_error(zipped[: len(zipped) // 2]).records > 1_000
