"""Somebody who deletes the account while an answer about them is being made is gone, and nothing breaks."""

from __future__ import annotations

import pytest

from astral.http.errors import ApiError
from athletes.models import Athlete
from athletes.personal_data.account_deletion import delete_account
from coaching.assessments.open_signals import get_open_signal
from coaching.profile.profile import load_athlete_profile
from coaching.profile.summary import load_athlete_summary
from tests.support.cast import NOON, Cast


def test_profile_raises_does_not_exist_for_a_deleted_athlete(cast: Cast):
    in_hand = cast.ada.athlete
    delete_account(cast.ada, NOON)
    with pytest.raises(Athlete.DoesNotExist):  # answered as 404
        load_athlete_profile(cast.carl, in_hand, NOON)
    with pytest.raises(Athlete.DoesNotExist):
        load_athlete_summary(cast.carl, in_hand, NOON)


def test_open_signal_raises_for_a_deleted_athlete(cast: Cast):
    in_hand = cast.ada.athlete
    assert get_open_signal(cast.carl, in_hand, "PROFILE_INCOMPLETE", NOON).severity == "info"
    delete_account(cast.ada, NOON)
    with pytest.raises(ApiError, match="is not active"):
        get_open_signal(cast.carl, in_hand, "PROFILE_INCOMPLETE", NOON)
