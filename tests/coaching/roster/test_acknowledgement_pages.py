"""Coaches acknowledge signals on the roster page."""

from __future__ import annotations

import html
from typing import Any

import pytest
import time_machine

from athletes.models import User
from coaching.assessments.acknowledgements import acknowledge_signals
from coaching.models import Acknowledgement
from tests.coaching.plan_fixtures import build_signal, get_day
from tests.coaching.roster.roster_fixtures import (
    INFO,
    PRAISE,
    WARNING,
    browser,
    create_runs,
    cut_between,
    get_page,
    list_queue_names,
    set_signals,
)
from tests.support.cast import NOON, Cast


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def post_acknowledgement(user: User, athlete: User, action: str = "acknowledge", **fields: Any) -> Any:
    path = f"/coach/athletes/{athlete.public_id}/signals/{WARNING['code']}/{action}"
    return browser(user).post(path, fields, follow=True)


def test_acknowledgement_on_the_page_can_be_undone(cast: Cast):
    create_runs(cast.ada, cast.ben)
    set_signals(cast.ada, WARNING)
    answer = post_acknowledgement(cast.asha, cast.ada, days=2, next="/coach/?search=a")
    assert answer.redirect_chain == [("/coach/?search=a", 302)]
    row = Acknowledgement.objects.get()
    assert (row.coach, row.organization, row.until) == (cast.asha, cast.harbour, get_day(2))
    set_signals(cast.ada, WARNING)
    text = get_page(cast.carl)
    assert "Muted until Fri 12 Jun 2026 for Ada: Load is 845." in html.unescape(answer.content.decode())
    assert "No athlete needs attention" in text
    assert "Acknowledged (1)" in text
    assert "/LOAD_JUMP/take-back" in text
    post_acknowledgement(cast.carl, cast.ada, "take-back")
    assert not Acknowledgement.objects.exists()


@pytest.mark.parametrize("query", ["", "?sort=name"])
def test_acknowledged_signal_can_be_restored_while_another_is_open(cast: Cast, query: str):
    for user in (cast.ada, cast.ben):
        set_signals(user, WARNING, INFO)
    acknowledge_signals(cast.ada.athlete, [cast.harbour.pk], cast.carl, [build_signal(**INFO)], NOON, 3)
    set_signals(cast.ada, WARNING, INFO)
    text = get_page(cast.carl, query)
    waiting, acknowledged = (
        cut_between(text, 'class="queue-list waiting"', "</ol>"),
        cut_between(text, "<summary>Acknowledged", "</details>"),
    )
    assert (list_queue_names(waiting), list_queue_names(acknowledged)) == (["Ada", "Ben"], ["Ada"])
    assert waiting.count("RAMP_HIGH") == 1  # in what Ben's card shows
    assert "RAMP_HIGH/take-back" in acknowledged
    assert 'Fitness rises fast. <span class="muted">Seen by you until Sat 13 Jun 2026' in acknowledged


def test_acknowledge_page_shows_an_error_for_an_inactive_signal(cast: Cast):
    set_signals(cast.ada)
    assert (
        "This signal is not active today."
        in post_acknowledgement(cast.carl, cast.ada, days=1).content.decode()
    )


def test_praise_that_was_acknowledged_is_not_in_the_queue(cast: Cast):
    """Before praise was refused, it could be acknowledged."""
    create_runs(cast.ada, cast.ben)
    set_signals(cast.ada, PRAISE)
    acknowledge_signals(cast.ada.athlete, [cast.harbour.pk], cast.carl, [build_signal(**PRAISE)], NOON, 3)
    set_signals(cast.ada, PRAISE)
    text = get_page(cast.carl)
    assert "No athlete needs attention" in text
    assert "Acknowledged (" not in text
    assert "NEW_PB" not in text


@pytest.mark.parametrize("fields", [{"days": 8}, {"days": 0}, {}, {"days": 1, "for": 2}])
def test_acknowledgement_takes_one_to_seven_days(cast: Cast, fields: dict[str, Any]):
    set_signals(cast.ada, WARNING)
    assert post_acknowledgement(cast.carl, cast.ada, **fields).status_code == 400
    assert not Acknowledgement.objects.exists()


def test_redirect_rejects_foreign_urls(cast: Cast):
    answer = post_acknowledgement(cast.carl, cast.ada, days=1, next="https://elsewhere.example/")
    assert answer.redirect_chain == [("/coach/", 302)]
