"""Episodes of signals, and what coaches did about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from athletes.models import Membership, Organization, User
from coaching.models import SignalAction, SignalEpisode
from tests.coaching.plan_fixtures import get_day
from tests.support.cast import NOON


def backdate_memberships() -> None:
    """Everybody joined long ago, so that all episodes count."""
    Membership.objects.update(joined_at=NOON - timedelta(days=300))


def raise_signal(
    user: User, code: str = "HRV_FALLING", back: int = 10, days: int | None = None, severity: str = "warning"
) -> SignalEpisode:
    """An episode that began `back` days ago and cleared after `days`."""
    raised_on = get_day(-back)
    return SignalEpisode.objects.create(
        athlete=user.athlete,
        code=code,
        worst_severity=severity,
        raised_on=raised_on,
        cleared_on=None if days is None else raised_on + timedelta(days=days),
    )


def act(
    episode: SignalEpisode,
    club: Organization,
    coach: User,
    after: int = 0,
    kind: str = "acknowledged",
    **more: Any,
) -> SignalAction:
    return SignalAction.objects.create(
        athlete=episode.athlete, organization=club, coach=coach, code=episode.code, kind=kind,
        day=episode.raised_on + timedelta(days=after), created_at=NOON, **more,
    )  # fmt: skip
