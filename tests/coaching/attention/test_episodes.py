"""Episodes of signals follow from the assessments alone, however often they are stored."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.attention import RULES_BY_CODE
from coaching.attention.episodes import (
    ALL_CATEGORIES,
    EpisodeState,
    RaisedSignal,
    find_needed_categories,
    update_episodes,
)
from coaching.science.priority import SEVERITY_RANK

TODAY = date(2026, 6, 10)
CODES = ("HRV_FALLING", "LOAD_JUMP", "INACTIVITY")


def back(days: int) -> date:
    return TODAY - timedelta(days=days)


def apply(known: list[EpisodeState], changed: list[EpisodeState]) -> list[EpisodeState]:
    """As the table stores them: one row for each code and first day."""
    rows = {(episode.code, episode.raised_on): episode for episode in [*known, *changed]}
    return list(rows.values())


def test_signal_is_raised_gets_worse_and_clears():
    raised = update_episodes([], [RaisedSignal("LOAD_JUMP", "info", back(4))], back(3))
    assert raised == [EpisodeState("LOAD_JUMP", back(4), "info")]
    worse = update_episodes(raised, [RaisedSignal("LOAD_JUMP", "warning", back(4))], back(2))
    assert worse == [EpisodeState("LOAD_JUMP", back(4), "warning")]
    assert update_episodes(worse, [RaisedSignal("LOAD_JUMP", "info", back(4))], back(1)) == []
    assert update_episodes(worse, [], TODAY) == [EpisodeState("LOAD_JUMP", back(4), "warning", TODAY)]


def test_cleared_signal_that_reaches_back_continues_its_episode():
    """An upload hid it for an hour, and was deleted."""
    cleared = [EpisodeState("INACTIVITY", back(6), "warning", back(1))]
    again = RaisedSignal("INACTIVITY", "critical", back(6))
    assert update_episodes(cleared, [again], TODAY) == [EpisodeState("INACTIVITY", back(6), "critical")]


def test_new_period_of_a_signal_is_a_new_episode():
    cleared = [EpisodeState("INACTIVITY", back(9), "warning", back(4))]
    again = RaisedSignal("INACTIVITY", "warning", TODAY)
    assert update_episodes(cleared, [again], TODAY) == [EpisodeState("INACTIVITY", TODAY, "warning")]


DAYS = st.lists(
    st.dictionaries(
        st.sampled_from(CODES), st.tuples(st.sampled_from(["info", "warning", "critical"]), st.integers(0, 5))
    ),
    max_size=12,
)


@given(DAYS)
def test_open_episodes_are_always_todays_signals(days: list[dict[str, tuple[str, int]]]):
    rows: list[EpisodeState] = []
    for ahead, signals in enumerate(days):
        today = TODAY + timedelta(days=ahead)
        active = [
            RaisedSignal(code, severity, today - timedelta(days=ago))  # type: ignore[arg-type]
            for code, (severity, ago) in signals.items()
        ]
        before = {(row.code, row.raised_on): row for row in rows}
        rows = apply(rows, update_episodes(rows, active, today))
        assert update_episodes(rows, active, today) == []
        open_rows = {row.code: row for row in rows if row.cleared_on is None}
        assert open_rows.keys() == signals.keys()
        assert len(open_rows) == sum(row.cleared_on is None for row in rows)
        for row in rows:
            assert row.cleared_on is None or row.raised_on <= row.cleared_on <= today
            if earlier := before.get((row.code, row.raised_on)):
                assert SEVERITY_RANK[row.worst_severity] >= SEVERITY_RANK[earlier.worst_severity]
        assert before.keys() <= {(row.code, row.raised_on) for row in rows}


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ("HRV_BELOW_BASELINE", {"health", "activities"}),
        ("LOAD_JUMP", {"activities", "goals_and_plans"}),  # an absence silences it
        ("INTENSITY_HEAVY", {"activities"}),
        ("INACTIVITY", ALL_CATEGORIES),
        ("THRESHOLD_OUTDATED", ALL_CATEGORIES),
    ],
)
def test_signal_needs_all_categories_that_can_change_it(code: str, needed: set[str]):
    assert find_needed_categories(RULES_BY_CODE[code]) == needed


def test_signal_needs_at_least_what_its_rule_uses():
    for rule in RULES_BY_CODE.values():
        assert set(rule.uses) <= find_needed_categories(rule) <= ALL_CATEGORIES
