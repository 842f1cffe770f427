"""Send the e-mails of notices: by any number of workers, each e-mail once.

A worker claims notices in one transaction, sends without a transaction, and then records it. If it dies
between the mail server's answer and the record, the e-mail comes twice, with the same Message-ID. If it
dies earlier, another worker sends it when the claim has expired. So none is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Any

import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from athletes.looks.buffer import look_buffer
from athletes.looks.collector import collect_looks
from athletes.models import Notice, User
from athletes.models.notices import NoticeKind, NoticeQuerySet
from athletes.notices.inbox import note_looks
from athletes.notices.mail_messages import build_notice_mail
from athletes.notices.switches import load_switches
from athletes.notices.texts import read_notice_texts

State = Notice.MailState

# After each failed try, until the next. Then the e-mail is parked.
RETRY_WAITS = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=6), timedelta(hours=12), timedelta(hours=24),
)  # fmt: skip
CLAIM_LASTS = timedelta(minutes=15)  # far longer than the mail server may take
MAILS_PER_TURN, NOTICES_PER_MAIL = 200, 50
MAIL_DOOR = "mail"  # in the access log
SERVICE_CLOSING = 421  # of SMTP: the server goes down, or wants no more for now
WORKER_DIED = "WorkerDied"
log = structlog.get_logger("astral.notices")


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """Notices of one kind for one person, oldest first, that this worker alone may send."""

    person: User
    notices: Sequence[Notice]
    is_verified: bool


def send_due_mails(clock: Callable[[], datetime], must_stop: Callable[[], bool]) -> None:
    """Send what is due, until the mail server cannot be reached."""
    if not settings.SENDS_EMAIL:
        return
    park_dead_mails(clock())
    for _ in range(MAILS_PER_TURN):
        claimed = None if must_stop() else claim_mail(clock())
        if claimed is None or not _send(claimed, clock):
            return


def park_dead_mails(now: datetime) -> None:
    """Park what workers died of again and again."""
    dead = Notice.objects.with_due_mail(now).filter(mail_state=State.SENDING)
    dead = dead.filter(mail_attempts__gt=len(RETRY_WAITS))
    dead.update(mail_state=State.PARKED, mail_due_at=None, mail_error=WORKER_DIED)


@transaction.atomic
def claim_mail(now: datetime) -> ClaimedMail | None:
    """The next e-mail: what is due, and what else of its kind waits for this person. Three statements.

    Locked rows are skipped, those of the person, too: so two workers never share out one e-mail.
    """
    verified = EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)
    due = Notice.objects.with_due_mail(now).select_related("recipient").order_by("mail_due_at", "pk")
    first = due.select_for_update(skip_locked=True, of=("self", "recipient"), no_key=True).first()
    if first is None:
        return None
    notices = list(_find_companions(first, now).order_by("created_at", "pk")[:NOTICES_PER_MAIL])
    claimed = Notice.objects.filter(pk__in=[notice.pk for notice in notices])
    claimed.update(
        mail_state=State.SENDING, mail_due_at=now + CLAIM_LASTS, mail_attempts=F("mail_attempts") + 1
    )
    person = User.objects.annotate(is_verified=Exists(verified)).get(pk=first.recipient_id)
    return ClaimedMail(person, notices, person.is_verified)


def _find_companions(first: Notice, now: datetime) -> NoticeQuerySet:
    """The notices that share the e-mail. A claim that expired is sent again as it was, without new ones."""
    rows = Notice.objects.filter(
        recipient=first.recipient_id, kind=first.kind, organization=first.organization_id
    )
    rows = rows.filter(mail_state=first.mail_state)
    if first.mail_state == State.SENDING:
        rows = rows.filter(mail_due_at=first.mail_due_at)
    return rows.select_for_update(no_key=True, of=("self",))


def _send(mail: ClaimedMail, clock: Callable[[], datetime]) -> bool:
    """Send one e-mail, if it is still wanted. Returns whether the next one may follow at once."""
    try:
        with collect_looks(MAIL_DOOR) as collector:
            shown = _send_wanted(mail, clock())
    except Exception as error:  # of one e-mail; it must not hold up those of others
        is_of_server = isinstance(error, SMTPException | OSError)
        log.error("notice_mail_not_sent", error=type(error).__name__, exc_info=not is_of_server)
        _record_failure(mail, error, clock())
        return not is_of_server or _is_about_one_mail(error)
    _record_success(mail, shown, clock())
    look_buffer.append(collector.list_looks(200))
    return True


def _is_about_one_mail(error: Exception) -> bool:
    """Whether the mail server works, and only refused this e-mail."""
    is_closing = getattr(error, "smtp_code", 0) == SERVICE_CLOSING
    return isinstance(error, SMTPRecipientsRefused | SMTPDataError | SMTPSenderRefused) and not is_closing


def _send_wanted(mail: ClaimedMail, now: datetime) -> list[Notice]:
    """Send what is still wanted, if there is any. Returns what was sent."""
    wanted = _find_wanted(mail)
    texts = read_notice_texts(mail.person, wanted, now, is_mail=True)
    shown = [notice for notice in wanted if notice.pk in texts]
    if shown:
        build_notice_mail(mail.person, shown, [texts[notice.pk] for notice in shown]).send()
        note_looks(mail.person, shown)
    return shown


def _find_wanted(mail: ClaimedMail) -> list[Notice]:
    """What to send now: much can have changed since the notices were written."""
    person, kind = mail.person, NoticeKind(mail.notices[0].kind)
    if not (person.is_active and mail.is_verified and load_switches(person.pk)[kind]):
        return []
    claimed = Notice.objects.filter(pk__in=[notice.pk for notice in mail.notices])
    return list(claimed.readable_by(person.pk).unread().order_by("created_at", "pk"))


def _record_success(mail: ClaimedMail, sent: Sequence[Notice], now: datetime) -> None:
    sent_ids = {notice.pk for notice in sent}
    omitted = [notice.pk for notice in mail.notices if notice.pk not in sent_ids]
    rows = Notice.objects.filter(mail_state=State.SENDING)
    changes: dict[str, Any] = {"mail_due_at": None, "mail_error": ""}
    rows.filter(pk__in=sent_ids).update(mail_state=State.SENT, mailed_at=now, **changes)
    if omitted:
        rows.filter(pk__in=omitted).update(mail_state=State.OMITTED, **changes)


def _record_failure(mail: ClaimedMail, error: Exception, now: datetime) -> None:
    rows = Notice.objects.filter(pk__in=[notice.pk for notice in mail.notices], mail_state=State.SENDING)
    changes: dict[str, Any] = {"mail_error": type(error).__name__[:40]}
    tries = max(notice.mail_attempts for notice in mail.notices) + 1  # as they were before the claim
    if tries <= len(RETRY_WAITS):
        changes |= {"mail_state": State.WAITING, "mail_due_at": now + RETRY_WAITS[tries - 1]}
    else:
        changes |= {"mail_state": State.PARKED, "mail_due_at": None}
    rows.update(**changes)


def send_again(notices: NoticeQuerySet, now: datetime) -> int:
    """Let parked e-mails wait once more. Returns how many."""
    parked = notices.filter(mail_state=State.PARKED)
    return parked.update(mail_state=State.WAITING, mail_due_at=now, mail_attempts=0, mail_error="")
