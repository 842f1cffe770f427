"""Which e-mail addresses have been verified.

`User.email` is the address of an account. A row of allauth's EmailAddress says that it is verified, or that
a new one waits for its owner. An address that staff typed has no row, so it is not verified.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from athletes.models import User


def is_address_verified(person: User) -> bool:
    return bool(EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists())


@transaction.atomic
def verify_address(person: User) -> None:
    """The person has proven to read e-mails to `person.email`. No other address waits any longer."""
    EmailAddress.objects.filter(email=person.email).exclude(user=person).delete()
    EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()
    EmailAddress.objects.update_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )


@transaction.atomic
def store_waiting_address(person: User, email: str) -> None:
    """Remember the address that a link will confirm. One address waits at a time."""
    EmailAddress.objects.filter(user=person, verified=False).delete()
    EmailAddress.objects.create(user=person, email=email, verified=False)
