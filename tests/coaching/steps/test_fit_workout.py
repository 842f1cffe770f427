"""Workouts for watches, read again with fit-tool, with fitfast and with the reader of uploads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import fitfast
import pytest
from fit_tool.fit_file import FitFile as FitToolFile
from fit_tool.profile.messages.workout_step_message import WorkoutStepMessage
from hypothesis import given
from hypothesis import strategies as st

from coaching.steps import fit_workout
from coaching.steps.fit_workout import (
    INTENSITIES,
    MAX_NAME_BYTES,
    MAX_WATCH_STEPS,
    EncodedWorkout,
    encode_workout,
)
from coaching.steps.reader import read_steps
from coaching.steps.session_workout import (
    MAX_HEADER_CHARACTERS,
    NO_LENGTH,
    WatchSession,
    build_session_workout,
    format_workout_notes,
)
from coaching.steps.step import HeartRateTarget, PaceTarget, Step, Steps, ZoneTarget
from coaching.steps.zone_bands import ZONE_BANDS, find_zone_paces
from metrics.archives.file_kinds import detect_unread_kind
from metrics.files.errors import NOT_AN_ACTIVITY, FileError
from metrics.files.fit.container import find_fit_files, is_checksum_valid, scan_messages
from metrics.files.read import read_recordings
from metrics.science.zones import zone_of
from tests.coaching.steps.examples import structured_steps, zone_parts

CREATED_AT = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)
THRESHOLD_MPS = 4.0
KM = {"kind": "work", "distance": 1_000.0, "target": {"pace": [240, 230]}, "text": "relaxed"}
JOG = {"kind": "recovery", "duration": 90.0}


def encode(*steps: dict[str, Any], sport: str = "run", threshold_mps: float | None = None) -> EncodedWorkout:
    return encode_workout("6 × 1 km", sport, read_steps(steps), 77, CREATED_AT, threshold_mps)


def read_fit_steps(workout: EncodedWorkout) -> list[dict[str | int, Any]]:
    return list(fitfast.parse(workout.data)["workout_step"])


def repeat(times: int, *steps: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "repeat", "times": times, "steps": list(steps)}


def test_the_file_is_a_workout_with_its_name_sport_serial_and_time():
    messages = fitfast.parse(encode(KM).data)
    [file_id], [workout] = messages["file_id"], messages["workout"]
    assert file_id["type"] == "workout"
    assert file_id["manufacturer"] == "development"
    assert file_id["serial_number"] == 77
    assert file_id["time_created"] == CREATED_AT.timestamp()
    assert workout == {"sport": "running", "num_valid_steps": 1, "wkt_name": "6 × 1 km"}


def test_a_pace_is_a_band_of_speeds_whose_low_end_is_the_slow_one():
    [step] = read_fit_steps(encode(KM))
    assert (step["duration_type"], step["duration_value"]) == ("distance", 100_000)
    assert (step["target_type"], step["target_value"]) == ("speed", 0)
    assert (step["custom_target_value_low"], step["custom_target_value_high"]) == (4_167, 4_348)
    assert (step["intensity"], step["wkt_step_name"], step["notes"]) == ("active", "relaxed", "relaxed")


def test_heart_rates_are_in_bpm_and_not_in_per_cent():
    [step] = read_fit_steps(
        encode({"kind": "warmup", "until_lap": True, "target": {"heart_rate": [95, 140]}})
    )
    assert step["duration_type"] == "open"
    assert (step["target_type"], step["target_value"]) == ("heart_rate", 0)
    assert (step["custom_target_value_low"], step["custom_target_value_high"]) == (195, 240)
    assert step["intensity"] == "warmup"


def test_repeats_go_back_to_an_earlier_step_and_count_all_repetitions():
    steps = read_fit_steps(encode(repeat(6, KM, JOG), {"kind": "cooldown", "duration": 600.0}))
    assert [step["message_index"] for step in steps] == [0, 1, 2, 3]
    assert (steps[2]["duration_type"], steps[2]["duration_value"]) == ("repeat_until_steps_cmplt", 0)
    assert steps[2]["target_value"] == 6


def test_pauses_between_repetitions_end_before_the_last_one():
    steps = read_fit_steps(encode({"repeat": 6, "distance": 1_000.0, "zone": 3, "recovery": 90.0}))
    assert [step["duration_type"] for step in steps] == [
        "distance",
        "time",
        "repeat_until_steps_cmplt",
        "distance",
    ]
    assert steps[2]["target_value"] == 5


def test_a_zone_of_a_run_is_a_band_of_speeds_by_the_threshold():
    workout = encode({"kind": "work", "duration": 60.0, "target": {"zone": 4}}, threshold_mps=THRESHOLD_MPS)
    [step] = read_fit_steps(workout)
    assert (step["custom_target_value_low"], step["custom_target_value_high"]) == (4_160, 4_560)
    assert workout.notes == ()


def test_the_bands_of_the_zones_join_and_lie_in_their_zones():
    bands = [ZONE_BANDS[zone] for zone in range(1, 6)]
    assert [high for _, high in bands[:-1]] == [low for low, _ in bands[1:]]
    assert [zone_of(sum(band) / 2) for band in bands] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("step", "sport", "name", "note"),
    [
        ({"target": {"zone": 4}}, "run", "Zone 4", fit_workout.NO_THRESHOLD),
        ({"target": {"zone": 4}}, "bike", "Zone 4", fit_workout.NO_PACE_ZONES),
        ({"target": {"effort": 7}}, "run", "Effort 7", fit_workout.NO_EFFORT),
        ({"target": {"effort": 7}, "text": "hilly"}, "run", "Effort 7", fit_workout.NO_EFFORT),
    ],
)
def test_what_a_watch_cannot_express_is_in_the_name_and_in_the_notes(
    step: dict[str, Any], sport: str, name: str, note: str
):
    workout = encode({"kind": "work", "duration": 60.0, **step}, sport=sport)
    [read] = read_fit_steps(workout)
    assert (read["target_type"], read["wkt_step_name"], read.get("notes")) == ("open", name, step.get("text"))
    assert workout.notes == (note,)


def test_long_texts_are_cut_between_characters_and_named():
    workout = encode_workout("€" * 120, "run", read_steps([KM | {"text": "×" * 200}]), 1, CREATED_AT)
    messages = fitfast.parse(workout.data)
    assert messages["workout"][0]["wkt_name"] == "€" * (MAX_NAME_BYTES // 3)
    assert messages["workout_step"][0]["notes"] == "×" * 100
    assert workout.notes == (fit_workout.CUT_TEXTS,)


def test_repeats_in_repeats_are_named():
    workout = encode(repeat(3, repeat(4, KM, JOG), JOG))
    assert [step.get("target_value") for step in read_fit_steps(workout)] == [0, 0, 4, 0, 3]
    assert workout.notes == (fit_workout.NESTED_REPEATS,)


def test_more_than_50_steps_are_left_out_as_whole_steps_and_named():
    workout = encode(*[JOG] * 38, repeat(9, *[KM] * 10), repeat(9, KM), JOG)
    assert len(read_fit_steps(workout)) == 38 + 11
    assert workout.notes == (
        "A watch takes 50 steps: step 40 of the session and those after it are left out.",
    )
    last = encode(*[JOG] * 40, repeat(2, *[JOG] * 10))
    assert last.notes == ("A watch takes 50 steps: step 41 of the session is left out.",)
    assert len(read_fit_steps(encode(*[JOG] * 39, repeat(9, *[KM] * 10)))) == MAX_WATCH_STEPS


def test_a_repeat_that_no_watch_can_take_leaves_one_open_step():
    workout = encode(repeat(2, *[repeat(2, KM, KM, KM)] * 20))
    [step] = read_fit_steps(workout)
    assert step["duration_type"] == "open"
    assert workout.notes == ("A watch takes 50 steps: step 1 of the session is left out.",)


def test_uploads_refuse_a_workout():
    data = encode(KM, repeat(3, KM, JOG)).data
    [bounds] = find_fit_files(data)
    assert is_checksum_valid(data, bounds)
    assert scan_messages(data, bounds).is_complete
    with pytest.raises(FileError) as error:
        read_recordings(data, "workout.fit")
    assert error.value.code == NOT_AN_ACTIVITY
    kind = detect_unread_kind("workout.fit", data, len(data))
    assert kind
    assert kind.code == "WORKOUT"


def run_watch(workout: EncodedWorkout) -> Iterator[WorkoutStepMessage]:
    """The steps in the order in which a watch runs them, by fit-tool."""
    records = FitToolFile.from_bytes(workout.data).records
    steps = [each.message for each in records if isinstance(each.message, WorkoutStepMessage)]
    place, done = 0, dict.fromkeys(range(len(steps)), 1)
    while place < len(steps):
        step = steps[place]
        assert step.message_index == place
        if step.duration_type != fit_workout.REPEAT:
            yield step
        elif done[place] < step.target_repeat_steps:
            done[place] += 1
            place = step.duration_step
            continue
        else:
            done[place] = 1
        place += 1


def run_steps(steps: Steps) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, Step):
            yield step
            continue
        for time in range(step.times):
            if time and step.between:
                yield step.between
            yield from run_steps(step.steps)


def few_times(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda times, steps: repeat(times, *steps),
        st.integers(1, 4),
        st.lists(parts, min_size=1, max_size=3),
    )


workouts = st.lists(
    structured_steps | few_times(structured_steps | few_times(structured_steps)) | zone_parts, max_size=4
)


@given(steps=workouts)
def test_a_watch_runs_the_same_steps(steps: list[dict[str, Any]]):
    read = read_steps(steps)
    if not read:
        return
    ran = list(run_watch(encode_workout("Run", "run", read, 1, CREATED_AT, THRESHOLD_MPS)))
    expected = list(run_steps(read))
    assert len(ran) == len(expected)
    for message, step in zip(ran, expected, strict=True):
        assert message.intensity == INTENSITIES[step.kind]
        assert_same_length(message, step)
        assert_same_target(message, step)


def assert_same_length(message: WorkoutStepMessage, step: Step) -> None:
    if step.duration_s is not None:
        assert message.duration_time == pytest.approx(step.duration_s, abs=0.001)
    elif step.distance_m is not None:
        assert message.duration_distance == pytest.approx(step.distance_m, abs=0.01)
    else:
        assert message.duration_type == fit_workout.UNTIL_LAP


def assert_same_target(message: WorkoutStepMessage, step: Step) -> None:
    target = step.target
    if isinstance(target, ZoneTarget):
        target = find_zone_paces(target.zone, THRESHOLD_MPS)
    if isinstance(target, PaceTarget):
        low, high = message.custom_target_speed_low, message.custom_target_speed_high
        assert low <= high
        assert low == pytest.approx(1_000 / target.slow_s_per_km, abs=0.001)
        assert high == pytest.approx(1_000 / target.fast_s_per_km, abs=0.001)
    elif isinstance(target, HeartRateTarget):
        band = (message.custom_target_heart_rate_low, message.custom_target_heart_rate_high)
        assert band == (target.low_bpm + 100, target.high_bpm + 100)
    else:
        assert message.target_type == fit_workout.NO_TARGET


SESSION: dict[str, Any] = {
    "session_id": UUID("01900000-0000-7000-8000-000000000001"),
    "sport": "run",
    "title": "Tempo",
    "steps": [],
    "duration_s": None,
    "distance_m": None,
    "zone": None,
    "changed_at": CREATED_AT,
}


def build(threshold_mps: float | None = THRESHOLD_MPS, **values: Any) -> EncodedWorkout:
    workout = build_session_workout(WatchSession(**SESSION | values), threshold_mps)
    assert workout
    return workout


def test_a_session_without_steps_is_one_step():
    [step] = read_fit_steps(build(distance_m=10_000.0, zone=2))
    assert (step["duration_type"], step["duration_value"], step["target_type"]) == (
        "distance",
        1_000_000,
        "speed",
    )
    [step] = read_fit_steps(build(duration_s=1_800.0, distance_m=10_000.0))
    assert (step["duration_type"], step["duration_value"], step["target_type"]) == ("time", 1_800_000, "open")
    workout = build(title="", sport="bike")
    assert fitfast.parse(workout.data)["workout"][0]["wkt_name"] == "Bike"
    assert workout.notes == (NO_LENGTH,)


def test_a_day_of_rest_has_no_workout():
    assert build_session_workout(WatchSession(**SESSION | {"sport": "rest"}), None) is None


def test_sessions_and_their_changes_have_files_of_their_own():
    other = UUID("01900000-0000-7000-8000-000000000002")
    later = CREATED_AT.replace(minute=31)
    files = [build(steps=[KM]), build(steps=[KM], session_id=other), build(steps=[KM], changed_at=later)]
    ids = {tuple(fitfast.parse(each.data)["file_id"][0].values()) for each in files}
    assert len(ids) == 3
    assert (
        0 < fitfast.parse(build(session_id=UUID(int=2**128 - 1)).data)["file_id"][0]["serial_number"] < 2**32
    )


def test_notes_fit_into_a_header():
    notes = build(None, steps=[KM | {"target": {"zone": 3}}, JOG | {"target": {"effort": 2}}]).notes
    assert format_workout_notes(notes) == f"{fit_workout.NO_THRESHOLD} {fit_workout.NO_EFFORT}"
    header = format_workout_notes(["a\r\nb é"] * 1_000)
    assert header.startswith("a  b ? a")
    assert len(header) == MAX_HEADER_CHARACTERS


def test_notes_are_ascii():
    texts = [value for name, value in vars(fit_workout).items() if name.isupper() and isinstance(value, str)]
    assert len(texts) >= 5
    assert all(text.isascii() for text in [*texts, NO_LENGTH])
