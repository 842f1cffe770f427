"""Signals of one cause are one story, and each signal has actions."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from coaching.assessments.values import SignalView
from coaching.attention import SIGNAL_RULES
from coaching.attention.causes import CAUSE_BY_DOMAIN, CAUSE_TITLES, SignalCause, group_by_cause
from coaching.attention.signal import SignalDomain
from coaching.attention.suggested_actions import (
    ACTIONS_BY_CODE,
    ACTIONS_BY_DOMAIN,
    SUGGESTED_ACTIONS,
    merge_actions,
    suggest_actions,
)
from coaching.science.priority import SEVERITY_RANK
from tests.coaching.plan_fixtures import build_signal

DOMAINS: tuple[SignalDomain, ...] = get_args(SignalDomain)
SIGNALS = st.builds(
    lambda code, domain, severity, confidence: build_signal(
        code=code, domain=domain, severity=severity, confidence=confidence
    ),
    st.text("ABC", min_size=1, max_size=3),
    st.sampled_from(DOMAINS),
    st.sampled_from(sorted(SEVERITY_RANK)),
    st.sampled_from([0.5, 0.8, 1.0]),
)


def build_recovery(code: str, severity: str, **fields: Any) -> SignalView:
    return build_signal(code=code, domain="recovery", severity=severity, **fields)


def test_signs_of_one_overload_are_one_story_with_the_worst_first():
    falling, ill = build_recovery("HRV_FALLING", "warning"), build_recovery("POSSIBLE_ILLNESS", "critical")
    jump = build_signal(code="LOAD_JUMP", domain="load", severity="warning")
    (recovery, load) = group_by_cause([jump, falling, ill])
    assert (recovery.title, recovery.signals) == ("Illness or overload? 2 signs", (ill, falling))
    assert (load.title, load.signals) == ("", (jump,))


def test_equally_severe_causes_are_sorted_by_their_number_of_signs():
    signals = [
        build_recovery("HRV_FALLING", "warning"),
        *(build_signal(code=code, domain="load", severity="warning") for code in ("LOAD_JUMP", "RAMP_HIGH")),
    ]
    assert [group.cause for group in group_by_cause(signals)] == ["load", "recovery"]


@given(st.lists(SIGNALS, max_size=12))
def test_every_signal_is_in_the_group_of_its_cause_once(signals: list[SignalView]):
    groups = group_by_cause(signals)
    assert sorted(signal for group in groups for signal in group.signals) == sorted(signals)
    assert len({group.cause for group in groups}) == len(groups)
    for group in groups:
        assert {CAUSE_BY_DOMAIN[signal.domain] for signal in group.signals} == {group.cause}
        ranks = [SEVERITY_RANK[signal.severity] for signal in group.signals]
        assert ranks == sorted(ranks, reverse=True)
    worst = [SEVERITY_RANK[group.signals[0].severity] for group in groups]
    assert worst == sorted(worst, reverse=True)


def test_every_domain_has_a_cause_and_every_cause_a_title():
    assert CAUSE_BY_DOMAIN.keys() == ACTIONS_BY_DOMAIN.keys() == set(DOMAINS)
    assert CAUSE_TITLES.keys() == set(CAUSE_BY_DOMAIN.values()) == set(get_args(SignalCause))


def test_every_signal_suggests_an_action():
    codes = {rule.code for rule in SIGNAL_RULES}
    assert ACTIONS_BY_CODE.keys() <= codes
    for rule in SIGNAL_RULES:
        assert suggest_actions(rule.code, rule.domain)
    suggested = {action for rule in SIGNAL_RULES for action in suggest_actions(rule.code, rule.domain)}
    assert suggested == set(SUGGESTED_ACTIONS)


def test_merged_actions_begin_with_those_of_the_worst_signal():
    assert merge_actions([("POSSIBLE_ILLNESS", "recovery"), ("RAMP_HIGH", "load")]) == [
        "enter_absence",
        "make_tomorrow_easy",
        "write",
        "open_plan",
    ]
