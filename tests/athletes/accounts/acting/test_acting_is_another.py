"""Staff who act as a person are others: they see less, mark nothing as read and sign as staff."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from athletes.accounts.acting.support import change_support_consent
from athletes.models import User
from tests.athletes.accounts.acting.test_acting import act_as
from tests.browser.recorded_intervals import record_intervals
from tests.support.cast import NOON, Cast


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def test_the_start_of_a_route_stays_hidden_also_with_the_persons_permission(cast: Cast, staff: User):
    address = f"/activities/{record_intervals(cast).public_id}"
    change_support_consent(cast.ada.athlete, True, NOON)
    page = act_as(cast.ada, staff).get(address).content.decode()
    assert "within 200 m of the start and the end" in page
    assert "<title>Start</title>" not in page
