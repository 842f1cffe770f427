"""A plan and a group for the tests of plan instances."""

from __future__ import annotations

import pytest

from athletes.models import Group, Membership
from coaching.models import Plan
from tests.coaching.plan_fixtures import (
    create_test_plan,
    list_daily_sessions,
)
from tests.support.cast import Cast


@pytest.fixture
def plan(cast: Cast) -> Plan:
    """An hour of running every day for four weeks."""
    return create_test_plan(cast.harbour, *list_daily_sessions(zone=1))


@pytest.fixture
def group(cast: Cast) -> Group:
    """A group of Ada and Ben."""
    tempo = Group.objects.create(organization=cast.harbour, name="Tempo")
    tempo.members.set(Membership.objects.filter(user__in=[cast.ada, cast.ben]))
    return tempo
