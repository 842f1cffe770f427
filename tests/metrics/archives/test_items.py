"""Items survive their way through JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from metrics.archives.items import (
    ActivityDescription,
    ActivityEntry,
    ImportItem,
    ItemKind,
    parse_description,
    parse_entry,
    serialize_details,
)

START = datetime(2026, 6, 1, 7, tzinfo=UTC)


def test_an_entry_of_zero_metres_and_seconds_survives():
    entry = ActivityEntry(START, 0.0, utc_offset_min=0, distance_m=0.0, device="Watch")
    details = json.loads(json.dumps(serialize_details(ImportItem("1", ItemKind.ENTRY, entry=entry))))
    assert parse_entry(details) == entry
    assert parse_description(details) is None


def test_a_description_survives():
    cropped_to = (START, START + timedelta(hours=1))
    description = ActivityDescription(
        "Hills", "run", is_race=True, perceived_effort=7, is_commute=True, cropped_to=cropped_to
    )
    item = ImportItem("1", ItemKind.RECORDING, description=description)
    assert parse_description(json.loads(json.dumps(serialize_details(item)))) == description
