"""Change or verify the e-mail address of an account, with a link that is sent to it."""

from __future__ import annotations

from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction

from astral.http.errors import ApiError
from astral.logs import log_event
from athletes.accounts.email_links.link_tokens import find_waiting_address
from athletes.accounts.email_links.messages import AccountNotice
from athletes.accounts.email_links.tasks import queue_account_notice, queue_address_link
from athletes.accounts.email_links.verified_addresses import (
    is_address_verified,
    store_waiting_address,
    verify_address,
)
from athletes.accounts.limits.use_limits import ACCOUNT_EMAILS, count_use
from athletes.models import Athlete, Invitation, Membership, Organization, SignInCounter, User


@transaction.atomic
def request_address_change(person: User, email: str, now: datetime, *, confirm_page: str) -> None:
    """Send a link to the address. With the account's own address it only verifies it.

    The answer is the same if the new address has an account. Its owner gets another e-mail. Raises 400
    NO_EMAIL if the server sends none, 400 ALREADY_VERIFIED, and 429 LIMIT_REACHED after too many in an hour.
    """
    if not settings.SENDS_EMAIL:
        raise ApiError("NO_EMAIL", "This server sends no e-mail. Ask the people who run it.")
    if email == person.email and is_address_verified(person):
        raise ApiError("ALREADY_VERIFIED", "This is your e-mail address already.", field="email")
    count_use(person.pk, ACCOUNT_EMAILS, now)
    store_waiting_address(person, email)
    queue_address_link(person, confirm_page)
    if email != person.email:
        queue_account_notice(person, AccountNotice.ADDRESS_CHANGE)


@transaction.atomic
def confirm_address(token: str) -> User:
    """The link was opened: the account has this address from now on.

    Raises 400 LINK_INVALID, also if another account has got the address meanwhile.
    """
    address = find_waiting_address(token)
    if address is None or User.objects.filter(email=address.email).exclude(pk=address.user_id).exists():
        raise ApiError("LINK_INVALID", "This link is wrong, used or expired.", field="token")
    person: User = address.user
    if address.email != person.email:
        _change_address(person, address.email)
    verify_address(person)
    log_event("address_confirmed", person=person.pk)
    return person


def _change_address(person: User, email: str) -> None:
    """Known devices and open invitations stay with the person. Cached rosters contain the address."""
    clubs = Membership.objects.filter(user=person).values("organization")
    Organization.objects.filter(pk__in=clubs).bump_version()
    Athlete.objects.filter(pk=person.pk).bump_version()
    AccessAttempt.objects.filter(username=person.email).delete()
    SignInCounter.objects.filter(account=email).delete()
    SignInCounter.objects.filter(account=person.email).update(account=email)
    Invitation.objects.filter(email=person.email).update(email=email)
    person.email = email
    person.save(update_fields=["email"])
