"""Bulk actions of the roster page: group, label and coach of the selected athletes."""

from __future__ import annotations

import html
from typing import Any

import pytest
import time_machine

from athletes.models import Group, Membership, User
from tests.coaching.roster.roster_fixtures import (
    browser,
    cut_between,
    get_page,
)
from tests.coaching.training_fixtures import add_to_training_group
from tests.support.cast import NOON, Cast


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def post_selection(user: User, action: str, *athletes: User, do: str = "add", **fields: Any) -> Any:
    selected = [athlete.public_id for athlete in athletes]
    body = {"athletes": selected, "do": do, "next": "/coach/?sort=name"} | fields
    return browser(user).post(f"/coach/selection/{action}", body, follow=True)


def get_message(answer: Any) -> str:
    return html.unescape(cut_between(answer.content.decode(), 'role="status">', "</p>"))


def test_athletes_are_added_to_and_removed_from_a_group(cast: Cast):
    milers = add_to_training_group(cast.ada, cast.harbour)
    both = (cast.ada, cast.ben)
    answer = post_selection(cast.carl, "group", *both, group_id=milers.public_id, label="", coach_id="")
    assert get_message(answer) == "1 athlete added to Milers; 1 was there already."
    assert answer.redirect_chain == [("/coach/?sort=name", 302)]
    assert milers.members.count() == 2
    assert (
        get_message(post_selection(cast.carl, "group", *both, do="take-away", group_id=milers.public_id))
        == "2 athletes removed from Milers."
    )
    assert milers.members.count() == 0


def test_label_is_added_and_removed_and_other_labels_stay(cast: Cast):
    Membership.objects.filter(user=cast.ada).update(labels=["fast", "trail"])
    both = (cast.ada, cast.ben)
    assert get_message(post_selection(cast.asha, "label", *both, label="fast")) == (
        "1 athlete labelled “fast”; 1 was already labelled."
    )
    assert (
        get_message(post_selection(cast.asha, "label", cast.ada, label="fast", do="take-away"))
        == "1 athlete no longer labelled “fast”."
    )
    labels = Membership.objects.filter(user__in=both).order_by("user").values_list("labels", flat=True)
    assert list(labels) == [["trail"], ["fast"]]


def test_only_the_head_coach_assigns_coaches(cast: Cast):
    both = (cast.ada, cast.ben)
    assigned = Membership.objects.filter(organization=cast.harbour, assigned_coach=cast.carl)
    answer = post_selection(cast.hanna, "coach", *both, coach_id=cast.carl.public_id)
    assert get_message(answer) == "1 athlete assigned to Carl; 1 was already assigned."
    assert assigned.count() == 2
    assert post_selection(cast.carl, "coach", *both, do="take-away").status_code == 403
    assert assigned.count() == 2
    assert (
        get_message(post_selection(cast.hanna, "coach", *both, do="take-away"))
        == "2 athletes now without a coach."
    )
    assert assigned.count() == 0
    assert post_selection(cast.hanna, "coach", cast.ada, coach_id=cast.zora.public_id).status_code == 400


def test_bulk_action_changes_all_athletes_or_none(cast: Cast):
    Membership.objects.filter(user=cast.ben).update(labels=[f"label {number}" for number in range(20)])
    for other in (cast.zoe, cast.lea, cast.sam, cast.carl):
        assert post_selection(cast.carl, "label", cast.ada, other, label="x").status_code == 403
    assert post_selection(cast.carl, "label", cast.ada, cast.ben, label="x").status_code == 400
    assert not Membership.objects.filter(labels__contains=["x"]).exists()


def test_assistant_coach_changes_only_athletes_assigned_to_her(cast: Cast):
    milers = Group.objects.create(organization=cast.harbour, name="Milers")
    Membership.objects.filter(user=cast.ada).update(assigned_coach=cast.asha)
    assert (
        post_selection(cast.asha, "group", cast.ada, cast.ben, group_id=milers.public_id).status_code == 403
    )
    assert (
        get_message(post_selection(cast.asha, "group", cast.ada, group_id=milers.public_id))
        == "1 athlete added to Milers."
    )
    foreign_group = Group.objects.create(organization=cast.hill, name="Theirs")
    assert post_selection(cast.asha, "group", cast.ada, group_id=foreign_group.public_id).status_code == 403


def test_bulk_action_names_the_missing_field(cast: Cast):
    assert get_message(post_selection(cast.carl, "label", label="x")) == "Choose at least one athlete."
    assert get_message(post_selection(cast.carl, "label", cast.ada)) == "Write a label."
    assert get_message(post_selection(cast.carl, "group", cast.ada)) == "Choose a group."
    assert get_message(post_selection(cast.hanna, "coach", cast.ada)) == "Choose a coach."


def test_roster_page_shows_only_permitted_controls(cast: Cast):
    add_to_training_group(cast.ada, cast.harbour)
    buttons = ("label</span></button>", "to group</span></button>", "Assign<span")
    shown = {
        user.username: [button for button in buttons if button in get_page(user)]
        for user in (cast.hanna, cast.carl, cast.asha)
    }
    assert shown == {"hanna": list(buttons), "carl": list(buttons[:2]), "asha": list(buttons[:2])}
    assert "only athletes assigned to you" in get_page(cast.asha)
