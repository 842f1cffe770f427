"""Limits of what one account may do in an hour or a day: tokens, refreshes, exports, e-mails.

A use is counted before the work begins. One statement counts and compares, so many calls at once cannot
exceed a limit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils.crypto import salted_hmac

from astral.http.errors import ApiError
from astral.logs import log_refusal
from athletes.models import UseCounter
from athletes.rights import Viewer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# Begin a new time if the old one has passed. No row comes back if the limit is reached.
COUNT_SQL = """
INSERT INTO athletes_usecounter AS counter (account, kind, started_at, uses)
VALUES (%(account)s, %(kind)s, %(now)s, 1)
ON CONFLICT (account, kind) DO UPDATE
   SET uses = CASE WHEN counter.started_at <= %(past)s THEN 1 ELSE counter.uses + 1 END,
       started_at = CASE WHEN counter.started_at <= %(past)s THEN %(now)s ELSE counter.started_at END
 WHERE counter.started_at <= %(past)s OR counter.uses < %(most)s
RETURNING uses
"""


@dataclass(frozen=True, slots=True)
class UseLimit:
    """`most` uses in `period`. `text` says what was refused and what to do instead."""

    kind: str
    period: timedelta
    most: Callable[[], int]
    text: str


TOKENS = UseLimit(
    "token",
    HOUR,
    lambda: int(settings.TOKENS_PER_HOUR),
    "An account gets at most {most} new tokens an hour. Use one token for many calls.",
)
REFRESHES = UseLimit(
    "refresh",
    HOUR,
    lambda: int(settings.REFRESHES_PER_HOUR),
    "An account or the keys of a club may send refresh=1 at most {most} times an hour. Leave it out: answers"
    " are never out of date.",
)
EXPORTS = UseLimit(
    "export",
    DAY,
    lambda: int(settings.EXPORTS_PER_DAY),
    "You can download your data at most {most} times a day. Try again tomorrow.",
)
INVITATION_EMAILS = UseLimit(
    "invitation_email",
    DAY,
    lambda: int(settings.INVITATION_EMAILS_PER_DAY),
    "You can send at most {most} invitations by e-mail a day. Create an invitation link instead.",
)
ACCOUNT_EMAILS = UseLimit(
    "account_email",
    HOUR,
    lambda: int(settings.ACCOUNT_EMAILS_PER_HOUR),
    "At most {most} of these e-mails are sent in an hour. Look in your inbox, also among spam, or try again"
    " later.",
)
ACCOUNT_EMAILS_FROM_ADDRESS = UseLimit(
    "account_email_from",
    HOUR,
    lambda: 10 * int(settings.ACCOUNT_EMAILS_PER_HOUR),
    "From your network, at most {most} of these e-mails are asked for in an hour. Try again later.",
)
PASSKEY_CHALLENGES = UseLimit(
    "passkey_challenge",
    HOUR,
    lambda: 300,
    "From your network, passkeys are used too often: more than {most} times an hour. Use your password.",
)
JOIN_EMAILS_OF_LINK = UseLimit(
    "join_email_of_link",
    DAY,
    lambda: int(settings.INVITATION_EMAILS_PER_DAY),
    "This link can be asked for {most} e-mails a day. Try again tomorrow.",
)
JOIN_EMAILS_TO_ADDRESS = UseLimit(
    "join_email_to",
    DAY,
    lambda: 3,
    "This address gets at most {most} of these e-mails a day. Look into your mail, also among the spam.",
)
IMPORTS = UseLimit(
    "import",
    DAY,
    lambda: int(settings.IMPORTS_PER_DAY),
    "You can start at most {most} imports a day. One import takes many files at once. Try again tomorrow.",
)
COMMENTS = UseLimit(
    "comment",
    DAY,
    lambda: 300,
    "You can write at most {most} comments a day. Try again tomorrow.",
)
WEBHOOK_MESSAGES = UseLimit(
    "webhook_message",
    HOUR,
    lambda: 60,
    "You can send at most {most} tests and repeated messages an hour. Try again later.",
)


class UseLimitReached(ApiError):
    """429 with Retry-After."""

    def __init__(self, limit: UseLimit, wait: timedelta) -> None:
        super().__init__("LIMIT_REACHED", limit.text.format(most=limit.most()), 429)
        self.retry_after = wait


def count_use(account: UUID, limit: UseLimit, now: datetime) -> None:
    """Count one use. Raises UseLimitReached; then nothing is counted."""
    parameters: dict[str, Any] = {
        "account": account,
        "kind": limit.kind,
        "now": now,
        "past": now - limit.period,
        "most": limit.most(),
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT_SQL, parameters)
        is_taken = cursor.fetchone() is not None
    if not is_taken:
        log_refusal("limit_reached", account=account)
        started_at = UseCounter.objects.get(account=account, kind=limit.kind).started_at
        raise UseLimitReached(limit, started_at + limit.period - now)


def compute_counter_id(name: str) -> UUID:
    """The `account` of a counter for an e-mail or network address that may belong to nobody: a keyed hash."""
    return UUID(hex=salted_hmac("athletes.use_limits", name, algorithm="sha256").hexdigest()[:32])


def give_back_use(account: UUID, limit: UseLimit) -> None:
    """The work failed through no fault of the account."""
    UseCounter.objects.filter(account=account, kind=limit.kind, uses__gt=0).update(uses=F("uses") - 1)


def count_refresh(viewer: Viewer, now: datetime) -> None:
    """Count a call with refresh=1. All keys of an organization have one counter."""
    scope = viewer.cache_scope
    account = scope.user_id or scope.organization_id
    assert account is not None
    count_use(account, REFRESHES, now)


def delete_old_use_counters(now: datetime) -> None:
    UseCounter.objects.filter(started_at__lt=now - DAY).delete()
