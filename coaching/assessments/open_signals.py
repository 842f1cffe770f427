"""Find an active signal, and the organizations a coach acknowledges it for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from astral.http.errors import ApiError
from athletes.models import Athlete
from athletes.organizations.consent import load_visibilities
from athletes.rights import Right, Viewer
from coaching.assessments.current import assessments_for_viewer
from coaching.assessments.values import AssessmentData, SignalView
from coaching.signal_history.actions import list_coaching_organizations


def get_viewed_assessment(viewer: Viewer, athlete: Athlete, now: datetime) -> AssessmentData:
    """The assessment as the viewer sees it, without acknowledgements.

    Raises ApiError NOT_SIGNALLED if the athlete was deleted meanwhile.
    """
    visibilities = load_visibilities(viewer, [athlete.pk])
    assessment = assessments_for_viewer(visibilities, now).get(athlete.pk)
    if assessment is None:
        raise ApiError("NOT_SIGNALLED", "This athlete has no open signal.")
    return assessment


def get_open_signal(viewer: Viewer, athlete: Athlete, code: str, now: datetime) -> SignalView:
    """The signal as the viewer sees it. Raises ApiError NOT_SIGNALLED if it is not active, or praise."""
    signals = get_viewed_assessment(viewer, athlete, now).signals
    found = next((signal for signal in signals if signal.code == code), None)
    if found is None:
        raise ApiError("NOT_SIGNALLED", "This signal is not active today.", field="code")
    if found.is_praise:
        raise ApiError("NOT_SIGNALLED", "This signal is praise. It cannot be acknowledged.", field="code")
    return found


def coaching_organizations(viewer: Viewer, right: Right, athlete: Athlete) -> list[UUID]:
    """Organizations where the viewer has this right over the athlete; for staff all of the athlete's.

    Raises ApiError NO_COACH if there is none.
    """
    found = list_coaching_organizations(viewer, right, athlete)
    if not found:
        raise ApiError("NO_COACH", "This athlete has no coach, so signals cannot be acknowledged.")
    return found
