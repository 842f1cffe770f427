"""The pages: which signals helped a club, and what was done about an athlete's signals."""

from __future__ import annotations

import html

import pytest
import time_machine

from athletes.models import User
from tests.coaching.plan_fixtures import get_day
from tests.coaching.roster.roster_fixtures import browser, create_runs
from tests.coaching.signal_history.episode_fixtures import act, backdate_memberships, raise_signal
from tests.support.cast import NOON, Cast
from tests.support.compare_pages import collapse_white_space


@pytest.fixture(autouse=True)
def _noon(cast: Cast):
    backdate_memberships()
    with time_machine.travel(NOON, tick=False):
        yield


def open_page(user: User, path: str, status: int = 200) -> str:
    answer = browser(user).get(path)
    assert answer.status_code == status, answer.content
    return collapse_white_space(html.unescape(answer.content.decode()))


def test_usefulness_page_counts_each_signal(cast: Cast):
    act(raise_signal(cast.ada, back=40, days=7), cast.harbour, cast.carl, 1)
    raise_signal(cast.ben, back=40, days=12)
    text = open_page(cast.asha, "/coach/signals")
    assert '<td data-label="Raised" class="number">2</td><td data-label="Seen" class="number">1</td>' in text
    assert '<td data-label="Median days" class="number">9.5</td>' in text
    assert "Illness or overload?" in text
    assert "No signal was raised" in open_page(cast.asha, f"/coach/signals?from={get_day(-9)}")
    assert open_page(cast.asha, f"/coach/signals?from={get_day(0)}&to={get_day(-1)}", status=400)


def test_history_page_says_what_was_done_and_how_soon_it_cleared(cast: Cast):
    old = raise_signal(cast.ada, back=20, days=9, severity="critical")
    act(old, cast.harbour, cast.carl, 2, reason="A cold")
    raise_signal(cast.ada, "LOAD_JUMP", back=1)
    path = f"/coach/athletes/{cast.ada.public_id}/signals"
    text = open_page(cast.asha, path)
    assert "Seen by Carl on Sat 23 May 2026: A cold. Cleared after 7 days" in text
    assert "Seen by you on Sat 23 May 2026" in open_page(cast.carl, path)
    assert "after 9 days" in text
    assert "still active" in text
    assert text.count("nothing yet") == 1
    open_page(cast.ada, path, status=403)
    assert "No signal was raised yet." in open_page(
        cast.hanna, path.replace(cast.ada.public_id, cast.ben.public_id)
    )


def test_coaches_find_both_pages_and_the_athlete_none(cast: Cast):
    create_runs(cast.ada)
    assert "/coach/signals?org_id=" in open_page(cast.carl, "/coach/")
    history = f"/coach/athletes/{cast.ada.public_id}/signals"
    assert f'href="{history}"' in open_page(cast.carl, f"/coach/athletes/{cast.ada.public_id}")
    assert f'href="{history}"' not in open_page(cast.ada, "/home")
