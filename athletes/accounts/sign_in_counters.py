"""Limits failed sign-ins per account. docs/decisions/0014 gives the figures.

An attempt is counted before its password is checked and given back if the password is right. So many attempts
at once cannot exceed a limit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from athletes.models import SignInCounter

UNKNOWN = ""  # the device of a counter for all unknown devices
HOUR, DAY, NO_WAIT = timedelta(hours=1), timedelta(days=1), timedelta(0)
# The last failures of an hour come after pauses of 1, 2, 4, 8 and 16 minutes. The next pause, of 32 minutes,
# ends after 63. So an hour never has more failures than the limit.
SPACED_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to sign in. `failures` includes it. `wait`: none if it was taken, else for how long not."""

    account: str
    device: str
    failures: int
    wait: timedelta = NO_WAIT

    @property
    def is_known(self) -> bool:
        return self.device != UNKNOWN


def count_free_failures() -> int:
    """After so many failures of unknown devices the pauses begin."""
    return int(settings.LOGIN_ATTEMPTS_PER_ACCOUNT) - SPACED_FAILURES


def compute_pause(failures: int, free_failures: int) -> timedelta:
    """The wait of unknown devices: a minute after the last free failure, then doubled, up to an hour."""
    if failures < free_failures:
        return NO_WAIT
    return min(timedelta(minutes=2 ** min(failures - free_failures, 6)), HOUR)


@transaction.atomic
def take_attempt_of_known_device(account: str, device: str, now: datetime) -> Attempt:
    """Count this attempt, if the device itself has not failed too often."""
    counter = _lock_counter(account, device, now, failures_last=settings.AXES_COOLOFF_TIME)
    is_locked = counter.failures >= settings.AXES_FAILURE_LIMIT
    return _take_attempt(counter, settings.AXES_COOLOFF_TIME if is_locked else NO_WAIT, now)


@transaction.atomic
def take_attempt_of_unknown_device(account: str, now: datetime, noisy_address: str = "") -> Attempt:
    """Count this attempt, if no pause of the account is running.

    `noisy_address`: the hash of the address, if it is past its limit. From there the pauses begin with the
    first failure of an account, and the other accounts take turns.
    """
    counter = _lock_counter(account, UNKNOWN, now, failures_last=HOUR)
    pause = compute_pause(counter.failures, 1 if noisy_address else count_free_failures())
    if noisy_address and not pause:
        turn = _take_turn_of_address(noisy_address, now)
        if turn.wait:
            return replace(turn, account=account, device=UNKNOWN)
    return _take_attempt(counter, pause, now)


def _take_turn_of_address(address: str, now: datetime) -> Attempt:
    """One attempt each few seconds: as many in the time of a lock as an address has before it is noisy."""
    pace = settings.AXES_COOLOFF_TIME / settings.LOGIN_ATTEMPTS_PER_ADDRESS
    counter = _lock_counter("", address, now, failures_last=pace)
    return _take_attempt(counter, pace if counter.failures else NO_WAIT, now)


def _lock_counter(account: str, device: str, now: datetime, *, failures_last: timedelta) -> SignInCounter:
    """The counter, locked for this transaction. Its failures end `failures_last` after the last one."""
    counter, _ = SignInCounter.objects.select_for_update().get_or_create(
        account=account, device=device, defaults={"attempted_at": now}
    )
    if counter.attempted_at + failures_last <= now:
        counter.failures = 0
    return counter


def _take_attempt(counter: SignInCounter, pause: timedelta, now: datetime) -> Attempt:
    """Count the attempt, unless the pause since the last one still runs."""
    wait = counter.attempted_at + pause - now
    if pause and wait > NO_WAIT:
        return Attempt(counter.account, counter.device, counter.failures, wait)
    counter.failures += 1
    counter.attempted_at = now
    counter.save(update_fields=["failures", "attempted_at"])
    return Attempt(counter.account, counter.device, counter.failures)


def give_back_attempt(attempt: Attempt) -> None:
    """The password was right. A known device starts anew; guesses of others at the account still count."""
    counters = SignInCounter.objects.filter(account=attempt.account, device=attempt.device, failures__gt=0)
    counters.update(failures=0 if attempt.is_known else F("failures") - 1)


def delete_expired_counters(now: datetime) -> None:
    """Delete counters without attempts for a day, unless they keep a known device."""
    old = SignInCounter.objects.filter(attempted_at__lt=now - DAY)
    old.exclude(known_until__gte=now).delete()
