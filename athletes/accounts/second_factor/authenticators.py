"""The second factors of an account: an authenticator app, passkeys, and recovery codes if both are lost.

They are rows of allauth's Authenticator. Recovery codes exist as long as there is an app or a passkey.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import QuerySet

from astral.http.errors import ApiError
from astral.logs import log_event
from athletes.accounts.email_links.messages import AccountNotice
from athletes.accounts.email_links.tasks import queue_account_notice
from athletes.models import User

APP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
STEPS_OFF = (0, -1, 1)  # a phone's clock may be 30 seconds off


def find_factors(person: User) -> QuerySet[Authenticator]:
    """Apps and passkeys."""
    factors: QuerySet[Authenticator] = Authenticator.objects.filter(user=person, type__in=[APP, PASSKEY])
    return factors.order_by("created_at", "pk")


def has_second_factor(person: User) -> bool:
    return bool(find_factors(person).exists())


def find_matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The 30 seconds in which an app with this secret shows this code; None for a wrong code."""
    current: int = int(now.timestamp()) // app_settings.TOTP_PERIOD
    for off in STEPS_OFF:
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, current + off))):
            return current + off
    return None


@transaction.atomic
def add_app(person: User, secret: str, code: str, now: datetime) -> list[str]:
    """Add an authenticator app that shows this code. Returns new recovery codes, if these are the first.

    Raises 400 WRONG_CODE, and 400 APP_EXISTS if the account has an app.
    """
    _lock_person(person)
    if Authenticator.objects.filter(user=person, type=APP).exists():
        raise ApiError("APP_EXISTS", "Your account has an authenticator app. Remove it first.")
    step = find_matching_step(secret, code, now)
    if step is None:
        raise ApiError("WRONG_CODE", "This code is wrong. Is the clock of your phone right?", field="code")
    app = TOTP.activate(person, secret).instance
    app.data["last_step"] = step
    app.save(update_fields=["data"])
    return finish_adding_factor(person)


def finish_adding_factor(person: User) -> list[str]:
    """Create recovery codes with the first factor; tell the owner. Returns the new codes."""
    log_event("second_factor_added", person=person.pk)
    queue_account_notice(person, AccountNotice.FACTOR_ADDED)
    if Authenticator.objects.filter(user=person, type=CODES).exists():
        return []
    return list(RecoveryCodes.activate(person).get_unused_codes())


@transaction.atomic
def remove_factor(person: User, factor_id: int) -> None:
    """Remove an app or a passkey; with the last one, the recovery codes. Raises 404 if it is not there."""
    _lock_person(person)
    deleted, _ = find_factors(person).filter(pk=factor_id).delete()
    if not deleted:
        raise ApiError("NOT_FOUND", "This second factor has been removed already.", 409)
    if not has_second_factor(person):
        Authenticator.objects.filter(user=person).delete()
    log_event("second_factor_removed", person=person.pk)
    queue_account_notice(person, AccountNotice.FACTOR_REMOVED)


@transaction.atomic
def remove_all_factors(person: User) -> None:
    """For staff: let somebody in again who lost the phone and the recovery codes."""
    _lock_person(person)
    if Authenticator.objects.filter(user=person).delete()[0]:
        log_event("second_factor_removed", person=person.pk)
        queue_account_notice(person, AccountNotice.FACTOR_REMOVED)


@transaction.atomic
def renew_recovery_codes(person: User) -> list[str]:
    """New codes; the old ones end. Raises 409 NO_SECOND_FACTOR."""
    _lock_person(person)
    if not has_second_factor(person):
        raise ApiError("NO_SECOND_FACTOR", "Add an authenticator app or a passkey first.", 409)
    Authenticator.objects.filter(user=person, type=CODES).delete()
    log_event("recovery_codes_renewed", person=person.pk)
    return list(RecoveryCodes.activate(person).get_unused_codes())


def count_recovery_codes(person: User) -> int:
    row = Authenticator.objects.filter(user=person, type=CODES).first()
    return len(RecoveryCodes(row).get_unused_codes()) if row else 0


@transaction.atomic
def take_code(person: User, code: str, now: datetime) -> bool:
    """Whether this is a right code of the app or an unused recovery code. Each works once."""
    typed = "".join(code.split()).replace("-", "")
    rows = Authenticator.objects.select_for_update().filter(user=person, type__in=[APP, CODES])
    by_type: dict[str, Any] = {row.type: row for row in rows}
    try:
        if APP in by_type and _take_app_code(by_type[APP], typed, now):
            return True
        return CODES in by_type and _take_recovery_code(person, by_type[CODES], typed, now)
    except InvalidToken:  # the server has another SECRET_KEY now, so it cannot check any code
        raise ApiError(
            "CODES_UNREADABLE", "This server cannot check codes. Ask the people who run it.", 409
        ) from None


def _take_app_code(app: Authenticator, code: str, now: datetime) -> bool:
    step = find_matching_step(decrypt(app.data["secret"]), code, now)
    if step is None or step <= app.data.get("last_step", 0):
        return False
    app.data["last_step"], app.last_used_at = step, now
    app.save(update_fields=["data", "last_used_at"])
    return True


def _take_recovery_code(person: User, row: Authenticator, code: str, now: datetime) -> bool:
    if not RecoveryCodes(row).validate_code(code):
        return False
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=now)
    queue_account_notice(person, AccountNotice.RECOVERY_CODE_USED)
    return True


def _lock_person(person: User) -> None:
    """Changes of one account follow each other."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)
