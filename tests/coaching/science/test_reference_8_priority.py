"""Reference cases of FORMULAS §8.1, and the sort order of the roster."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.science.priority import AcknowledgementPeriod, compute_priority, priority_tier, queue_key

DOMAINS = st.sampled_from(["recovery", "load", "adherence", "intensity", "performance", "race", "data"])
SEVERITIES = ["info", "warning", "critical"]
FLAGS = st.tuples(DOMAINS, st.sampled_from(SEVERITIES), st.sampled_from([0.42, 0.6, 0.7, 1.0]), st.booleans())


@pytest.mark.parametrize(
    ("value", "expected", "tolerance"),
    [
        (compute_priority([]), 0.0, 0),
        (compute_priority([("recovery", "warning", 1, False)]), 25.0, 1e-9),
        (compute_priority([("recovery", "warning", 1, False), ("load", "warning", 1, False)]), 43.75, 1e-9),
        (
            compute_priority([("recovery", "warning", 1, False), ("recovery", "warning", 1, False)]),
            29.6875,
            1e-6,
        ),
        (
            compute_priority(
                [
                    ("recovery", "critical", 1, False),
                    ("load", "warning", 1, False),
                    ("adherence", "info", 1, False),
                ],
                True,
            ),
            84.53125,
            1e-6,
        ),
        (compute_priority([("recovery", "critical", 1, True)]), 18.0, 1e-9),
        (compute_priority([("data", "warning", 0.5, False)]), 12.5, 1e-9),
    ],
)
def test_priority(value, expected, tolerance):
    assert value == pytest.approx(expected, abs=tolerance)


def test_positive_signals_do_not_change_the_priority():
    assert compute_priority([("positive", "positive", 1, False)]) == 0


@given(st.lists(FLAGS, max_size=9), FLAGS, st.booleans())
def test_another_signal_never_lowers_the_priority(flags, extra, race_near):
    assert compute_priority([*flags, extra], race_near) >= compute_priority(flags, race_near) - 1e-9


@given(st.lists(FLAGS, min_size=1, max_size=9), st.booleans())
def test_higher_severity_never_lowers_the_priority(flags, race_near):
    (domain, severity, confidence, acknowledged), *others = flags
    for higher in SEVERITIES[SEVERITIES.index(severity) :]:
        raised = compute_priority([(domain, higher, confidence, acknowledged), *others], race_near)
        assert raised >= compute_priority(flags, race_near) - 1e-9


@given(st.lists(FLAGS, max_size=12), st.randoms(), st.booleans())
def test_priority_is_bounded_and_independent_of_the_order(flags, random, race_near):
    shuffled = flags[:]
    random.shuffle(shuffled)
    value = compute_priority(flags, race_near)
    assert 0 <= value <= 100
    assert compute_priority(shuffled, race_near) == pytest.approx(value)


PERIOD = AcknowledgementPeriod("warning", since=date(2026, 11, 10), until=date(2026, 11, 15))


@pytest.mark.parametrize(
    ("severity", "today", "applies"),
    [
        ("warning", date(2026, 11, 15), True),
        ("info", date(2026, 11, 12), True),
        ("critical", date(2026, 11, 12), False),
        ("warning", date(2026, 11, 16), False),
    ],
)
def test_acknowledgement_ends_after_until_or_at_higher_severity(severity, today, applies):
    assert PERIOD.applies_to(severity, today) is applies


def test_acknowledgement_lasts_at_most_7_days():
    forever = AcknowledgementPeriod("warning", since=date(2026, 11, 10), until=date(2099, 1, 1))
    assert forever.applies_to("warning", date(2026, 11, 17))
    assert not forever.applies_to("warning", date(2026, 11, 18))


@pytest.mark.parametrize(
    ("value", "tier"), [(60, "today"), (59.9, "this week"), (25, "this week"), (24, "keep an eye")]
)
def test_priority_tier(value, tier):
    assert priority_tier(value) == tier


def test_queue_key_sorts_by_priority_severity_race_contact_id():
    rows = [
        queue_key(60, ["critical"], None, 3, "a"),
        queue_key(60, ["warning"] * 5, 3, None, "b"),
        queue_key(25, ["warning"], 20, 30, "c"),
        queue_key(25, ["warning"], None, None, "d"),
        queue_key(25, ["warning"], None, 30, "e"),
        queue_key(25, ["warning"], None, 30, "f"),
        queue_key(0, [], None, None, "g"),
    ]
    queue = rows[::-1]
    queue.sort()
    assert queue == rows
