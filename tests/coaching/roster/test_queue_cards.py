"""The queue: one card for each athlete. Seen and Undo act on all of its signals, and it keeps its place."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from athletes.models import User
from athletes.organizations.consent import change_consent
from coaching.models import Acknowledgement, Comment, SignalAction
from tests.coaching.calendar.calendar_fixtures import create_session
from tests.coaching.calendar.pages.page_fixtures import PageClient
from tests.coaching.plan_fixtures import get_day
from tests.coaching.roster.roster_fixtures import (
    INFO,
    URGENT,
    WARNING,
    browser,
    create_runner,
    cut_between,
    fall_ill,
    get_page,
    list_queue_names,
    set_signals,
)
from tests.coaching.training_fixtures import stop_running
from tests.support.cast import NOON, Cast
from tests.support.compare_pages import collapse_white_space

FALLING = URGENT | {"code": "HRV_FALLING", "severity": "warning", "message": "HRV fell."}
LOW = URGENT | {"code": "RECOVERY_LOW", "severity": "warning", "message": "Recovery is 30."}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def post_from_card(user: User, athlete: User, page: str, **changes: Any) -> Any:
    """Press the button of the athlete's card as a browser without JavaScript does."""
    action, fields = find_form(page, athlete)
    return browser(user).post(action, fields | changes)


def find_form(page: str, athlete: User) -> tuple[str, dict[str, str]]:
    forms = re.findall(r'<form [^>]*action="([^"]*)"[^>]*hx-post[^>]*>(.*?)</form>', page, re.DOTALL)
    (form,) = [(action, content) for action, content in forms if athlete.public_id in action]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[1]))
    if "take-back" not in form[0]:
        fields["days"] = "3"
    fields.pop("csrfmiddlewaretoken", None)
    return form[0], fields


def list_waiting(page: str) -> list[str]:
    return list_queue_names(cut_between(page, 'class="queue-list waiting', "</ol>"))


def open_raw(user: User, address: str) -> str:
    answer = browser(user).get(address)
    assert answer.status_code == 200
    return collapse_white_space(html.unescape(answer.content.decode()))


def test_signs_of_one_cause_are_one_story_and_the_others_are_in_the_fold(cast: Cast):
    set_signals(cast.ada, URGENT, FALLING, LOW, WARNING)
    card = cut_between(get_page(cast.carl), '<li class="queue-card', '<details class="seen-options"')
    assert re.search(
        r"<summary> ?Illness or overload\? 3 signs ?<span class=\"muted\">and 1 more</span>", card
    )
    fold = cut_between(card, "<details", "</details>")
    for signal in (URGENT, FALLING, LOW, WARNING):
        assert str(signal["message"]) in fold
    assert cut_between(card, '<p class="headline">', "<time").strip() == URGENT["message"]
    assert card.count(">Seen<") == 1


def test_one_click_acknowledges_the_card_and_it_keeps_its_place(cast: Cast):
    for user in (cast.ada, cast.ben):
        stop_running(user, 12)
    page = get_page(cast.carl)
    first, second = (cast.ada, cast.ben) if list_waiting(page) == ["Ada", "Ben"] else (cast.ben, cast.ada)
    answer = post_from_card(cast.carl, first, page, reason="Holidays")
    assert answer.headers["Location"] == f"/coach/?kept=0.{first.public_id}"
    assert {(row.athlete_id, row.reason) for row in Acknowledgement.objects.all()} == {(first.pk, "Holidays")}
    kept = open_raw(cast.carl, answer.headers["Location"])
    assert list_waiting(kept) == [str(first), str(second)]
    assert "Seen by you until Sat 13 Jun 2026: Holidays" in cut_between(kept, "waiting", "</ol>")
    assert list_waiting(get_page(cast.carl)) == [str(second)]
    undone = post_from_card(cast.carl, first, kept)
    assert list_waiting(open_raw(cast.carl, undone.headers["Location"])) == [str(first), str(second)]
    assert not Acknowledgement.objects.exists()


def test_place_of_the_acknowledged_card_has_no_other_button(cast: Cast):
    """Where Seen was, a button does nothing: a second click cannot undo, or hit the next card."""
    for user in (cast.ada, cast.ben):
        stop_running(user, 12)
    page = get_page(cast.carl)
    location = post_from_card(cast.carl, cast.ada, page).headers["Location"]
    card = next(
        part
        for part in open_raw(cast.carl, location).split('<li class="queue-card')
        if f"seen-{cast.ada.public_id}" in part
    )
    controls = card.split('<div class="queue-controls">')[1]
    assert re.search(r'<button [^>]*type="button" aria-disabled="true">Seen</button>', controls)
    assert "<form" not in controls.split("</li>")[0]


def test_second_click_changes_nothing(cast: Cast):
    stop_running(cast.ada, 12)
    page = get_page(cast.carl)
    for _ in range(3):
        assert post_from_card(cast.carl, cast.ada, page, days="3").status_code == 302
    assert SignalAction.objects.count() == Acknowledgement.objects.count() == 2  # idle, and an empty profile
    post_from_card(cast.hanna, cast.ada, page, days="7")
    assert set(Acknowledgement.objects.values_list("coach", "until")) == {(cast.carl.pk, get_day(3))}


def test_htmx_gets_the_story_alone(cast: Cast):
    stop_running(cast.ada, 12)
    action, fields = find_form(get_page(cast.carl), cast.ada)
    client = browser(cast.carl)
    answer = client.post(action, fields, headers={"HX-Request": "true"})
    text = html.unescape(answer.content.decode())
    assert answer.status_code == 200
    assert text.count('class="queue-story is-acknowledged"') == 1
    assert "<h1" not in text
    assert "Seen by you until Sat 13 Jun 2026" in text
    action, fields = find_form(collapse_white_space(text), cast.ada)
    text = html.unescape(client.post(action, fields, headers={"HX-Request": "true"}).content.decode())
    assert f'id="seen-{cast.ada.public_id}" type="submit"' in text
    assert not Acknowledgement.objects.exists()


def test_undo_leaves_what_a_colleague_acknowledged(cast: Cast):
    stop_running(cast.ada, 12)
    page = get_page(cast.carl)
    action, fields = find_form(page, cast.ada)
    post_from_card(cast.hanna, cast.ada, page, shown="PROFILE_INCOMPLETE.info")
    location = post_from_card(cast.carl, cast.ada, page).headers["Location"]
    post_from_card(cast.carl, cast.ada, open_raw(cast.carl, location))
    assert [(row.code, row.coach) for row in Acknowledgement.objects.all()] == [
        ("PROFILE_INCOMPLETE", cast.hanna)
    ]


def test_signal_that_got_worse_since_the_page_was_read_is_not_hidden(cast: Cast):
    stop_running(cast.ada, 12)
    page = get_page(cast.carl)
    later = NOON + timedelta(days=2)
    with time_machine.travel(later, tick=False):
        location = post_from_card(cast.carl, cast.ada, page).headers["Location"]
        kept = open_raw(cast.carl, location)
    assert [row.code for row in Acknowledgement.objects.all()] == ["PROFILE_INCOMPLETE"]
    assert 'class="badge critical"' in kept
    assert f'id="seen-{cast.ada.public_id}" type="submit"' in kept


def test_kept_places_are_counted_from_the_top_of_the_queue(cast: Cast):
    names = [f"runner{number}" for number in range(4)]
    people = {name: create_runner(name, cast, WARNING) for name in names}
    kept = f"?kept=2.{people['runner0'].public_id},0.{people['runner3'].public_id}"
    assert list_waiting(get_page(cast.carl, kept)) == ["Runner3", "Runner1", "Runner0", "Runner2"]


def test_kept_athlete_who_is_not_among_the_first_is_read_too(cast: Cast):
    for number in range(55):
        create_runner(f"runner{number:02}", cast, WARNING)
    stop_running(cast.ada, 12)
    page = get_page(cast.carl, "?search=ada&queue=all")
    post_from_card(cast.carl, cast.ada, page)
    shown = get_page(cast.carl, f"?kept=1.{cast.ada.public_id}")
    assert list_waiting(shown)[:3] == ["Runner00", "Ada", "Runner01"]


def test_links_and_filters_put_the_queue_in_order_again(cast: Cast):
    set_signals(cast.ada, WARNING)
    page = get_page(cast.carl, f"?kept=0.{cast.ada.public_id}")
    assert {link for link in re.findall(r'href="([^"]*)"', page) if "kept" in link} == set()


@pytest.mark.parametrize("kept", ["x", "0.usr_x", "-1.{ada}", "0.{ada},", "201.{ada}"])
def test_places_that_are_none_are_refused(cast: Cast, kept: str):
    get_page(cast.carl, f"?kept={kept.format(ada=cast.ada.public_id)}", status=400)


@pytest.mark.parametrize(
    "fields", [{"days": 8}, {"days": 3, "shown": "x"}, {"days": 3, "shown": "LOAD_JUMP.bad"}, {"days": 3}]
)
def test_form_takes_known_signals_and_one_to_seven_days(cast: Cast, fields: dict[str, Any]):
    set_signals(cast.ada, WARNING)
    path = f"/coach/athletes/{cast.ada.public_id}/signals/acknowledge"
    assert browser(cast.carl).post(path, fields).status_code == 400
    assert not Acknowledgement.objects.exists()


def list_links(page: str) -> list[str]:
    """The links and buttons of the first card. A form with a day counts once, by its summary."""
    card = page.partition('class="queue-card')[2] or page
    found = re.findall(r'<div class="(?:queue|signal)-links">(.*?)</div>', card.split("Quiet for")[0])
    drawn = r'<(?:a|button|summary) class="button secondary"[^>]*>([^<]+)<'
    return re.findall(drawn, "".join(found))


def test_card_draws_what_its_worst_signals_ask_for(cast: Cast):
    set_signals(cast.ada, INFO, URGENT)
    assert list_links(get_page(cast.carl)) == ["Enter absence", "Make tomorrow easy", "Write"]
    assert list_links(get_page(cast.asha)) == ["Write", "Open plan"]  # she may not change this calendar
    cast.ada.memberships.update(assigned_coach=cast.asha)
    assert list_links(get_page(cast.asha)) == ["Make tomorrow easy", "Write", "Open plan"]
    change_consent(cast.ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    stop_running(cast.ada, 12)
    assert list_links(get_page(cast.carl)) == ["Write", "Enter threshold"]


def test_coach_eases_tomorrow_and_writes_to_the_athlete_in_three_clicks(cast: Cast):
    fall_ill(cast.ada)
    session = create_session(cast.ada, get_day(1), title="Tempo", zone=4)
    coach = PageClient(cast.carl)
    first = coach.client.get("/coach/")
    assert '<li class="queue-card critical">' in coach.unescape(first)
    eased = coach.press(first, "Make tomorrow easy")  # 1
    assert eased.redirect_chain[-1][0].startswith("/coach/")
    assert "Changed “Tempo (easy)” on Thu 11 Jun 2026." in coach.unescape(eased)
    session.refresh_from_db()
    assert (session.title, session.zone) == ("Tempo (easy)", 1)
    links = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>Write</a>', coach.unescape(eased))
    written = coach.submit(links[0], "comments", text="Easy tomorrow: your HRV falls.")  # 2: Write, 3: Send
    assert "Your comment is saved." in coach.unescape(written)
    assert [comment.text for comment in Comment.objects.filter(day=get_day(0), athlete=cast.ada.pk)] == [
        "Easy tomorrow: your HRV falls."
    ]
    kinds = SignalAction.objects.filter(code="POSSIBLE_ILLNESS").values_list("kind", flat=True)
    assert list(kinds) == ["session_eased", "commented"]


def test_coach_moves_the_next_hard_session_from_the_card(cast: Cast):
    set_signals(cast.ada, FALLING)
    session = create_session(cast.ada, get_day(2), title="Hills", zone=4)
    coach = PageClient(cast.carl)
    moved = coach.submit("/coach/", "/move-hard-session", date=str(get_day(4)))
    assert "Moved “Hills” from Fri 12 Jun 2026 to Sun 14 Jun 2026." in coach.unescape(moved)
    session.refresh_from_db()
    assert session.day == get_day(4)


def test_story_that_htmx_draws_again_has_the_same_buttons(cast: Cast):
    fall_ill(cast.ada)
    cast.ada.memberships.update(assigned_coach=cast.asha)
    path = f"/coach/athletes/{cast.ada.public_id}/signals/take-back"
    for coach in (cast.carl, cast.asha):
        story = browser(coach).post(path, {"codes": "HRV_FALLING"}, headers={"HX-Request": "true"})
        text = html.unescape(collapse_white_space(story.content.decode()))
        assert list_links(text) == ["Make tomorrow easy", "Move hard session", "Write"]
