"""An authenticator app for tests."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value

from athletes.accounts.second_factor.authenticators import add_app
from athletes.models import User


def show_code(secret: str, now: datetime) -> str:
    """What the app shows at this time."""
    return str(format_hotp_value(hotp_value(secret, int(now.timestamp()) // 30)))


def give_app(user: User, now: datetime) -> tuple[str, list[str]]:
    """Add an app; returns its secret and the recovery codes. The code of `now` is used up."""
    secret = generate_totp_secret()
    return secret, add_app(user, secret, show_code(secret, now), now)
