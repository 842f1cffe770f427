"""The steps of a sign-in: the password, then a code if the account has a second factor.

Between the steps nobody is signed in. A page keeps the first step in its session, the API in a signed text.
Both end after five minutes, and with the password.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from astral.http.errors import ApiError
from astral.logs import log_event, log_refusal
from athletes.accounts.email_links.messages import AccountNotice
from athletes.accounts.email_links.tasks import queue_account_notice
from athletes.accounts.login_attempts import accept_attempt
from athletes.accounts.second_factor.authenticators import has_second_factor, take_code
from athletes.accounts.second_factor.requirement import lacks_second_factor
from athletes.accounts.sessions import FACTOR_MISSING
from athletes.accounts.sign_in_counters import give_back_attempt, take_attempt_of_known_device
from athletes.models import User

PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"  # the backend that login() stores in a session
FIRST_STEP = "first_step"  # key of the session
FIRST_STEP_LIFETIME = timedelta(minutes=5)
SALT = "athletes.second_factor.first_step"
CODES_DEVICE = "second factor"  # the device of the counter of wrong codes


class TooManyCodes(ApiError):
    """429 with Retry-After."""

    def __init__(self, wait: timedelta) -> None:
        minutes = max(ceil(wait.total_seconds() / 60), 1)
        text = f"Too many wrong codes. Wait {minutes} minute{'s' * (minutes > 1)} and try again."
        super().__init__("TOO_MANY_ATTEMPTS", text, 429, field="code")
        self.retry_after = wait


def open_session(request: HttpRequest, person: User) -> None:
    """Sign the person in on this browser. Without a required second factor, the session can only add one."""
    for name in (FIRST_STEP, FACTOR_MISSING):
        request.session.pop(name, None)
    login(request, person, PASSWORD_BACKEND)
    if lacks_second_factor(person):
        request.session[FACTOR_MISSING] = True


def begin_second_step(request: HttpRequest, person: User) -> bool:
    """After a right password on a page: whether a code is needed. Else the session is open."""
    if not has_second_factor(person):
        open_session(request, person)
        return False
    accept_attempt(request)
    request.session[FIRST_STEP] = build_challenge(person)
    return True


def build_challenge(person: User) -> str:
    """A signed text that says whose password was right."""
    return signing.dumps({"person": person.pk.hex, "proof": _build_proof(person)}, salt=SALT)


def find_challenged_person(challenge: str) -> User | None:
    """None if the challenge is wrong or too old, or if the account has changed meanwhile."""
    try:
        content = signing.loads(challenge, salt=SALT, max_age=FIRST_STEP_LIFETIME)
    except signing.BadSignature:
        return None
    person = User.objects.filter(pk=content["person"], is_active=True).first()
    is_same = person is not None and constant_time_compare(content["proof"], _build_proof(person))
    return person if is_same else None


def check_second_step(person: User, code: str, now: datetime) -> None:
    """Raise 401 WRONG_CODE, or 429 after too many wrong codes; the owner then gets an e-mail."""
    attempt = take_attempt_of_known_device(person.email, CODES_DEVICE, now)
    if attempt.wait:
        raise TooManyCodes(attempt.wait)
    if take_code(person, code, now):
        give_back_attempt(attempt)
        log_event("second_factor_used", person=person.pk)
        return
    log_refusal("second_factor_refused", person=person.pk)
    if attempt.failures == settings.AXES_FAILURE_LIMIT:
        queue_account_notice(person, AccountNotice.CODES_REFUSED)
    raise ApiError("WRONG_CODE", "This code is wrong or was used already.", 401, field="code")


def _build_proof(person: User) -> str:
    return person.get_session_auth_hash()[:16]
