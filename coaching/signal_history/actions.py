"""Record what a coach did about an athlete's signals."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from athletes.models import Athlete, Membership, User
from athletes.models.querysets import supervised_memberships
from athletes.rights import Right, Viewer
from coaching.attention import RULES_BY_CODE
from coaching.attention.suggested_actions import SuggestedAction, suggest_actions
from coaching.models import SignalAction, SignalEpisode

KIND_BY_ACTION: dict[SuggestedAction, SignalAction.Kind] = {
    "make_tomorrow_easy": SignalAction.Kind.SESSION_EASED,
    "move_hard_session": SignalAction.Kind.SESSION_MOVED,
    "write": SignalAction.Kind.COMMENTED,
    "enter_absence": SignalAction.Kind.ABSENCE_ENTERED,
}


def record_signal_actions(
    athlete: Athlete,
    organizations: Iterable[UUID],
    coach: User | None,
    codes: Collection[str],
    kind: SignalAction.Kind,
    now: datetime,
    *,
    until: date | None = None,
    reason: str = "",
) -> None:
    """One row for each signal and organization, in one statement. `coach`: None for an API key."""
    SignalAction.objects.bulk_create(
        SignalAction(
            athlete=athlete,
            organization_id=organization,
            coach=coach,
            code=code,
            kind=kind,
            day=athlete.local_date(now),
            until=until,
            reason=reason,
            created_at=now,
        )
        for organization in organizations
        for code in codes
    )


def record_taken_action(
    athlete: Athlete, viewer: Viewer, right: Right, action: SuggestedAction, now: datetime
) -> None:
    """Record that a coach did what open signals suggest. Does nothing for the athlete's own doing.

    The author of what staff do while they act as a coach is the member of staff.
    Call it in the transaction of the change. Two statements; a third if a signal suggests the action.
    """
    if viewer.pk == athlete.pk:
        return
    organizations = list_coaching_organizations(viewer, right, athlete)
    open_codes = SignalEpisode.objects.filter(athlete=athlete, cleared_on__isnull=True).order_by("code")
    codes = [
        code
        for code in open_codes.values_list("code", flat=True)
        if (rule := RULES_BY_CODE.get(code)) and action in suggest_actions(code, rule.domain)
    ]
    if organizations and codes:
        author = viewer.acting.staff if viewer.acting else viewer
        coach = author if isinstance(author, User) else None
        record_signal_actions(athlete, organizations, coach, codes, KIND_BY_ACTION[action], now)


def list_coaching_organizations(viewer: Viewer, right: Right, athlete: Athlete) -> list[UUID]:
    """Organizations where the viewer has this right over the athlete; for staff all of the athlete's."""
    joining = Membership.objects.active().athletes().filter(user=athlete.pk)
    if not right.is_unrestricted_for(viewer):
        joining = joining.filter(supervised_memberships(viewer, right))
    return list(joining.values_list("organization", flat=True))
