"""Jobs that send the e-mails about an account.

The worker sends them. So a request takes as long for an address with an account as for one without. A job
names a person by id and stores no e-mail address.
"""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from athletes.accounts.email_links.link_tokens import build_address_token, build_password_token
from athletes.accounts.email_links.messages import (
    AccountNotice,
    build_address_email,
    build_notice,
    build_password_reset_email,
    build_taken_address_email,
)
from athletes.models import User

EMAIL_QUEUE = "mail"  # of all e-mails; a slow mail server holds up nothing else
RETRY_STRATEGY = RetryStrategy(max_attempts=5, exponential_wait=6)


def queue_password_reset(person_id: UUID, reset_page: str) -> None:
    """Queue the e-mail with the link. `person_id` may be nobody's."""
    send_password_reset.defer(person_id=str(person_id), reset_page=reset_page)


def queue_address_link(person: User, confirm_page: str) -> None:
    send_address_link.defer(person_id=str(person.pk), confirm_page=confirm_page)


def queue_account_notice(person: User, notice: AccountNotice) -> None:
    """Queue an e-mail to the owner. It is sent if the current transaction commits."""
    if settings.SENDS_EMAIL:
        send_account_notice.defer(person_id=str(person.pk), notice=notice.value)


@app.task(name="send_password_reset", queue=EMAIL_QUEUE, retry=RETRY_STRATEGY)
def send_password_reset(*, person_id: str, reset_page: str) -> None:
    person = _find_person(person_id)
    if person is not None:
        build_password_reset_email(person, f"{reset_page}#{build_password_token(person)}").send()


@app.task(name="send_address_link", queue=EMAIL_QUEUE, retry=RETRY_STRATEGY)
def send_address_link(*, person_id: str, confirm_page: str) -> None:
    waiting = EmailAddress.objects.filter(user=person_id, user__is_active=True, verified=False)
    for address in waiting.select_related("user"):
        _build_address_email(address, confirm_page).send()


def _build_address_email(address: EmailAddress, confirm_page: str) -> EmailMessage:
    if User.objects.filter(email=address.email).exclude(pk=address.user_id).exists():
        return build_taken_address_email(address.email)
    return build_address_email(address.email, f"{confirm_page}#{build_address_token(address)}")


@app.task(name="send_account_notice", queue=EMAIL_QUEUE, retry=RETRY_STRATEGY)
def send_account_notice(*, person_id: str, notice: str) -> None:
    person = _find_person(person_id)
    if person is not None:
        build_notice(person, AccountNotice(notice)).send()


def delete_email_jobs(person: User) -> None:
    """Delete the person's jobs. procrastinate's model refuses this."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE args->>'person_id' = %s", [str(person.pk)])


def _find_person(person_id: str) -> User | None:
    return User.objects.filter(pk=person_id, is_active=True).first()
