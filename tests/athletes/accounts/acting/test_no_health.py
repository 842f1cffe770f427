"""No page that opens while staff act as somebody shows health data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from athletes.access.policy import load_policy
from athletes.access.policy_document import list_endpoints
from athletes.accounts.acting.periods import start_acting
from athletes.models import User
from tests.athletes.access.expected_access import UNNAMED, Owner, list_owners
from tests.athletes.access.matrix import build_request_data
from tests.athletes.access.world import World

HEALTH_CANARY = re.compile(rb"canary-[a-z]+-health")
PLAN_CANARY = re.compile(rb"canary-[a-z]+-goals_and_plans")


def read_pages(world: World, browser: Client, persona: str) -> Iterator[tuple[str, int, bytes]]:
    """Every page of the policy that is read, about the person and an athlete of theirs."""
    for endpoint in list_endpoints():
        row = load_policy().get(endpoint.name, {}).get("GET")
        if row is None or not endpoint.is_page:
            continue
        for owner in {*list_owners(endpoint, row, persona)} & {
            Owner(), *(Owner(name) for name in (UNNAMED, persona, "ada")),
            *(Owner(name, club, club) for name in (UNNAMED, "ada") for club in ("", "harbour")),
            Owner(club="harbour"),
        }:  # fmt: skip
            path, data = build_request_data(world, endpoint, "GET", owner)
            answer: Any = browser.get(path, data)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            yield f"{endpoint.name} {owner}", answer.status_code, content


@pytest.mark.django_db
@pytest.mark.parametrize("persona", ["ada", "hanna"])
def test_no_page_shows_health_while_staff_act_as_somebody(world: World, persona: str):
    staff = world.people["stella"]
    User.objects.filter(pk=staff.pk).update(is_superuser=True)
    browser = world.create_browser("stella")
    session = browser.session
    start_acting(
        session, User.objects.get(pk=staff.pk), world.people[persona], "A test of it", timezone.now()
    )
    session.save()
    pages = list(read_pages(world, browser, persona))
    assert [name for name, _, content in pages if HEALTH_CANARY.search(content)] == []
    opened = [content for _, status, content in pages if status == 200]
    assert len(opened) > (3 if persona == "ada" else 15)
    assert any(PLAN_CANARY.search(content) for content in opened)  # the pages do show something
