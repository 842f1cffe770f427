"""Sign in and out. `login_attempts` limits failed attempts."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import authenticate, logout
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from knox.models import AuthToken

from astral.http.errors import ApiError
from athletes.accounts.login_attempts import accept_attempt
from athletes.accounts.second_factor.authenticators import has_second_factor
from athletes.accounts.second_factor.requirement import lacks_second_factor
from athletes.accounts.second_factor.steps import (
    build_challenge,
    check_second_step,
    find_challenged_person,
)
from athletes.accounts.tokens import create_token
from athletes.models import User


def authenticate_account(request: HttpRequest, email: str, password: str) -> User:
    """Return the user with this e-mail address and password.

    Raises ApiError 401, with the same text for a wrong password, an unknown account and an inactive account.
    Raises ApiError 429 after too many failed attempts.
    """
    user = authenticate(request, username=email.strip().lower(), password=password)
    if getattr(request, "axes_locked_out", False):
        raise ApiError("TOO_MANY_ATTEMPTS", "Too many attempts; try again later.", 429)
    if not isinstance(user, User):
        raise ApiError("INVALID_CREDENTIALS", "Wrong e-mail or password.", 401)
    return user


def sign_in(request: HttpRequest, email: str, password: str, now: datetime) -> tuple[User, str, datetime]:
    """Create a token and return (user, token, expires_at).

    Raises the errors of `authenticate_account`. After a right password: 401 SECOND_FACTOR_REQUIRED with a
    challenge for `sign_in_with_code`, and the errors of `_open_api`.
    """
    user = authenticate_account(request, email, password)
    if has_second_factor(user):
        accept_attempt(request)
        raise ApiError(
            "SECOND_FACTOR_REQUIRED",
            "Send a code and this challenge to POST /api/v1/auth/login/second_factor within five minutes.",
            401,
            challenge=build_challenge(user),
        )
    return _open_api(request, user, now)


def sign_in_with_code(
    request: HttpRequest, challenge: str, code: str, now: datetime
) -> tuple[User, str, datetime]:
    """The second step of `sign_in`: a code of the authenticator app or a recovery code.

    Raises 401 CHALLENGE_INVALID, and the errors of `check_second_step` and `_open_api`.
    """
    person = find_challenged_person(challenge)
    if person is None:
        message = "This challenge is wrong or too old. Send your password again."
        raise ApiError("CHALLENGE_INVALID", message, 401, field="challenge")
    check_second_step(person, code, now)
    return _open_api(request, person, now)


def _open_api(request: HttpRequest, user: User, now: datetime) -> tuple[User, str, datetime]:
    """Create a token. Raises 403 SECOND_FACTOR_MISSING, and the errors of `create_token`."""
    if lacks_second_factor(user):
        accept_attempt(request)
        raise ApiError(
            "SECOND_FACTOR_MISSING",
            "Your account needs a second factor. Sign in on the page /sign-in and add one.",
            403,
        )
    # This signal makes django-axes forget the failures and remember the address, and Django store last_login.
    user_logged_in.send(sender=User, request=request, user=user)
    row, token = create_token(user, now)
    return user, token, row.expiry


def confirm_password(
    request: HttpRequest, person: User, password: str | None, *, field: str = "password"
) -> None:
    """Check the password of a signed-in user again. An account without a password needs none.

    `field`: the name of the password in the request.

    Raises 400 REQUIRED or WRONG_PASSWORD, and 429 after too many attempts. A wrong password counts as a
    failed sign-in.
    """
    if not person.has_usable_password():
        return
    if password is None:
        raise ApiError("REQUIRED", "Enter your password.", field=field)
    found = authenticate(request, username=person.email, password=password, is_signed_in=True)
    if getattr(request, "axes_locked_out", False):
        raise ApiError("TOO_MANY_ATTEMPTS", "Too many attempts; try again later.", 429)
    if found != person:
        raise ApiError("WRONG_PASSWORD", "This password is wrong.", field=field)
    accept_attempt(request)


def sign_out(request: HttpRequest, token: AuthToken | None) -> None:
    """End this token; without a token, the browser session of the request."""
    if token is None:
        logout(request)
    else:
        token.delete()


@transaction.atomic
def sign_out_everywhere(user: User) -> None:
    """End all tokens and all browser sessions of this user."""
    AuthToken.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
