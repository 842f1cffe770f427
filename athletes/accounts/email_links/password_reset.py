"""A forgotten password: ask for a link by e-mail, and choose a new password with it."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest

from astral.http.errors import ApiError
from astral.logs import log_event, log_refusal
from athletes.accounts.email_links.link_tokens import find_password_token_owner
from athletes.accounts.email_links.messages import AccountNotice
from athletes.accounts.email_links.tasks import queue_account_notice, queue_password_reset
from athletes.accounts.email_links.verified_addresses import verify_address
from athletes.accounts.known_devices import hash_address, remember_devices
from athletes.accounts.limits.use_limits import (
    ACCOUNT_EMAILS,
    ACCOUNT_EMAILS_FROM_ADDRESS,
    compute_counter_id,
    count_use,
)
from athletes.accounts.passwords import check_new_password
from athletes.models import User


def request_password_reset(request: HttpRequest, email: str, now: datetime, *, reset_page: str) -> None:
    """Send a link, if the address has an account. The work and the answer are the same if it has none.

    Raises 429 LIMIT_REACHED after too many in an hour, for one address or from one network address.
    """
    count_use(compute_counter_id(hash_address(request)), ACCOUNT_EMAILS_FROM_ADDRESS, now)
    count_use(compute_counter_id(email), ACCOUNT_EMAILS, now)
    found = User.objects.filter(email=email).values_list("pk", flat=True).first()
    log_event("password_reset_asked")
    queue_password_reset(found or uuid4(), reset_page)


@transaction.atomic
def reset_password(request: HttpRequest, token: str, password: str, now: datetime) -> User:
    """Set a new password and end all browser sessions and all tokens. This browser is known from now on.

    Raises 400 LINK_INVALID for a wrong, used or expired link, and the errors of `check_new_password`.
    """
    person = find_password_token_owner(token, for_change=True)
    if person is None:
        log_refusal("password_reset_refused")
        raise ApiError(
            "LINK_INVALID", "This link is wrong, used or expired. Ask for a new one.", field="token"
        )
    check_new_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    verify_address(person)
    remember_devices(request, person.email, now)
    log_event("password_reset", person=person.pk)
    queue_account_notice(person, AccountNotice.PASSWORD_CHANGED)
    return person
