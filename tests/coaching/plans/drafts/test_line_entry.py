"""A session in one line: what is understood, what is refused, and that a written line is read again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.plans.drafts.draft import DraftContent
from coaching.plans.drafts.line_entry import LONGEST_LINE, parse_line
from coaching.plans.drafts.line_text import write_line, write_targets
from coaching.plans.drafts.line_tokens import LineError


def build_step(kind: str = "work", target: dict[str, Any] | None = None, **length: float) -> dict[str, Any]:
    return {"kind": kind, **length, "target": target}


def build_repeat(times: int, *steps: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "repeat", "times": times, "steps": list(steps)}


KILOMETRES = build_repeat(
    6, build_step(distance=1_000.0, target={"zone": 4}), build_step("recovery", duration=90.0)
)
WARM_UP, COOL_DOWN = build_step("warmup", duration=900.0), build_step("cooldown", duration=600.0)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("60 min easy", {"duration_s": 3_600.0, "zone": 1}),
        ("easy 60'", {"duration_s": 3_600.0, "zone": 1}),
        ("8 km Z2", {"distance_m": 8_000.0, "zone": 2}),
        ("8k zone 2", {"distance_m": 8_000.0, "zone": 2}),
        ("7,5 km", {"distance_m": 7_500.0}),
        ("12 mi", {"distance_m": 19_312.128}),
        ("1h30", {"duration_s": 5_400.0}),
        ("1 h 15 min tempo", {"duration_s": 4_500.0, "zone": 3}),
        ("1:45:00", {"duration_s": 6_300.0}),
        ("10 km in 50 min", {"distance_m": 10_000.0, "duration_s": 3_000.0}),
        ("bike 90 min", {"sport": "bike", "duration_s": 5_400.0}),
        ("90 min bike", {"sport": "bike", "duration_s": 5_400.0}),
        ("gym 45 min", {"sport": "workout", "duration_s": 2_700.0}),
        ("Rest", {"sport": "rest"}),
        ("rest; or swim", {"sport": "rest", "description": "or swim"}),
        ("60 min load 50", {"duration_s": 3_600.0, "load": 50.0}),
        ("20 km steady key", {"distance_m": 20_000.0, "zone": 2, "is_key": True}),
        ("20 km!", {"distance_m": 20_000.0, "is_key": True}),
        (
            "Long run: 24 km easy; the last 4 faster",
            {"title": "Long run", "distance_m": 24_000.0, "zone": 1, "description": "the last 4 faster"},
        ),
        ("Long run 24 km", {"title": "Long run", "distance_m": 24_000.0}),
    ],
)
def test_line_of_one_part_has_a_length_and_a_zone(line: str, expected: dict[str, Any]):
    assert parse_line(line) == DraftContent(**expected)


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ("15' + 6×1 km Z4 90s + 10'", [WARM_UP, KILOMETRES, COOL_DOWN]),
        (
            "15 min + 6 x 1000m z4 r 1'30 + 10 min easy",
            [WARM_UP, KILOMETRES, COOL_DOWN | {"target": {"zone": 1}}],
        ),
        ("6*1 km interval 90 s jog", [KILOMETRES]),
        (
            "3×(4×400 m Z5 60s rest) 3' + 2 km",
            [
                build_repeat(
                    3,
                    build_repeat(
                        4, build_step(distance=400.0, target={"zone": 5}), build_step("rest", duration=60.0)
                    ),
                    build_step("recovery", duration=180.0),
                ),
                build_step("cooldown", distance=2_000.0),
            ],
        ),
        ("10 km @4:30/km", [build_step(distance=10_000.0, target={"pace": [270.0, 270.0]})]),
        ("10 km 4:20-4:30 /km", [build_step(distance=10_000.0, target={"pace": [270.0, 260.0]})]),
        ("30' @150-160 bpm", [build_step(duration=1_800.0, target={"heart_rate": [150, 160]})]),
        ("20' RPE 7", [build_step(duration=1_200.0, target={"effort": 7})]),
        (
            "5 km Z2 + 5 km Z3",
            [build_step(distance=5_000.0, target={"zone": zone}) for zone in (2, 3)],
        ),
    ],
)  # fmt: skip
def test_line_of_several_parts_has_steps(line: str, steps: list[dict[str, Any]]):
    content = parse_line(line)
    assert content.steps == steps
    assert (content.duration_s, content.distance_m, content.zone) == (None, None, None)


@pytest.mark.parametrize(
    ("line", "sentence", "place"),
    [
        ("", "Say how long or how far", 0),
        ("Long run", "Say how long or how far", 0),
        ("20", "“20” needs a unit", 0),
        ("60 minn", "“60” needs a unit", 0),
        ("1:30 easy", "Is “1:30” hours or minutes?", 0),
        ("60 min easy foo", "“foo” means nothing here.", 12),
        ("60 min Z2 Z3", "“Z3” is a second intensity", 10),
        ("10 km 5 km", "Put a + before “5 km”.", 6),
        ("10 km + ", "Say how long or how far", 6),
        ("2×(10 km", "A ) is missing.", 2),
        ("10 km)", "There is a ) too many.", 5),
        ("0 km", "“0 km” is too short or too long.", 0),
        ("0×1 km", "Repeat 1 to 100 times.", 0),
        ("6×1 km rest", "Say how long the pause is.", 7),
        ("60 min ?", "“?” means nothing here.", 7),
        ("bike 60 min swim", "A session has one sport.", 12),
        ("Test: 60 minn", "“60” needs a unit", 6),
        ("2×(2×(2×(1 km)))", "Brackets can be inside each other once.", 8),
        ("1 km " * 100, f"Write at most {LONGEST_LINE} characters.", LONGEST_LINE),
    ],
)
def test_line_that_is_no_session_is_refused_with_its_place(line: str, sentence: str, place: int):
    with pytest.raises(LineError, match="^" + "".join(f"[{sign}]" for sign in sentence)) as refusal:
        parse_line(line)
    assert refusal.value.place == place


zones = st.fixed_dictionaries({"zone": st.integers(1, 5)})
bands = st.tuples(st.integers(150, 600), st.integers(0, 60))
targets = st.one_of(
    st.none(),
    zones,
    bands.map(lambda band: {"pace": [float(band[0] + band[1]), float(band[0])]}),
    bands.map(lambda band: {"heart_rate": [100, 100 + band[1]]}),
    st.integers(1, 10).map(lambda effort: {"effort": effort}),
)
lengths = st.one_of(
    st.integers(1, 20_000).map(lambda seconds: {"duration": float(seconds)}),
    st.integers(1, 50_000).map(lambda metres: {"distance": float(metres)}),
)
works = st.builds(lambda length, target: build_step(target=target, **length), lengths, targets)
pauses = st.builds(
    lambda kind, length: build_step(kind, **length), st.sampled_from(["recovery", "rest"]), lengths
)
repeats = st.builds(
    lambda times, work, pause: build_repeat(times, work, *([pause] if pause else [])),
    st.integers(2, 40),
    works,
    st.none() | pauses,
)
sets = st.builds(
    lambda times, parts, pause: build_repeat(times, *parts, *([pause] if pause else [])),
    st.integers(2, 10),
    st.lists(works | repeats, min_size=2, max_size=4),
    st.none() | pauses,
)
contents = st.builds(
    DraftContent,
    sport=st.sampled_from(["run", "bike", "swim", "walk", "hike", "workout"]),
    title=st.sampled_from(["", "Long run", "Hills 10", "Jeudi + côte"]),
    steps=st.lists(repeats | sets, min_size=1, max_size=4),
    load=st.none() | st.integers(1, 500).map(float),
    is_key=st.booleans(),
)  # fmt: skip
simple_contents = st.builds(
    DraftContent,
    duration_s=st.integers(1, 80_000).map(float),
    zone=st.none() | st.integers(1, 5),
    title=st.sampled_from(["", "Long run"]),
)


@given(contents | simple_contents)
def test_written_line_is_read_as_the_same_session(content: DraftContent):
    line = write_line(content)
    if len(line) <= LONGEST_LINE:
        assert parse_line(line) == content


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(["6", "×", "(", ")", "+", "1 km", "90 s", "'", "Z4", "rest", "@", ":", ";"])
    ).map(" ".join)
)
def test_any_text_is_a_session_or_is_refused_at_a_place_in_it(text: str):
    try:
        content = parse_line(text)
    except LineError as refusal:
        assert 0 <= refusal.place <= len(text)  # noqa: PT017
    else:
        assert content.sport == "rest" or content.steps or content.duration_s or content.distance_m


def test_older_steps_are_written_in_the_same_way():
    steps: list[dict[str, Any]] = [
        {"repeat": 1, "duration": 900.0, "zone": 1},
        {"repeat": 6, "distance": 1_000.0, "zone": 4, "recovery": 120.0},
        {"repeat": 2, "steps": [{"repeat": 1, "duration": 60.0}], "recovery": 30.0},
    ]
    assert write_targets(DraftContent(steps=steps)) == "15 min Z1 + 6 × 1 km Z4 2 min + 2 × (1 min) 30 s"


def test_long_distances_are_in_the_readers_units():
    assert write_line(DraftContent(distance_m=24_140.2, zone=1), "imperial") == "15 mi Z1"
    assert write_line(DraftContent(distance_m=400.0), "imperial") == "400 m"
