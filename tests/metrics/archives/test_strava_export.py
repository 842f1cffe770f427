"""A Strava export joins each file with its row, in every language and version of its table."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from metrics.archives.items import ImportItem, ItemKind, UploadKind
from metrics.files.xml.writer import encode_fit, encode_tcx
from tests.metrics.archives.uploads import EMPTY_GPX, RUN, count_kinds, pack_zip, plan, select
from tests.metrics.files.example_recordings import build_run

FIT_GZ = gzip.compress(encode_fit(build_run(20)))
TCX_GZ = gzip.compress(b"          " + encode_tcx(build_run(20)))

EXACT_EN = (
    "Athlete Weight,Bike Weight,Elapsed Time,Moving Time,Distance,Max Speed,Average Speed,Elevation Gain,"
    "Elevation Loss,Elevation Low,Elevation High,Max Grade,Average Grade,Average Positive Grade,"
    "Average Negative Grade,Max Cadence,Average Cadence,Max Heart Rate,Average Heart Rate,Max Watts,"
    "Average Watts,Calories,Max Temperature,Average Temperature,Relative Effort,Total Work,Number of Runs,"
    "Uphill Time,Downhill Time,Other Time,Perceived Exertion,Type,Start Time"
)
HEADER_2018 = "id,date,name,type,description,elapsed_time,distance,commute,gear,filename"
HEADER_2019 = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,"
    "Commute,Activity Gear,Filename"
)
HEADER_EN = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,"
    "Max Heart Rate,Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,"
    f"{EXACT_EN},Competition,Media"
)
HEADER_DE = (
    "Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,Aktivitätsbeschreibung,Verstrichene Zeit,"
    "Distanz,Max. Herzfrequenz,Relative Leistung,Pendeln,Hinweis zur Privatsphäre für Aktivitäten,"
    "Aktivitätsausrüstung,Dateiname,Sportlergewicht,Fahrradgewicht,Verstrichene Zeit,Bewegungszeit,Distanz,"
    "Höchstgeschw.,Durchschnittliche Geschwindigkeit,Höhenzunahme,Höhenunterschied,Min. Höhe,Max. Höhe,"
    "Max. Steigung,Durchschnittliche Steigung,Durchschnittliche positive Steigung,"
    "Durchschnittliche negative Steigung,Max. Tritt-/Schrittfrequenz,Durchschnittliche Trittfrequenz,"
    "Max. Herzfrequenz,Durchschnittliche Herzfrequenz,Max. Watt,Durchschnittliche Watt,Kalorien,"
    "Max. Temperatur,Durchschnittliche Temperatur,Relative Leistung,Gesamtarbeit,Anzahl Läufe,Bergaufzeit,"
    "Bergabzeit,Andere Zeit,Gefühlte Anstrengung,Art,Startzeit,Wettkampf,Medien"
)
HEADER_UNKNOWN = ",".join(f"стовпець {number}" for number in range(HEADER_EN.count(",") + 1))


def build_exact_cells() -> str:
    """The second block: 2,700 s elapsed, 2,650 s moving, 8,123.4 m, effort 7."""
    return (
        "70.0,,2700.0,2650.0,8123.4,5.1,3.06,120.5,118.2,10,90,9,0.1,3,3,95,85.0,178,151.2,,,610.0,"
        ",,44,,,,,,7.0,,"
    )


def build_table(header: str, *rows: str, newline: str = "\n") -> bytes:
    return ("\ufeff" + newline.join([header, *rows]) + newline).encode()


def build_row(date: str, distance: str, kind: str, filename: str) -> str:
    return (
        f'1836,"{date}","Hill, then tea",{kind},"Two lines\nand ""quotes""",2700,"{distance}",178,44,true,'
        f"felt weak,Blue shoes,{filename},{build_exact_cells()},true,media/1.jpg"
    )


STARTED_AT = datetime(2018, 9, 12, 15, 2, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "date", "distance", "kind"),
    [
        (HEADER_EN, "Sep 12, 2018, 3:02:23 PM", "8.12", "Trail Run"),
        (HEADER_EN, "12 Sep 2018, 15:02:23", "8.12", "Trail Run"),
        (HEADER_DE, "12.09.2018, 15:02:23", "8,12", "Traillauf"),
        (HEADER_UNKNOWN, "12 вер. 2018 р., 15:02:23".replace("вер.", "sep."), "8,12", "Trail Run"),
        (HEADER_UNKNOWN, "2018/09/12 15:02:23", "8.12", "トレイルラン"),
    ],
    ids=["English", "British", "German", "unknown header", "Japanese"],
)
def test_a_row_describes_its_file(tmp_path, header, date, distance, kind):
    files = {
        "activities.csv": build_table(header, build_row(date, distance, kind, "activities/1836.fit.gz")),
        "activities/1836.fit.gz": FIT_GZ,
    }
    made = plan(tmp_path, pack_zip(files))
    (item,) = made.items
    assert (made.kind, item.kind, item.locator) == (
        UploadKind.STRAVA_EXPORT,
        ItemKind.RECORDING,
        "activities/1836.fit.gz",
    )
    described = item.description
    assert described is not None
    assert (described.name, described.activity_type, described.sub_type) == ("Hill, then tea", "run", "trail")
    assert described.athlete_note == 'Two lines\nand "quotes"'
    assert (described.private_note, described.gear, described.is_commute) == ("felt weak", "Blue shoes", True)
    assert described.perceived_effort == 7
    assert described.is_race == (header != HEADER_UNKNOWN)
    assert described.cropped_to == (STARTED_AT, datetime(2018, 9, 12, 15, 47, 23, tzinfo=UTC))


def read_entry(tmp_path, table: bytes) -> ImportItem:
    (item,) = plan(tmp_path, pack_zip({"activities.csv": table})).items
    assert item.kind == ItemKind.ENTRY
    return item


@pytest.mark.parametrize("header", [HEADER_EN, HEADER_DE, HEADER_UNKNOWN], ids=["en", "de", "unknown"])
def test_a_row_without_a_file_is_an_entry_with_exact_totals(tmp_path, header):
    no_file = build_row("2018-09-12 15:02:23", "8.12", "Run", "")
    named = build_row("2018-09-12 18:02:23", "8.12", "Run", "activities/1836.gpx")
    items = plan(tmp_path, pack_zip({"activities.csv": build_table(header, no_file, named)})).items
    entry = items[0].entry
    assert items[0].name == "activities.csv, line 2"
    assert entry is not None
    assert entry.started_at == STARTED_AT
    assert (entry.duration_s, entry.moving_time_s, entry.elapsed_s) == (2_650.0, 2_650.0, 2_700.0)
    assert (entry.distance_m, entry.elevation_gain_m, entry.elevation_loss_m) == (8_123.4, 120.5, 118.2)
    assert (entry.avg_hr_bpm, entry.max_hr_bpm, entry.avg_cadence_spm) == (151.2, 178.0, 170.0)
    assert entry.calories_kcal == 610.0
    assert items[0].reason == ""
    assert (
        items[1].reason == "The export does not contain its file activities/1836.gpx. Its totals are stored."
    )


@pytest.mark.parametrize(
    ("header", "row", "metres"),
    [
        (HEADER_2018, "1,2018-09-12 15:02:23,Run,Run,,783,3681.0,false,,", 3_681.0),
        (HEADER_2019, '1,"Sep 12, 2018, 3:02:23 PM",Run,Run,,783,3.68,false,,', 3_680.0),
        (HEADER_2019, '1,"Sep 12, 2018, 3:02:23 PM",Pool,Swim,,1783,"1,500",false,,', 1_500.0),
        (HEADER_2019, '1,"Sep 12, 2018, 3:02:23 PM",Long,Ride,,200000,"1,003.2",false,,', 1_003_200.0),
    ],
    ids=["metres in 2018", "kilometres", "a swim in metres", "thousands"],
)
def test_a_rounded_distance_is_read_in_its_unit(tmp_path, header, row, metres):
    entry = read_entry(tmp_path, build_table(header, row, newline="\r\n")).entry
    assert entry is not None
    assert entry.distance_m == pytest.approx(metres)
    assert entry.started_at == STARTED_AT


def test_files_that_no_row_names_are_recordings_too(tmp_path):
    files = {
        "activities.csv": build_table(
            HEADER_2018, "1,2018-09-12 15:02:23,Run,Run,,783,3681.0,false,,activities/1.gpx"
        ),
        "activities/1.gpx": RUN,
        "activities/2.tcx.gz": TCX_GZ,
    }
    items = select(plan(tmp_path, pack_zip(files)).items, ItemKind.RECORDING)
    assert [(item.name, item.description is None) for item in items] == [
        ("activities/1.gpx", False),
        ("activities/2.tcx.gz", True),
    ]


@pytest.mark.parametrize("folder", ["", "export_1/", "a/b/"])
def test_an_unpacked_and_moved_file_is_still_found(tmp_path, folder):
    row = "1,2018-09-12 15:02:23,Run,Run,,783,3681.0,false,,activities/1.fit.gz"
    files = {
        f"{folder}activities.csv": build_table(HEADER_2018, row),
        f"{folder}1.fit": gzip.decompress(FIT_GZ),
    }
    (item,) = plan(tmp_path, pack_zip(files)).items
    assert item.description is not None


def test_two_rows_that_share_a_file_describe_it_as_entries(tmp_path):
    rows = [
        f"{number},2018-09-12 1{number}:02:23,Leg,Run,,783,3681.0,false,,activities/1.gpx"
        for number in (1, 2)
    ]
    files = {"activities.csv": build_table(HEADER_2018, *rows), "activities/1.gpx": RUN}
    recording, *entries = plan(tmp_path, pack_zip(files)).items
    assert recording.description is None
    assert [entry.kind for entry in entries] == [ItemKind.ENTRY, ItemKind.ENTRY]


def test_routes_and_pictures_are_named(tmp_path):
    files = {
        "activities.csv": build_table(HEADER_2018, "1,2018-09-12 15:02:23,Run,Run,,783,3681.0,false,,"),
        "routes/1.gpx": RUN,
        "routes/2.gpx": EMPTY_GPX,
        "media/1.jpg": b"\xff\xd8",
        "profile.csv": b"Athlete ID,Email\n1,a@example.org\n",
    }
    unread = select(plan(tmp_path, pack_zip(files)).items, ItemKind.UNREAD)
    assert {item.name: item.code for item in unread} == {
        "routes/1.gpx": "COURSE",
        "routes/2.gpx": "COURSE",
        "media/1.jpg": "PHOTO",
        "profile.csv": "UNKNOWN_TABLE",
    }


def test_rows_that_cannot_be_read_are_named(tmp_path):
    rows = ["1,yesterday,Run,Run,,783,3681.0,false,,", "2,2018-09-12 15:02:23,Run,Run,,,3681.0,false,,"]
    items = plan(tmp_path, pack_zip({"activities.csv": build_table(HEADER_2018, *rows)})).items
    assert [(item.name, item.code, item.reason) for item in items] == [
        ("activities.csv, line 2", "INVALID_ROW", "Its date and time cannot be read."),
        ("activities.csv, line 3", "INVALID_ROW", "It has no duration."),
    ]


def test_a_table_of_another_service_with_the_same_name_is_no_strava_export(tmp_path):
    made = plan(tmp_path, pack_zip({"activities.csv": b"a,b,c\n1,2,3\n", "run.gpx": RUN}))
    assert (made.kind, count_kinds(made.items)) == (UploadKind.FOLDER, {"recording": 1, "unread": 1})


def test_an_endless_activity_refuses_no_other_row(tmp_path):
    row = build_row("Sep 12, 2018, 3:02:23 PM", "8.12", "Run", "")
    table = build_table(HEADER_EN, row, row.replace("2700.0", "1e300"))
    assert len(plan(tmp_path, pack_zip({"activities.csv": table})).items) == 2
