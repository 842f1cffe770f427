"""A damaged file is read where its activity is complete; a recording that breaks off is named with its numbers."""

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


def broken_off(data: bytes) -> ReadablePart:
    with pytest.raises(FileError) as refused:
        read_recordings(data)
    assert refused.value.code == "PARTIAL_RECORDING"
    readable = refused.value.readable
    assert readable is not None
    told = (str(readable.records), f"{readable.seconds:.0f}", f"{readable.metres:.0f}")
    assert tuple(re.findall(r"\d+", refused.value.message)) == told
    return readable


@pytest.mark.parametrize("write", [encode_fit, encode_gpx, encode_tcx])
def test_half_a_file_tells_what_is_readable(write):
    whole = write(build_run(600))
    readable = broken_off(whole[: len(whole) // 2])
    assert 250 < readable.records < 350
    assert readable.seconds == readable.records - 1
    assert readable.metres == pytest.approx(3 * readable.seconds, rel=0.001)


@pytest.mark.parametrize("write", [encode_fit, encode_gpx, encode_tcx])
def test_half_a_file_is_taken_when_asked(write):
    half = write(build_run(600))[: len(write(build_run(600))) // 2]
    (recording,) = read_recordings(half, accept_partial=True)
    assert recording.warnings == ("partial_recording",)
    assert recording.totals.duration_s == broken_off(half).seconds
    assert recording.totals.distance_m == pytest.approx(broken_off(half).metres)


def test_a_fit_file_without_its_checksum_is_read_with_a_warning():
    (recording,) = read_recordings(encode_fit(build_run())[:-2])
    assert recording.warnings == ("damaged_file",)
    assert recording.totals.duration_s == 600


def test_a_wrong_fit_checksum_is_a_warning():
    whole = encode_fit(build_run())
    (recording,) = read_recordings(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert recording.warnings == ("damaged_file",)


@pytest.mark.parametrize("header_checksum", [0, 0x1234])
def test_a_fit_header_may_do_without_a_checksum_of_its_own(header_checksum):
    (recording,) = read_recordings(build_fit_with_header_checksum(encode_fit(build_run()), header_checksum))
    assert recording.warnings == ()


def test_rubbish_after_a_fit_file_is_a_warning():
    assert read_recordings(encode_fit(build_run()) + b"rubbish")[0].warnings == ("damaged_file",)


def test_the_same_activity_twice_in_a_chain_is_one():
    assert len(read_recordings(encode_fit(build_run()) * 2)) == 1


def test_two_activities_in_a_chain_are_two_in_order_of_time():
    evening = replace(build_run(), started_at=build_run().started_at.replace(hour=18), sport="bike")
    assert [each.sport for each in read_recordings(encode_fit(evening) + encode_fit(build_run()))] == [
        "run",
        "bike",
    ]


@pytest.mark.parametrize(
    ("write", "end"), [(encode_gpx, b"</gpx>"), (encode_tcx, b"</TrainingCenterDatabase>")]
)
def test_xml_that_lacks_only_its_last_tag_is_read_with_a_warning(write, end):
    (recording,) = read_recordings(write(build_run()).replace(end, b""))
    assert recording.warnings == ("damaged_file",)
    assert recording.totals.duration_s == 600


@pytest.mark.parametrize("write", [encode_gpx, encode_tcx])
def test_a_stray_sign_in_xml_is_a_warning(write):
    whole = write(build_run())
    middle = whole.index(b"\n", len(whole) // 2)
    (recording,) = read_recordings(whole[:middle] + b" & " + whole[middle:])
    assert recording.warnings == ("damaged_file",)
    assert len(recording.samples) == 601


def test_a_tcx_file_that_breaks_off_does_not_take_the_totals_of_its_whole_laps():
    whole = encode_tcx(build_run_with_laps())
    (recording,) = read_recordings(whole[: whole.rindex(b"<Lap ") + 2_000], accept_partial=True)
    assert 400 < recording.totals.duration_s < 420


def test_gzip_that_breaks_off_after_the_activity_is_a_warning():
    (recording,) = read_recordings(gzip.compress(encode_gpx(build_run()))[:-4])
    assert recording.warnings == ("damaged_file",)


def test_gzip_that_breaks_off_in_the_activity_is_a_partial_recording():
    zipped = gzip.compress(encode_fit(build_run(3_600)))
    assert broken_off(zipped[: len(zipped) // 2]).records > 1_000
