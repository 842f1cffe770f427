"""Tells owners by e-mail that somebody guesses at their password, at most once a day.

The worker does this. So a sign-in takes as long for an account that exists as for one that does not.
"""

from __future__ import annotations

from datetime import datetime
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q

from astral.dates.local_time import format_local_datetime
from athletes.accounts.sign_in_counters import DAY, HOUR, UNKNOWN, count_free_failures
from athletes.models import SignInCounter, User

MAX_ALERTS_PER_RUN = 20  # a slow mail server must not hold up the worker's other jobs
log = structlog.get_logger("astral.sign_in_alerts")


def send_sign_in_alerts(now: datetime) -> None:
    """E-mail the owners of accounts whose pauses began. If the mail server fails, the next run repeats it."""
    if not settings.SENDS_EMAIL:
        return
    counters = {counter.account: counter for counter in _find_counters_to_tell(now)}
    owners = User.objects.filter(email__in=counters, is_active=True).select_related("athlete")
    for owner in owners[:MAX_ALERTS_PER_RUN]:
        try:
            _build_alert(owner, counters[owner.email]).send()
        except (SMTPException, OSError) as error:
            log.error("sign_in_alert_not_sent", error=type(error).__name__)
            return
        SignInCounter.objects.filter(pk=counters[owner.email].pk).update(owner_told_at=now)


def _find_counters_to_tell(now: datetime) -> list[SignInCounter]:
    counters = SignInCounter.objects.filter(
        device=UNKNOWN, failures__gte=count_free_failures(), attempted_at__gt=now - HOUR
    )
    return list(counters.filter(Q(owner_told_at=None) | Q(owner_told_at__lte=now - DAY)))


def _build_alert(owner: User, counter: SignInCounter) -> EmailMessage:
    last = format_local_datetime(counter.attempted_at, owner.athlete.zone)
    text = (
        f"Somebody tried to sign in to your Astral account with a wrong password {counter.failures} times,"
        f" last on {last} ({owner.athlete.timezone}). None of these attempts got in.\n\n"
        "For now, new devices have to wait before they can try again. Devices that you signed in with before"
        " are not affected.\n\n"
        "If it was you, wait an hour, or use a device that you signed in with before.\n"
        "If it was not you, your password still protects your account. If you use it elsewhere, or if it is"
        " easy to guess, choose a new one: Settings, Password.\n"
    )
    return EmailMessage("Somebody tried to sign in to your account", text, to=[owner.email])
