"""The ids by which lists read their rows: the same athletes as the visibility rule, in one statement."""

from __future__ import annotations

from itertools import product
from typing import Any
from uuid import UUID

import pytest

import athletes.rights
from athletes.access.permissions import Permit
from athletes.access.policy import PolicyRow, Target
from athletes.organizations.api_keys import ApiKeyUser
from athletes.rights import READ, Category, Right, Viewer
from tests.athletes.access.world import World

pytestmark = pytest.mark.django_db
RIGHTS = [right for right in vars(athletes.rights).values() if isinstance(right, Right)]


def build_permit(viewer: Viewer, right: Right, category: Category | None = None) -> Permit:
    return Permit(viewer, PolicyRow(right, Target.ATHLETE, category))


def test_ids_are_those_of_the_visibility_rule(world: World):
    """For every person and API key, right and category."""
    viewers: list[Viewer] = list(world.people.values())
    viewers += [ApiKeyUser(key.organization_id, frozenset(key.scopes)) for key in world.keys.values()]
    found: set[tuple[UUID, ...]] = set()
    for viewer, right, category in product(viewers, RIGHTS, (None, *Category)):
        permit = build_permit(viewer, right, category)
        expected = sorted(permit.athletes().values_list("pk", flat=True))
        assert sorted(permit.athlete_ids()) == expected, (viewer, right.description, category)
        found.add(tuple(expected))
    assert len(found) > len(world.people), "the viewers should see different athletes"


@pytest.mark.parametrize("person", ["carl", "ada", "stella"])
def test_ids_take_one_statement(world: World, django_assert_num_queries: Any, person: str):
    permit = build_permit(world.people[person], READ)
    with django_assert_num_queries(1):
        assert permit.athlete_ids()
