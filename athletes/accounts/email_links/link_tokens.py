"""Secrets of the links that are sent by e-mail. They are signed, and nothing is stored for them.

A link for a password ends with the password, the e-mail address and the next sign-in. A link for an address
ends with the password and when the address is confirmed.
"""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.utils.crypto import constant_time_compare

from astral.ids import MalformedId
from athletes.models import User

ADDRESS_LINK_LIFETIME = timedelta(days=1)
ADDRESS_SALT = "athletes.email_links.address"


def build_password_token(person: User) -> str:
    return f"{person.public_id}.{default_token_generator.make_token(person)}"


def find_password_token_owner(token: str, *, for_change: bool = False) -> User | None:
    """The active user whom this link lets choose a new password; locked with `for_change`."""
    public_id, _, secret = token.strip().partition(".")
    try:
        identifier = User.parse_public_id(public_id)
    except MalformedId:
        return None
    people = User.objects.filter(pk=identifier, is_active=True)
    person = (people.select_for_update(no_key=True) if for_change else people).first()
    return person if person and default_token_generator.check_token(person, secret) else None


def build_address_token(address: EmailAddress) -> str:
    """The link of an address that waits for its owner."""
    proof = address.user.get_session_auth_hash()
    return signing.dumps({"address": address.pk, "proof": proof[:16]}, salt=ADDRESS_SALT)


def find_waiting_address(token: str) -> EmailAddress | None:
    """The address that this link confirms; its user is locked."""
    try:
        content = signing.loads(token.strip(), salt=ADDRESS_SALT, max_age=ADDRESS_LINK_LIFETIME)
    except signing.BadSignature:
        return None
    waiting = EmailAddress.objects.filter(pk=content["address"], verified=False, user__is_active=True)
    address = waiting.select_related("user").select_for_update(of=("user",), no_key=True).first()
    if address is None:
        return None
    proof = address.user.get_session_auth_hash()[:16]
    return address if constant_time_compare(content["proof"], proof) else None
