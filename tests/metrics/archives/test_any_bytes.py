"""Whatever bytes are sent: they are planned or refused. Nothing else happens."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.archives.items import ImportItem, parse_description, parse_entry, serialize_details
from metrics.files.errors import FileError
from tests.metrics.archives.test_garmin_export import (
    PART,
    RUN_FIT,
    SUMMARIES,
    build_summary,
    encode_summaries,
)
from tests.metrics.archives.test_strava_export import HEADER_EN, build_row, build_table
from tests.metrics.archives.uploads import RUN, pack_zip, plan

STRAVA = pack_zip(
    {
        "activities.csv": build_table(
            HEADER_EN,
            build_row("Sep 12, 2018, 3:02:23 PM", "8.12", "Run", "activities/1.gpx"),
            build_row("Sep 13, 2018, 3:02:23 PM", "8.12", "Run", ""),
        ),
        "activities/1.gpx": RUN,
    }
)
GARMIN = pack_zip({PART: pack_zip({"1.fit": RUN_FIT}), SUMMARIES: encode_summaries(build_summary(7))})


def plan_or_refuse(upload: bytes) -> None:
    """Plan an upload. Its items must survive a round trip through JSON."""
    with tempfile.TemporaryDirectory() as folder:
        items: list[ImportItem] = []
        with suppress(FileError):
            items = plan(Path(folder), upload, advance=lambda share: None).items
    for item in items:
        details = serialize_details(item)
        assert parse_description(details) == item.description
        assert parse_entry(details) == item.entry
        assert item.name.isprintable()
        assert item.reason.isprintable()


@given(st.binary(max_size=2_000))
def test_any_bytes_are_planned_or_refused(data: bytes):
    plan_or_refuse(data)
    plan_or_refuse(b"PK\3\4" + data)
    plan_or_refuse(pack_zip({"a.fit": data, "activities.csv": data, "b.json": data, "c.zip": data}))


@pytest.mark.parametrize("archive", [STRAVA, GARMIN], ids=["Strava", "Garmin"])
@given(st.data())
@settings(deadline=None)
def test_a_changed_archive_is_planned_or_refused(archive: bytes, data: st.DataObject):
    changed = bytearray(archive)
    places = st.integers(0, len(changed) - 1) | st.integers(max(0, len(changed) - 400), len(changed) - 1)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=8)):
        changed[place] = value
    plan_or_refuse(
        bytes(changed[: data.draw(st.integers(1, len(changed)))])
        if data.draw(st.booleans())
        else bytes(changed)
    )


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=60))
def test_any_cells_of_a_strava_table_are_planned(note: str, date: str, number: str):
    row = build_row(date.replace('"', ""), number.replace('"', ""), "Run", "").replace("felt weak", '"x"')
    table = build_table(HEADER_EN, row, note)
    plan_or_refuse(pack_zip({"activities.csv": table.decode("utf-8", "replace").encode("utf-8", "replace")}))


VALUES: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just([]) | st.just({})
)


@given(st.dictionaries(st.sampled_from(sorted(build_summary(7))), VALUES))
def test_any_values_of_a_garmin_summary_are_planned(values: dict[str, Any]):
    plan_or_refuse(pack_zip({SUMMARIES: encode_summaries(build_summary(7, **values))}))
