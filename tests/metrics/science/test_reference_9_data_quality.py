"""Reference cases of FORMULAS §9."""

import pytest

from metrics.science.data_quality import build_data_quality, data_quality, freshness, sync_state


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (data_quality(10, 10, 10, "fresh", 1, 1), 100.0),
        (data_quality(None, None, None, "none", 0, 0), 0.0),
        (data_quality(100, 200, 30, "recent", 1, 1), 71.5),
        (data_quality(None, None, None, "fresh", 1, 1), 45.0),
        (data_quality(400, None, 100, "stale", 1, 0), 34.0),
        (data_quality(10, 10, 10, "none", 0, 0, ("estimated", "race", "default")), 43.0),
        (data_quality(10, 10, 10, "none", 0, 0, (0.7, 1, 0.7)), 43.0),
    ],
)
def test_data_quality(score, expected):
    assert score == pytest.approx(expected, abs=1e-9)


def test_an_unknown_source_is_an_error():
    with pytest.raises(KeyError):
        data_quality(10, 10, 10, "none", 0, 0, ("hearsay", "race", "race"))


@pytest.mark.parametrize(
    ("age", "worth"), [(90, 1.0), (91, 0.6), (180, 0.6), (181, 0.3), (9999, 0.3), (None, 0.0)]
)
def test_an_old_value_still_counts_0_3(age, worth):
    assert freshness(age) == worth


def test_the_parts_sum_to_the_score_and_missing_parts_are_named():
    quality = build_data_quality(100, None, 30, "recent", True, False)
    assert quality.parts == {
        "pace_zones": 12,
        "hr_zones": 0,
        "vdot": 20,
        "integrations": 15,
        "timezone": 10,
        "units": 0,
    }
    assert quality.score == sum(quality.parts.values())
    assert quality.missing == ("hr_zones", "units")


@pytest.mark.parametrize(
    ("quality", "grade"),
    [
        (build_data_quality(10, 10, 10, "recent", 1, 1), "good"),
        (build_data_quality(10, None, 10, "fresh", 1, 1), "good"),
        (build_data_quality(200, None, 10, "recent", 1, 1), "usable"),
        (build_data_quality(None, None, None, "fresh", 1, 1), "incomplete"),
    ],
)
def test_data_quality_grades(quality, grade):
    assert quality.grade == grade


@pytest.mark.parametrize(
    ("connected", "sync_age_h", "entry_age_d", "state"),
    [
        (True, 72, None, "fresh"),
        (True, 72.1, None, "recent"),
        (True, 168, None, "recent"),
        (True, 169, None, "stale"),
        (True, None, None, "stale"),
        (True, 169, 7, "recent"),
        (False, None, 7, "recent"),
        (False, None, 8, "none"),
        (False, 1, None, "none"),
    ],
)
def test_sync_states(connected, sync_age_h, entry_age_d, state):
    assert sync_state(connected, sync_age_h, entry_age_d) == state
