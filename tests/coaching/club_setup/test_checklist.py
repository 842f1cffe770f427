"""The checklist of a new club: what is done, what comes next, and when it goes away."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from athletes.models import Membership, Organization, User
from athletes.roles import Role
from tests.support.cast import Cast, create_member, create_person, create_run

HOME = "/start?skip_done=1"


def browser(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def read_steps(client: Client, address: str = "/start") -> tuple[list[bool], str]:
    """Which steps are done, and the title of the next one."""
    setup = client.get(address).context["setup"]
    return [step.is_done for step in setup.steps], setup.next_step.title if setup.next_step else ""


@pytest.mark.django_db
def test_checklist_leads_from_an_empty_server_to_a_working_club():
    root = browser(create_person("root", is_staff=True, is_superuser=True))
    assert root.get("/").headers["Location"] == HOME
    assert read_steps(root, HOME) == ([False] * 5, "Found a club")
    founded = root.post("/coach/clubs/new", {"name": "Lakeside Joggers"})
    club = Organization.objects.get()
    assert founded.headers["Location"] == f"/start?org_id={club.public_id}"
    assert read_steps(root) == ([True, True, False, False, False], "Invite athletes")
    runner = create_person("runner")
    create_member(runner, club)
    assert read_steps(root) == ([True, True, False, True, False], "First upload")
    create_run(runner)
    assert read_steps(root) == ([True, True, False, True, True], "Invite coaches")
    assert "The club works." in root.get("/start").content.decode()
    assert root.get(HOME).headers["Location"] == "/"  # it is complete, so it is closed
    assert root.get("/").headers["Location"] == "/coach/"


def test_checklist_can_be_closed(cast: Cast):
    client = browser(cast.zora)
    assert client.get("/").headers["Location"] == HOME
    assert "Close this checklist" in client.get(HOME).content.decode()
    assert client.post("/start/close").headers["Location"] == "/"
    assert client.get("/").headers["Location"] == "/coach/"
    assert "Close this checklist" not in client.get("/start").content.decode()


def test_only_head_coaches_and_staff_are_led_to_the_checklist(cast: Cast):
    for user in (cast.carl, cast.asha, cast.ada, cast.otto):
        assert browser(user).get("/").headers["Location"] != HOME


def test_head_coach_sees_only_a_club_of_their_own(cast: Cast):
    assert browser(cast.zora).get(f"/start?org_id={cast.hill.public_id}").status_code == 200
    assert browser(cast.zora).get(f"/start?org_id={cast.harbour.public_id}").status_code == 403
    assert browser(cast.carl).get(f"/start?org_id={cast.harbour.public_id}").status_code == 403
    assert browser(cast.stella).get(f"/start?org_id={cast.harbour.public_id}").status_code == 200


def test_staff_of_a_server_in_use_have_nothing_to_set_up(cast: Cast):
    client = browser(cast.stella)
    assert client.get(HOME).status_code == 200
    create_run(cast.zoe)
    assert client.get(HOME).headers["Location"] == "/"
    assert client.get("/").headers["Location"] == "/home"


def test_checklist_says_who_was_invited_and_that_no_mail_is_sent(cast: Cast, settings: Any):
    settings.SENDS_EMAIL = False
    Membership.objects.filter(organization=cast.hill, role=Role.ATHLETE).delete()
    client = browser(cast.zora)
    client.post("/coach/club/invitations/link", {"role": "athlete", "max_uses": "3"})
    page = client.get("/start").content.decode()
    assert "This server sends no e-mail. 1 invitation not answered yet." in page
    club_page = client.get("/coach/club").content.decode()
    assert "Send invitation" not in club_page
    assert "This server sends no e-mail. Create a link and send it yourself." in club_page


@pytest.mark.parametrize("people", [1, 30])
def test_checklist_takes_the_same_statements_for_1_and_30(
    cast: Cast, people: int, django_assert_num_queries: Any
):
    for number in range(people):
        create_member(create_person(f"runner{number}"), cast.hill)
    client = browser(cast.zora)
    client.get("/start")
    # Session, user, clubs and units of the viewer; the club, its members, invitations and first activity.
    with django_assert_num_queries(8):
        assert client.get("/start").status_code == 200


def test_roster_without_athletes_links_to_the_checklist(cast: Cast):
    Membership.objects.filter(organization=cast.hill, role=Role.ATHLETE).delete()
    assert f'href="/start?org_id={cast.hill.public_id}"' in browser(cast.zora).get("/coach/").content.decode()


def test_founder_does_not_found_the_same_club_twice(cast: Cast):
    client = browser(cast.otto)
    assert (
        client.post("/coach/clubs/new", {"name": "Hill Runners"}).status_code == 302
    )  # another one of this name
    refused = client.post("/coach/clubs/new", {"name": "hill runners"})
    assert "You lead an organization with this name already." in refused.content.decode()
    assert Organization.objects.count() == 3
