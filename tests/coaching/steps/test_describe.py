"""Short lines for people, in kilometres or miles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from coaching.steps.describe import describe_steps
from coaching.steps.reader import read_steps
from tests.coaching.steps.examples import mixed, structured


def describe(*steps: dict[str, Any], units: str = "metric", **options: Any) -> list[str]:
    return describe_steps(read_steps(steps), units, **options)


KM = {"kind": "work", "distance": 1_000.0, "target": {"pace": [240, 230]}}
JOG = {"kind": "recovery", "duration": 90.0}
SESSION = (
    {"kind": "warmup", "duration": 600.0},
    {"kind": "repeat", "times": 5, "steps": [KM, JOG]},
    KM,
    {"kind": "cooldown", "until_lap": True},
)


def test_a_session_in_kilometres():
    assert describe(*SESSION) == [
        "10 min easy",
        "6 × 1 km at 4:00–3:50 /km, 90 s jog between",
        "easy until you press lap",
    ]


def test_a_session_in_miles_has_short_distances_in_metres():
    assert describe(*SESSION, KM | {"distance": 400.0}, units="imperial") == [
        "10 min easy",
        "6 × 0.62 mi at 6:26–6:10 /mi, 90 s jog between",
        "easy until you press lap",
        "400 m at 6:26–6:10 /mi",
    ]


@pytest.mark.parametrize(
    ("step", "line"),
    [
        ({"kind": "work", "duration": 1_200.0, "target": {"zone": 3}}, "20 min in zone 3"),
        ({"kind": "work", "duration": 5_400.0, "target": {"zone": 1}}, "1 h 30 min easy"),
        ({"kind": "work", "duration": 150.0}, "2 min 30 s"),
        ({"kind": "work", "until_lap": True}, "until you press lap"),
        ({"kind": "work", "distance": 42_195.0, "target": {"pace": [300, 300]}}, "42.2 km at 5:00 /km"),
        ({"kind": "work", "distance": 7_000.0, "text": "hilly"}, "7 km (hilly)"),
        ({"kind": "warmup", "duration": 600.0, "target": {"zone": 1}}, "10 min easy"),
        (
            {"kind": "warmup", "duration": 600.0, "target": {"heart_rate": [120, 140]}},
            "10 min warm-up at 120–140 bpm",
        ),
        ({"kind": "cooldown", "duration": 60.0, "target": {"effort": 2}}, "1 min cool-down at effort 2"),
        ({"kind": "recovery", "duration": 90.0, "target": {"zone": 1}}, "90 s jog"),
        (
            {"kind": "recovery", "distance": 200.0, "target": {"pace": [400, 360]}},
            "200 m jog at 6:40–6:00 /km",
        ),
        ({"kind": "rest", "duration": 120.0}, "2 min rest"),
        (
            {"kind": "rest", "until_lap": True, "target": {"heart_rate": [100, 100]}},
            "rest at 100 bpm until you press lap",
        ),
    ],
)
def test_each_target_has_its_words(step: dict[str, Any], line: str):
    assert describe(step) == [line]


def test_zones_of_runs_have_their_paces_if_the_threshold_is_known():
    step = {"kind": "work", "distance": 1_000.0, "target": {"zone": 4}}
    assert describe(step, threshold_mps=4.0) == ["1 km in zone 4 at 4:00–3:39 /km"]
    assert describe(step, threshold_mps=4.0, sport="bike") == ["1 km in zone 4"]


def test_other_sports_have_their_own_units():
    assert describe(KM, sport="swim") == ["1,000 m at 0:24–0:23 /100 m"]
    assert describe(KM, sport="swim", units="imperial") == ["1,094 yd at 0:22–0:21 /100 yd"]
    assert describe(KM, JOG, sport="bike") == ["1 km at 15.0–15.7 km/h", "90 s easy"]


def test_repeats_of_several_steps_have_brackets():
    sets = {"kind": "repeat", "times": 3, "steps": [{"kind": "repeat", "times": 4, "steps": [KM, JOG]}]}
    assert describe(sets) == ["3 × (4 × (1 km at 4:00–3:50 /km, 90 s jog))"]
    zone_sets = {
        "repeat": 3,
        "recovery": 180,
        "steps": [{"repeat": 4, "distance": 400, "zone": 5, "recovery": 60}],
    }
    assert describe(zone_sets) == ["3 × (4 × 400 m in zone 5, 1 min jog between), 3 min jog between"]


@given(steps=structured | mixed)
def test_every_step_has_one_line(steps: list[dict[str, Any]]):
    read = read_steps(steps)
    lines = describe_steps(read, "metric")
    assert len(lines) == len(read)
    assert all(lines)
    assert not any(character in line for line in lines for character in "\n{[")
