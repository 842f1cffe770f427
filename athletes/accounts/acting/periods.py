"""Begin, find and end the time in which staff act as a person.

The browser session stays that of the staff member. It names the person and the end.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.db import transaction

from astral.http.errors import ApiError
from astral.logs import log_event
from athletes.accounts.acting.support import find_support_consent
from athletes.models import ActingSession, User
from athletes.rights import Acting

ACTING_KEY = "acting"  # key of the session: the id of the ActingSession
LONGEST = timedelta(minutes=30)
CHANGE_PERMISSION = "athletes.change_user"


def can_act_as(staff: User, person: User) -> bool:
    """Nobody acts as staff, as a superuser, as themselves or as an account that is closed."""
    is_allowed = staff.is_active and staff.is_staff and staff.has_perm(CHANGE_PERMISSION)
    is_protected = person.is_staff or person.is_superuser or not person.is_active
    return is_allowed and staff.acting is None and staff.pk != person.pk and not is_protected


@transaction.atomic
def start_acting(
    session: SessionBase, staff: User, person: User, reason: str, now: datetime
) -> ActingSession:
    """Raises PermissionDenied if this staff member may not, and 409 ACTING in a session that acts already."""
    if not can_act_as(staff, person):
        raise PermissionDenied
    if ACTING_KEY in session:
        raise ApiError("ACTING", "You act as somebody already. Stop that first.", 409)
    log_event("acting_started", person=person.pk, by=staff.pk)
    started = ActingSession.objects.create(
        person=person, staff=staff, reason=reason, started_at=now, until=now + LONGEST
    )
    session[ACTING_KEY] = str(started.pk)
    return started


def find_acted_person(session: SessionBase, staff: User, now: datetime) -> User | None:
    """The person as whom this session acts now, with `acting`. Ends what may not go on. Two statements."""
    if ACTING_KEY not in session:
        return None
    running = ActingSession.objects.filter(pk=UUID(session[ACTING_KEY]), staff=staff, ended_at=None)
    found = running.select_related("person__athlete").first()
    if found is None or found.until <= now or not can_act_as(staff, found.person):
        stop_acting(session, now)
        return None
    person = found.person
    may_see_own = find_support_consent(person.pk, now) is not None
    person.acting = Acting(found.pk, person.pk, staff, found.until, may_see_own)
    return person


def stop_acting(session: SessionBase, now: datetime) -> ActingSession | None:
    """End it. Returns what ended, or None if the session acts as nobody."""
    text = session.pop(ACTING_KEY, None)
    if text is None:
        return None
    found = ActingSession.objects.filter(pk=UUID(text)).first()
    if found and found.ended_at is None:
        found.ended_at = min(now, found.until)
        found.save(update_fields=["ended_at"])
        log_event("acting_ended", person=found.person_id, by=found.staff_id)
    return found
