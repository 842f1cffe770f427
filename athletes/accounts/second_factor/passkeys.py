"""Passkeys (WebAuthn): add one, and sign in with one.

A passkey is asked for a fingerprint, a face or a PIN. So it is both factors, and a sign-in with it needs no
password. allauth keeps the challenge in the session. It works once.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from datetime import datetime
from struct import error as StructError
from typing import Any

import orjson
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.core.exceptions import ValidationError
from django.db import transaction

from astral.http.errors import ApiError
from athletes.accounts.second_factor.authenticators import PASSKEY, finish_adding_factor
from athletes.models import User

MAX_PASSKEYS = 20
MAX_CREDENTIAL_LENGTH = 20_000
# What the libraries raise for an answer that no browser sends, and for a wrong one.
FAULTS = (
    ValidationError, ValueError, TypeError, KeyError, AttributeError, IndexError, AssertionError, StructError,
    Base64Error, RecursionError, InvalidSignature, UnsupportedAlgorithm,
)  # fmt: skip


def begin_adding_passkey(person: User) -> dict[str, Any]:
    """The options for `navigator.credentials.create`."""
    return dict(webauthn.begin_registration(person, passwordless=True)["publicKey"])


@transaction.atomic
def add_passkey(person: User, name: str, credential: str) -> list[str]:
    """Store the passkey that the browser made. Returns new recovery codes, if these are the first.

    Raises 400 PASSKEY_INVALID and 400 TOO_MANY.
    """
    User.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)
    if Authenticator.objects.filter(user=person, type=PASSKEY).count() >= MAX_PASSKEYS:
        raise ApiError("TOO_MANY", f"An account can have at most {MAX_PASSKEYS} passkeys.")
    try:
        answer = orjson.loads(credential)
        webauthn.complete_registration(webauthn.parse_registration_response(answer))
    except FAULTS as error:
        raise ApiError("PASSKEY_INVALID", "This passkey could not be added. Try again.") from error
    webauthn.WebAuthn.add(person, name, answer)
    return finish_adding_factor(person)


def begin_passkey_sign_in() -> dict[str, Any]:
    """The options for `navigator.credentials.get`. They name no account."""
    return dict(webauthn.begin_authentication()["publicKey"])


def check_passkey(credential: str, now: datetime) -> User:
    """The active user whose passkey signed the challenge. Raises 401 PASSKEY_INVALID, always the same."""
    refusal = ApiError(
        "PASSKEY_INVALID", "This passkey is unknown here, or it took too long. Try again.", 401
    )
    try:
        answer = orjson.loads(credential)
        person = webauthn.extract_user_from_response(answer)
        parsed = webauthn.parse_authentication_response(answer)
        passkey = webauthn.complete_authentication(person, parsed)
    except FAULTS as error:
        raise refusal from error
    finally:
        webauthn.clear_state()
    if not isinstance(person, User) or not person.is_active:
        raise refusal
    Authenticator.objects.filter(pk=passkey.pk).update(last_used_at=now)
    return person
