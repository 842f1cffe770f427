"""Save a form once, however often it arrives: a double tap, a reload, ten requests at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpResponse

from athletes.models import SentForm

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FormSending:
    """One sending of a form: its one-time token, its sender (None: anonymous) and the time."""

    token: str
    sender: UUID | None
    sent_at: datetime

    @property
    def digest(self) -> str:
        """A token works for its sender only, and the row does not name the sender."""
        return sha256(f"{self.sender} {self.token}".encode()).hexdigest()


def save_form_once(
    sending: FormSending, save: Callable[[], HttpResponse], *, in_transaction: bool
) -> HttpResponse | SentForm:
    """Run `save`, or return the row of the first sending.

    The row is written in the transaction of `save`: a second sending waits for the first, and counts if the
    first is refused. Without `in_transaction` it does not wait: for a `save` that waits for another server.
    """
    scope = transaction.atomic() if in_transaction else nullcontext()
    with scope:
        if not _insert_row(sending):
            return SentForm.objects.get(pk=sending.digest)
        try:
            answer = save()
        except Exception:
            if not in_transaction:
                SentForm.objects.filter(pk=sending.digest).delete()
            raise
        SentForm.objects.filter(pk=sending.digest).update(location=answer.headers.get("Location", "")[:1_000])
        return answer


def _insert_row(sending: FormSending) -> bool:
    try:
        with transaction.atomic():
            SentForm.objects.create(digest=sending.digest, sent_at=sending.sent_at)
    except IntegrityError:
        return False
    return True


def delete_old_sent_forms(now: datetime) -> None:
    SentForm.objects.filter(sent_at__lt=now - KEPT_FOR).delete()
