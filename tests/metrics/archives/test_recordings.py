"""Files are told apart by their content. What is not read is named and counted, with a reason."""

from __future__ import annotations

import gzip

import pytest

from metrics.archives.items import ItemKind, UploadKind
from metrics.files.xml.writer import encode_fit, encode_gpx, encode_tcx
from tests.metrics.archives.uploads import EMPTY_GPX, RUN, count_kinds, pack_zip, plan, select
from tests.metrics.files.damaged_files import build_fit_of_type
from tests.metrics.files.example_recordings import build_run

MONITORING, WORKOUT, COURSE, ACTIVITY = 32, 5, 6, 4
WHOOP = (
    b"Cycle start time,Cycle end time,Cycle timezone,Recovery score %,Resting heart rate (bpm),"
    b"Heart rate variability (ms),Wake onset,Asleep duration (min)\n"
    b"2026-06-08 22:00:00,2026-06-09 22:00:00,UTC+02:00,80,50,60,2026-06-09 06:00:00,480\n"
)


def test_recordings_are_found_by_content_under_any_name(tmp_path):
    run = build_run(20)
    files = {
        "a.dat": encode_fit(run),
        "b": encode_gpx(run),
        "c.xml": encode_tcx(run),
        "d.bin": gzip.compress(encode_tcx(run)),
    }
    made = plan(tmp_path, pack_zip(files))
    assert made.kind == UploadKind.FOLDER
    assert [(item.kind, item.locator, item.size_bytes) for item in made.items] == [
        (ItemKind.RECORDING, name, len(data)) for name, data in files.items()
    ]


def test_a_file_with_the_name_of_a_recording_is_tried(tmp_path):
    """The reader says what is wrong with it, and it can be tried again."""
    made = plan(
        tmp_path, pack_zip({"broken.fit": b"broken", "broken.gpx": b"<gpx", "broken.TCX.GZ": b"\x1f\x8b"})
    )
    assert count_kinds(made.items) == {"recording": 3}


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("1.fit", build_fit_of_type(MONITORING), "MONITORING"),
        ("1.fit", build_fit_of_type(WORKOUT), "WORKOUT"),
        ("1.fit", build_fit_of_type(COURSE), "COURSE"),
        ("1.fit", build_fit_of_type(99), "DEVICE_FILE"),
        ("1.gpx", EMPTY_GPX, "COURSE"),
        ("1.tcx", b"<TrainingCenterDatabase><Courses/></TrainingCenterDatabase>", "COURSE"),
        ("1.fit", b"", "EMPTY"),
        ("1.jpg", b"\xff\xd8", "PHOTO"),
        ("1.pdf", b"%PDF", "DOCUMENT"),
        ("1.kml", b"<kml/>", "OTHER_FORMAT"),
        ("1.zip", b"PK\3\4 damaged", "UNREADABLE_FILE"),
        ("1.rar", b"Rar!", "OTHER_ARCHIVE"),
        ("1.csv", b"a,b\n1,2\n", "UNKNOWN_TABLE"),
        ("1.json", b"{}", "UNKNOWN_JSON"),
        ("1", b"\0\1\2", "UNKNOWN_FILE"),
    ],
)
def test_an_unread_file_has_a_code_and_a_reason(tmp_path, name, data, code):
    (item,) = plan(tmp_path, pack_zip({name: data})).items
    assert (item.kind, item.name, item.code) == (ItemKind.UNREAD, name, code)
    assert item.reason.endswith(".")


def test_many_unread_files_of_one_kind_have_one_line(tmp_path):
    files = {f"{number}.fit": build_fit_of_type(MONITORING) for number in range(1_204)}
    made = plan(tmp_path, pack_zip(files | {"run.fit": encode_fit(build_run(20))}))
    (unread,) = select(made.items, ItemKind.UNREAD)
    assert unread.name == "1,204 monitoring files"
    assert unread.reason.endswith("For example: 0.fit")


def test_a_chain_that_begins_with_settings_is_tried(tmp_path):
    chain = build_fit_of_type(2) + encode_fit(build_run(20))
    assert count_kinds(plan(tmp_path, pack_zip({"1.fit": chain})).items) == {"recording": 1}


def test_health_data_alone_is_a_kind_of_its_own(tmp_path):
    made = plan(tmp_path, pack_zip({"physiological_cycles.csv": WHOOP}))
    assert (made.kind, count_kinds(made.items)) == (UploadKind.HEALTH_CSV, {"health": 1})
    both = plan(tmp_path, pack_zip({"physiological_cycles.csv": WHOOP, "run.gpx": RUN}))
    assert (both.kind, count_kinds(both.items)) == (UploadKind.FOLDER, {"health": 1, "recording": 1})


def test_the_progress_of_planning_only_grows_and_ends_at_one(tmp_path):
    from_plan: list[float] = []
    plan(tmp_path, pack_zip({f"{number}.gpx": RUN for number in range(500)}), advance=from_plan.append)
    assert from_plan == sorted(from_plan)
    assert from_plan[-1] == 1.0


def test_a_name_that_cannot_be_shown_is_cleaned(tmp_path):
    (item,) = plan(tmp_path, pack_zip({"\x1b[31m.gpx": RUN})).items
    assert (item.name, item.locator) == ("?[31m.gpx", "\x1b[31m.gpx")
