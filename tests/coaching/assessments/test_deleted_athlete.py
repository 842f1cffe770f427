"""An athlete can delete the account while an answer about them is computed: the reader gets a clean error."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import pytest

from astral.http.errors import ApiError
from athletes.models import Athlete
from athletes.personal_data.account_deletion import delete_account
from athletes.rights import EVERYTHING, Visibility
from coaching.assessments import current
from coaching.assessments.current import assessments_for_viewer, refresh_assessment_rows
from coaching.assessments.open_signals import get_open_signal
from coaching.models import Assessment
from coaching.profile.profile import load_athlete_profile
from coaching.profile.summary import load_athlete_summary
from tests.support.cast import NOON, Cast


def test_profile_raises_does_not_exist_for_a_deleted_athlete(cast: Cast):
    loaded_athlete = cast.ada.athlete
    delete_account(cast.ada, NOON)
    with pytest.raises(Athlete.DoesNotExist):  # the API answers 404
        load_athlete_profile(cast.carl, loaded_athlete, NOON)
    with pytest.raises(Athlete.DoesNotExist):
        load_athlete_summary(cast.carl, loaded_athlete, NOON)


def test_assessments_for_a_viewer_omit_a_deleted_athlete_who_withheld_data(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    """The account is deleted after the stored assessment was read, before it is computed without the data."""

    def refresh_and_delete(athlete_ids: Iterable[UUID], now: datetime) -> dict[UUID, Assessment]:
        rows = refresh_assessment_rows(athlete_ids, now)
        delete_account(cast.ada, now)
        return rows

    monkeypatch.setattr(current, "refresh_assessment_rows", refresh_and_delete)
    visibilities = {cast.ada.pk: Visibility(activities=False), cast.ben.pk: EVERYTHING}
    assert assessments_for_viewer(visibilities, NOON).keys() == {cast.ben.pk}


def test_open_signal_raises_for_a_deleted_athlete(cast: Cast):
    loaded_athlete = cast.ada.athlete
    assert get_open_signal(cast.carl, loaded_athlete, "PROFILE_INCOMPLETE", NOON).severity == "info"
    delete_account(cast.ada, NOON)
    with pytest.raises(ApiError, match="no open signal"):
        get_open_signal(cast.carl, loaded_athlete, "PROFILE_INCOMPLETE", NOON)
