"""The calendar page and the page of a session, as a coach and the athlete see and use them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from athletes.models import Membership
from athletes.organizations.consent import change_consent
from athletes.rights import Category
from coaching.models import CalendarChange, CalendarSession
from tests.coaching.calendar.calendar_fixtures import CalendarClient, create_session
from tests.coaching.calendar.pages.page_fixtures import (
    PageClient,
    count_statements,
    get_calendar_path,
    get_session_path,
)
from tests.coaching.plan_fixtures import (
    MONDAY,
    TODAY,
    create_absence,
    create_race,
    create_test_plan,
    follow_plan,
    get_day,
)
from tests.support.cast import NOON, Cast, create_run

# The viewer's session, user, athlete and clubs; six for the calendar; threshold, editable sessions,
# proposals, changes.
OWN_SQL = 4 + 6 + 4
COACH_SQL = OWN_SQL + 4  # the athlete, what they share, their name, whether the coach may change it


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def test_month_shows_plans_activities_races_and_absences_in_their_days(cast: Cast):
    create_session(cast.ada, get_day(1), title="Tempo", distance_m=8_000.0, duration_s=None, zone=4)
    create_race(cast.ada, 17)
    create_absence(cast.ada, 2, 3)
    create_run(cast.ada, NOON - timedelta(days=1), name="Morning run")
    page = PageClient(cast.ada)
    text = page.read("/home/calendar")
    assert "<h1>June 2026" in text
    assert re.findall(r'data-day="([\d-]+)"', text)[::7] == [
        str(MONDAY + timedelta(7 * n)) for n in range(-1, 4)
    ]
    assert "8.0 km, zone 4" in page.read_day(text, get_day(1))
    assert "City run" in page.read_day(text, get_day(17))
    assert "Ill" in page.read_day(text, get_day(2))
    assert "Ill" not in page.read_day(text, get_day(4))
    assert "Morning run" in page.read_day(text, get_day(-1))
    assert 'aria-current="date"' in page.read_day(text, TODAY)


def test_week_has_sums_and_compliance(cast: Cast):
    create_session(cast.ada, MONDAY, distance_m=10_000.0, duration_s=None)
    create_session(cast.ada, get_day(1), distance_m=5_000.0, duration_s=None)
    create_run(cast.ada, NOON - timedelta(days=2), distance_m=8_000.0, training_load=50.0)
    text = PageClient(cast.ada).read("/home/calendar?view=week")
    assert text.count('class="sums"') == 1
    sums = text.split('class="sums"')[1]
    for part in ("15.0 km", "8.0 km", "load 50", "80 %"):
        assert part in sums


def test_links_lead_to_the_days_before_and_after(cast: Cast):
    page = PageClient(cast.ada)
    month, week = page.read("/home/calendar"), page.read("/home/calendar?view=week&day=2026-01-01")
    assert re.findall(r'href="(\S+)" rel="(\w+)"', month) == [
        ("/home/calendar?view=month&day=2026-05-31", "prev"),
        ("/home/calendar?view=month&day=2026-07-01", "next"),
    ]
    assert "<h1>Week of 29 December 2025" in week
    assert ("/home/calendar?view=week&day=2025-12-22", "prev") in re.findall(
        r'href="(\S+)" rel="(\w+)"', week
    )
    for day in ("1970-01-01", "2099-12-31"):
        page.read(f"/home/calendar?day={day}")
    for wrong in ("?view=year", "?day=today", "?dya=2026-01-01", "?day=1969-12-31"):
        assert page.client.get(f"/home/calendar{wrong}").status_code == 400


def test_calendar_makes_a_fixed_number_of_statements(cast: Cast):
    for viewer, expected in ((cast.ada, OWN_SQL), (cast.carl, COACH_SQL)):
        path = get_calendar_path(viewer, cast.ada)
        assert count_statements(viewer, path) == expected
        for ahead in range(-5, 15):
            create_session(cast.ada, get_day(ahead), steps=[{"duration": 600, "zone": 4}])
            create_run(cast.ada, NOON - timedelta(days=abs(ahead), hours=ahead % 3))
        assert count_statements(viewer, path) == expected


def test_session_is_moved_by_its_date_field_and_moved_back_by_undo(cast: Cast):
    session = create_session(cast.ada, get_day(1), title="Tempo")
    page = PageClient(cast.carl)
    answer = page.submit(get_session_path(cast.ada, session), "/move", date=str(get_day(3)))
    assert answer.redirect_chain[-1][0] == f"/coach/athletes/{cast.ada.public_id}/calendar?day={get_day(3)}"
    text = page.unescape(answer)
    assert "Moved “Tempo” from Thu 11 Jun 2026 to Sat 13 Jun 2026." in text
    assert "Tempo" in page.read_day(text, get_day(3))
    undone = page.unescape(page.press(answer, "Undo"))
    assert "Tempo" in page.read_day(undone, get_day(1))
    session.refresh_from_db()
    assert session.day == get_day(1)


def test_form_that_is_sent_twice_moves_once(cast: Cast):
    session = create_session(cast.ada, get_day(1))
    page = PageClient(cast.ada)
    sent = page.fill(get_session_path(cast.ada, session), "/move", date=str(get_day(2)))
    first, second = page.post(*sent), page.post(*sent)
    assert "Moved" in page.unescape(first)
    assert "You sent this form twice. It was saved once." in page.unescape(second)
    assert CalendarChange.objects.count() == 1


def test_second_of_two_people_overwrites_nothing_and_sees_who_was_first(cast: Cast):
    session = create_session(cast.ada, get_day(1), title="Tempo")
    coach, athlete = PageClient(cast.carl), PageClient(cast.ada)
    path = get_session_path(cast.ada, session)
    forms = [
        athlete.fill(path, "/move", date=str(get_day(5))),
        athlete.fill(path, "/skip", reason="Tired"),
        athlete.fill(path, "", title="Rest"),
        athlete.fill(path, "/copy", date=str(get_day(5))),
        athlete.fill(path, "/delete"),
    ]
    coach.submit(path, "/move", date=str(get_day(3)))
    for sent in forms:
        answer = athlete.post(*sent)
        text = athlete.unescape(answer)
        assert answer.redirect_chain[-1][0].startswith(path)
        assert "Nothing was saved, because this session changed in the meantime." in text
        assert "Carl moved “Tempo” from Thu 11 Jun 2026 to Sat 13 Jun 2026 (10 Jun 2026, 14:00)." in text
        assert '<time datetime="2026-06-13">' in text
    stored = CalendarSession.objects.get()
    assert (stored.day, stored.title, stored.is_skipped, stored.version) == (get_day(3), "Tempo", False, 2)


def test_who_acts_on_a_deleted_session_reads_who_deleted_it(cast: Cast):
    session = create_session(cast.ada, get_day(1), title="Tempo")
    coach, athlete = PageClient(cast.carl), PageClient(cast.ada)
    path = get_session_path(cast.ada, session)
    sent = athlete.fill(path, "/move", date=str(get_day(5)))
    coach.submit(path, "/delete")
    for answer in (athlete.post(*sent), athlete.client.get(path, follow=True)):
        assert "not in the calendar any more. Carl deleted “Tempo”" in athlete.unescape(answer)


def test_session_is_copied_skipped_planned_again_and_deleted(cast: Cast):
    session = create_session(cast.ada, get_day(1), title="Tempo", steps=[{"duration": 600, "zone": 4}])
    page, path = PageClient(cast.ada), get_session_path(cast.ada, session)
    page.submit(path, "/copy", date=str(get_day(8)))
    copied = CalendarSession.objects.get(day=get_day(8))
    assert (copied.title, copied.steps, copied.instance) == ("Tempo", session.steps, None)
    page.submit(path, "/skip", reason="Tired")
    skipped = page.read(path)
    assert "Tired" in skipped
    assert ">skipped</span>" in skipped
    page.submit(path, "/unskip")
    assert not CalendarSession.objects.get(pk=session.pk).is_skipped
    page.submit(path, "/delete")
    assert CalendarSession.objects.get(pk=session.pk).is_removed


def test_session_of_a_plan_can_be_skipped_but_not_deleted(cast: Cast):
    follow_plan(cast.ada, create_test_plan(cast.harbour, {"weekday": 5, "title": "Long"}))
    session = CalendarSession.objects.get()
    text = PageClient(cast.carl).read(get_session_path(cast.ada, session))
    assert "Ten kilometres" in text
    assert "/skip" in text
    assert "/delete" not in text


def test_content_is_changed_in_the_units_of_the_person(cast: Cast):
    session = create_session(cast.ada, get_day(1), title="Easy", distance_m=16_093.44, duration_s=None)
    cast.carl.athlete.unit_system = "imperial"
    cast.carl.athlete.save()
    page, path = PageClient(cast.carl), get_session_path(cast.ada, session)
    assert 'value="10"' in page.read(path)
    page.submit(path, "", title="Longer", distance="12", zone="2", duration="1h45", description="Hills.")
    stored = CalendarSession.objects.get()
    assert (stored.title, stored.zone, stored.description) == ("Longer", 2, "Hills.")
    assert (round(stored.distance_m or 0), stored.duration_s) == (19_312, 6_300)
    untouched = page.submit(path, "", title="Longer still")
    stored.refresh_from_db()
    assert (stored.title, round(stored.distance_m or 0)) == ("Longer still", 19_312)
    assert "Changed “Longer still” on Thu 11 Jun 2026." in page.unescape(untouched)


def test_steps_are_one_line_and_give_the_length(cast: Cast):
    session = create_session(cast.ada, get_day(1), title="Tempo", steps=[{"duration": 600, "zone": 4}])
    page, path = PageClient(cast.carl), get_session_path(cast.ada, session)
    assert 'value="10 min Z4"' in page.read(path)
    page.submit(path, "", description="Flat.")
    session.refresh_from_db()
    assert session.steps == [{"duration": 600, "zone": 4}]
    text = page.unescape(page.submit(path, "", steps="15' + 6×1 km Z4 90s + 10'", next=path))
    assert "<li>6 × (1 km in zone 4, 90 s jog)</li>" in text
    session.refresh_from_db()
    assert session.duration_s is not None
    assert session.duration_s > 2_400
    page.submit(path, "", steps="", duration="50 min", zone="1", load="42")
    session.refresh_from_db()
    assert (session.steps, session.duration_s, session.zone, session.load) == ([], 3_000, 1, 42)
    page.submit(path, "", load="")
    session.refresh_from_db()
    assert (session.duration_s, session.load) == (3_000, None)


def test_wrong_values_are_explained_beside_their_fields(cast: Cast):
    session = create_session(cast.ada, get_day(1), title="Easy")
    page, path = PageClient(cast.ada), get_session_path(cast.ada, session)
    for action, typed, said in (
        ("/move", {"date": "soon"}, "Use a date in the form YYYY-MM-DD."),
        ("/move", {"date": "2029-01-01"}, "Move a session by at most 400 days."),
        ("", {"distance": "far"}, "A valid number is required."),
        ("", {"duration": ""}, "Say how long or how far."),
        ("", {"load": "heavy"}, "A valid number is required."),
        ("", {"duration": "long"}, "Write 60 min or 1h30."),
        ("", {"steps": "6×1 km Z9"}, "“9” needs a unit"),
    ):
        answer = page.submit(path, action, **typed)
        assert (answer.status_code, answer.redirect_chain) == (200, [])
        assert said in page.unescape(answer)
    assert CalendarSession.objects.get().version == 1


def test_session_is_added_on_the_day_of_its_link(cast: Cast):
    page = PageClient(cast.ada)
    link = (
        f"/athletes/{cast.ada.public_id}/calendar/new-session?day={get_day(4)}&next=/home/calendar?view=week"
    )
    assert f'value="{get_day(4)}"' in page.read(link)
    answer = page.submit(link, "/new-session", title="Swim", sport="swim", distance="2", duration="50 min")
    assert answer.redirect_chain[-1][0] == "/home/calendar?view=week"
    stored = CalendarSession.objects.get()
    assert (stored.day, stored.sport, stored.distance_m, stored.duration_s) == (
        get_day(4),
        "swim",
        2_000,
        3_000,
    )
    refused = page.submit(link, "/new-session", title="Nothing", distance="", duration="")
    assert "Say how long or how far." in page.unescape(refused)


def test_sessions_are_shifted_and_a_week_is_copied(cast: Cast):
    create_session(cast.ada, get_day(-1), title="Past")
    session = create_session(cast.ada, get_day(1), title="Tempo")
    page, path = PageClient(cast.carl), get_calendar_path(cast.carl, cast.ada)
    answer = page.submit(path, "/shift", first_day=str(TODAY), days="2")
    assert "Moved “Tempo” from Thu 11 Jun 2026 to Sat 13 Jun 2026." in page.unescape(answer)
    page.submit(path, "/copy-week", from_week=str(TODAY), to_week=str(get_day(7)))
    days = dict(CalendarSession.objects.order_by("day").values_list("day", "title"))
    assert days == {get_day(-1): "Past", get_day(3): "Tempo", get_day(6): "Past", get_day(10): "Tempo"}
    refused = page.submit(path, "/shift", first_day=str(TODAY), days="0")
    assert "Shift by at least one day." in page.unescape(refused)
    session.refresh_from_db()
    assert session.day == get_day(3)


@pytest.mark.parametrize("viewer", ["asha", "carl"])
def test_who_may_not_change_sees_the_calendar_without_forms(cast: Cast, viewer: str):
    """Asha is an assistant of others; Carl is a coach."""
    session = create_session(cast.ben, get_day(1), title="Tempo")
    page = PageClient(getattr(cast, viewer))
    calendar = page.read(get_calendar_path(page.user, cast.ben))
    assert "Tempo" in calendar
    may_change = viewer == "carl"
    assert ("data-move" in calendar, "Add a session" in calendar) == (may_change, may_change)
    text = page.read(get_session_path(cast.ben, session))
    assert ("/skip" in text) == may_change
    answer = page.client.post(
        f"{get_session_path(cast.ben, session)}/move", {"version": "1", "date": str(TODAY)}
    )
    assert answer.status_code == (302 if may_change else 403)


def test_coach_of_another_club_cannot_change_sessions_of_this_one(cast: Cast):
    Membership.objects.create(user=cast.ada, organization=cast.hill)
    session = create_session(cast.ada, get_day(1), title="Tempo", organization=cast.harbour)
    page = PageClient(cast.zora)
    text = page.read(get_calendar_path(cast.zora, cast.ada))
    assert "Tempo" in text
    assert "data-move" not in text
    assert "Add a session" in text
    assert "/skip" not in page.read(get_session_path(cast.ada, session))


def test_withheld_plans_have_no_calendar_and_withheld_activities_are_left_out(cast: Cast):
    create_session(cast.ada, get_day(-1), title="Tempo")
    create_run(cast.ada, NOON - timedelta(days=1), name="Secret run")
    path, page = get_calendar_path(cast.carl, cast.ada), PageClient(cast.carl)
    change_consent(cast.ada.athlete, cast.harbour, {Category.ACTIVITIES: False}, NOON)
    text = page.read(path)
    assert "Secret run" not in text
    assert "not shared" in text
    change_consent(cast.ada.athlete, cast.harbour, {Category.GOALS_AND_PLANS: False}, NOON)
    assert page.client.get(path).status_code == 403


def test_proposal_is_accepted_or_declined_on_the_page(cast: Cast):
    session = create_session(cast.ada, get_day(1), title="Tempo")
    api = CalendarClient(cast.ada, cast.carl)
    for ahead in (2, 3):
        api.change(
            "post",
            f"sessions/{session.public_id}/move?propose=1",
            {"version": 1, "date": str(get_day(ahead))},
        )
    page = PageClient(cast.ada)
    shown = page.client.get("/home/calendar")
    assert "Carl proposes to move “Tempo” from Thu 11 Jun 2026 to Fri 12 Jun 2026." in page.unescape(shown)
    accepted = page.press(shown, "Accept")
    session.refresh_from_db()
    assert session.day == get_day(2)
    stale = page.press(accepted, "Accept")
    assert "A session changed after this was proposed" in page.unescape(stale)
    declined = page.unescape(page.press(stale, "Decline"))
    assert "The calendar stays as it is." in declined
    assert "proposes" not in declined


def test_change_that_others_built_on_is_not_undone(cast: Cast):
    session = create_session(cast.ada, get_day(1), title="Tempo")
    page, path = PageClient(cast.ada), get_session_path(cast.ada, session)
    moved = page.submit(path, "/move", date=str(get_day(2)))
    PageClient(cast.carl).submit(path, "/move", date=str(get_day(4)))
    answer = page.unescape(page.press(moved, "Undo"))
    assert "Something changed after this, so it cannot be undone." in answer
    session.refresh_from_db()
    assert session.day == get_day(4)


def test_next_page_is_never_on_another_site(cast: Cast):
    session = create_session(cast.ada, get_day(1))
    page = PageClient(cast.ada)
    answer = page.submit(
        get_session_path(cast.ada, session), "/move", date=str(TODAY), next="https://evil.test/"
    )
    assert answer.redirect_chain[-1][0] == f"/home/calendar?day={TODAY}"
