"""Say whether a person must have a second factor. The server's settings or a club can require it.

It is checked at the sign-in. A browser session of somebody who lacks it opens only the pages that add one.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from athletes.accounts.second_factor.authenticators import has_second_factor
from athletes.accounts.sessions import FACTOR_MISSING
from athletes.models import Membership, User
from athletes.roles import Role

STAFF, HEAD_COACHES = "staff", "head_coaches"  # words of SECOND_FACTOR_REQUIRED_FOR


def must_have_second_factor(person: User) -> bool:
    required_for = settings.SECOND_FACTOR_REQUIRED_FOR
    if person.is_staff and STAFF in required_for:
        return True
    coaching = Membership.objects.filter(user=person).active().coaching()
    return any(
        club_requires or (role == Role.HEAD_COACH and HEAD_COACHES in required_for)
        for role, club_requires in coaching.values_list("role", "organization__requires_second_factor")
    )


def lacks_second_factor(person: User) -> bool:
    return must_have_second_factor(person) and not has_second_factor(person)


def is_setup_session(request: HttpRequest) -> bool:
    """Whether this session may only add a second factor."""
    return bool(request.session.get(FACTOR_MISSING))


def end_setup(request: HttpRequest) -> None:
    """A second factor was added: the session opens all pages."""
    request.session.pop(FACTOR_MISSING, None)
