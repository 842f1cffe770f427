"""Tables of activities give an entry for each row."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from metrics.archives.items import ActivityEntry, ImportItem, ItemKind
from metrics.archives.tables.activity_types import parse_activity_type
from metrics.archives.tables.cell_dates import detect_day_first, parse_time
from metrics.archives.tables.cell_values import parse_cell_number, parse_duration_s
from tests.metrics.archives.uploads import pack_zip, plan

BERLIN = ZoneInfo("Europe/Berlin")
STARTED_AT = datetime(2018, 9, 12, 15, 2, 23, tzinfo=UTC)


def read_rows(tmp_path, name: str, data: bytes) -> list[ImportItem]:
    return plan(tmp_path, pack_zip({name: data}), BERLIN).items


def read_first_entry(items: list[ImportItem]) -> ActivityEntry:
    assert items[0].kind == ItemKind.ENTRY
    assert items[0].entry is not None
    return items[0].entry


INTERVALS = (
    "\ufeffid,start_date_local,name,type,moving_time,distance,elapsed_time,total_elevation_gain,average_speed,"
    "max_heartrate,average_heartrate,average_cadence,calories,icu_training_load,icu_rpe,race,commute,"
    "icu_recording_time,start_date,gear,description\n"
)
PLAIN_ROW = (
    "i1,2018-09-12T17:02:23,Easy,Run,3000,9000.0,3100,55,3.0,170,150,85,600,40,6,true,false,3001,"
    "2018-09-12T15:02:23Z,Blue,first\\nsecond\n"
)
DAYS_LONG_ROW = (
    "i2,2018-09-12T17:02:23,Easy,Run,15229644,9000.0,15229644,55,3.0,170,150,85,600,40,,false,false,3010,,,\n"
)


def test_intervals_icu_gives_totals_and_descriptions(tmp_path):
    items = read_rows(tmp_path, "activities.csv", (INTERVALS + PLAIN_ROW).encode())
    entry = read_first_entry(items)
    assert (entry.started_at, entry.utc_offset_min) == (STARTED_AT, 120)
    assert (entry.duration_s, entry.elapsed_s, entry.distance_m) == (3_000.0, 3_100.0, 9_000.0)
    assert entry.avg_cadence_spm == 170.0
    described = items[0].description
    assert described is not None
    assert (described.perceived_effort, described.is_race, described.athlete_note) == (
        6,
        True,
        "first\nsecond",
    )


def test_a_moving_time_of_days_is_replaced_and_said(tmp_path):
    items = read_rows(tmp_path, "activities.csv", (INTERVALS + DAYS_LONG_ROW).encode())
    entry = read_first_entry(items)
    assert (entry.duration_s, entry.moving_time_s, entry.elapsed_s) == (3_010.0, 3_010.0, None)
    assert (entry.started_at, entry.utc_offset_min) == (STARTED_AT, None)
    assert items[0].reason.startswith("Its moving time of 15,229,644 s cannot be true. 3,010 s are used")


def test_whoop_workouts_have_their_own_offset(tmp_path):
    table = (
        "Cycle start time,Cycle end time,Cycle timezone,Workout start time,Workout end time,Duration (min),"
        "Activity name,Activity Strain,Energy burned (cal),Max HR (bpm),Average HR (bpm),Distance (meters)\n"
        "2018-09-12 03:00:00,,UTC-04:00,2018-09-12 11:02:23,2018-09-12 11:32:53,30,"
        "Running,9.1,300,170,150,5000\n"
    )
    entry = read_first_entry(read_rows(tmp_path, "workouts.csv", table.encode()))
    assert (entry.started_at, entry.utc_offset_min, entry.duration_s) == (STARTED_AT, -240, 1_830.0)
    assert (entry.distance_m, entry.calories_kcal) == (5_000.0, 300.0)


GERMAN_LIST = (
    "My activities\n \nFavorit,Aktivitätsname,Aktivitätstyp,Start,Zeit,Distanz,Kalorien,Ø HF,Max. HF\n"
    'false,Lauf,Laufen,"Mi, 12 Sep 2018 17:02",1:05:11,"10,20",588,138,150\n'
)
ENGLISH_LIST = (
    "Activity Type,Date,Favorite,Title,Distance,Calories,Time,Avg HR,Max HR\n"
    'Running,2018-09-12 17:02:00,false,"Lauf",10.20,588,01:05:11,138,150\n'
)


WHOOP_WORKOUTS = (
    "Cycle start time,Cycle end time,Cycle timezone,Workout start time,Workout end time,Duration (min),"
    "Activity name,Activity Strain\n"
)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        (
            "workouts.csv",
            WHOOP_WORKOUTS
            + "2018-09-12 03:00:00,,UTC-04:00,9999-12-31 23:59:59,9999-12-31 23:59:59,30,Run,9\n",
        ),
        (
            "activities.csv",
            INTERVALS + PLAIN_ROW.replace("2018-09-12T15:02:23Z", "9999-12-31T23:59:59-09:00"),
        ),
        (
            "activities.csv",
            INTERVALS + PLAIN_ROW.replace("2018-09-12T15:02:23Z", "").replace("2018-", "0001-"),
        ),
        ("Activities.csv", ENGLISH_LIST.replace("2018-09-12", "0001-01-01").replace("17:02:00", "00:02:00")),
    ],
)
def test_a_time_outside_of_the_calendar_refuses_its_row_alone(tmp_path, name, table):
    assert plan(tmp_path, pack_zip({name: table.encode()}), BERLIN).items


@pytest.mark.parametrize("table", [GERMAN_LIST, ENGLISH_LIST], ids=["German", "English"])
def test_the_list_of_garmin_connect_is_read(tmp_path, table):
    items = read_rows(tmp_path, "Activities.csv", table.encode())
    entry = read_first_entry(items)
    assert entry.started_at == datetime(2018, 9, 12, 15, 2, tzinfo=UTC)
    assert (entry.duration_s, entry.distance_m, entry.calories_kcal) == (3_911.0, 10_200.0, 588.0)
    assert (entry.avg_hr_bpm, entry.max_hr_bpm) == (138.0, 150.0)
    assert items[0].description is not None
    assert (items[0].description.name, items[0].description.activity_type) == ("Lauf", "run")


def test_running_page_is_read(tmp_path):
    activity = {
        "run_id": 1,
        "name": "Run",
        "type": "Run",
        "distance": 5_000.0,
        "moving_time": "1 day, 0:29:58.500000",
        "start_date": "2018-09-12 15:02:23+00:00",
        "start_date_local": "2018-09-12 17:02:23",
        "summary_polyline": None,
        "average_heartrate": 150.0,
        "elevation_gain": None,
    }
    entry = read_first_entry(read_rows(tmp_path, "activities.json", json.dumps([activity]).encode()))
    assert (entry.started_at, entry.utc_offset_min) == (STARTED_AT, 120)
    assert (entry.duration_s, entry.distance_m, entry.avg_hr_bpm) == (88_198.5, 5_000.0, 150.0)


@pytest.mark.parametrize(
    "text",
    [
        "Sep 12, 2018, 3:02:23 PM",
        "12 Sep 2018, 15:02:23",
        "12.09.2018, 15:02:23",
        "12 sept. 2018 à 15:02:23",
        "12 sept 2018, 15:02:23",
        "12 de set. de 2018, 15:02:23",
        "12/09/2018, 15:02:23",
        "12/09/2018, 3:02:23 p. m.",
        "12. sep. 2018 15.02.23",
        "12 wrz 2018, 15:02:23",
        "mer. 12 sept. 2018 15:02:23",
        "2018/09/12 15:02:23",
        "2018年9月12日 下午3:02:23",
        "2018-09-12T15:02:23Z",
    ],
)
def test_dates_of_many_languages_are_one_instant(text):
    assert parse_time(text, UTC) == STARTED_AT


@pytest.mark.parametrize("text", ["", "2018-09-12", "31.02.2018, 10:00", "12 xyz 2018, 10:00", "25:00", "12"])
def test_a_date_that_is_none_gives_nothing(text):
    assert parse_time(text, UTC) is None


@pytest.mark.parametrize(
    ("texts", "is_day_first"),
    [
        (["1/2/2018, 10:00", "13/2/2018, 10:00"], True),
        (["1/2/2018, 10:00", "1/13/2018, 10:00"], False),
        (["1/2/2018, 10:00 AM"], False),
        (["1/2/2018, 10:00"], True),
        (["1.2.2018, 10:00"], True),
    ],
)
def test_all_dates_of_a_table_decide_which_number_is_the_day(texts, is_day_first):
    assert detect_day_first(texts) == is_day_first


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(
            ("9,44", 9.44),
            ("3681.0", 3_681.0),
            ("1,234.5", 1_234.5),
            ("1.234,5", 1_234.5),
            ("1,234", 1_234.0),
        ),
        *(("12\u202f345,6", 12_345.6), ("1’234", 1_234.0), ("-3.5", -3.5), ("--", None), ("", None)),
        *(("nan", None), ("1e5", None), ("5 km", None)),
    ],
)
def test_numbers_of_many_languages_are_read(text, number):
    assert parse_cell_number(text) == number


def test_durations_are_read():
    texts = ["1:05:11", "12:03", "3189.0", "0:06,5", "--"]
    assert [parse_duration_s(text) for text in texts] == [3_911.0, 723.0, 3_189.0, 6.5, None]


@pytest.mark.parametrize(
    ("sport", "names"),
    [
        (
            "run",
            ["Run", "TrailRun", "Lauf", "Course à pied", "Carrera", "Corsa", "Corrida", "Hardlopen", "跑步"],
        ),
        (
            "run",
            [
                "Löpning",
                "Løb",
                "Løpetur",
                "Bieg",
                "ラン",
                "treadmill_running",
                "Virtual Run",
                "street_running",
            ],
        ),
        (
            "bike",
            ["Ride", "EBikeRide", "Radfahrt", "Vélo", "Ciclismo", "Fietsrit", "Cykling", "ライド", "骑行"],
        ),
        ("bike", ["Jazda na rowerze", "GravelRide", "indoor_cycling", "mountain_biking", "Pedalada"]),
        ("swim", ["Swim", "Schwimmen", "Natation", "Nuoto", "Natação", "Zwemmen", "水泳", "lap_swimming"]),
        ("hike", ["Hike", "Wanderung", "Randonnée", "Senderismo", "Escursione", "Vandring", "Trilha"]),
        ("walk", ["Walk", "Spaziergang", "Marche", "Caminata", "Passeggiata", "Wandeling", "Caminhada"]),
        ("workout", ["Workout", "Weight Training", "Yoga", "Alpine Ski", "Handcycle", "Langlauf", "golf"]),
    ],
)
def test_sports_are_read_in_many_languages(sport, names):
    assert {name: parse_activity_type(name)[0] for name in names} == dict.fromkeys(names, sport)


@pytest.mark.parametrize(
    ("name", "sub_type"),
    [
        *(("Trail Run", "trail"), ("Virtual Run", "virtual_activity"), ("treadmill_running", "treadmill")),
        *(
            ("track_running", "track"),
            ("MountainBikeRide", "mountain"),
            ("open_water_swimming", "open_water"),
        ),
        *(("Weight Training", "weight_training"), ("Run", ""), ("Workout", ""), ("Йога", "")),
    ],
)
def test_sub_types_are_in_the_words_of_fit(name, sub_type):
    assert parse_activity_type(name)[1] == sub_type
