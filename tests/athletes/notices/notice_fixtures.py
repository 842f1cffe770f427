"""Notices of the cast, and a real mail server in this process."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

from aiosmtpd.controller import Controller
from allauth.account.models import EmailAddress

from athletes.models import Notice, User
from athletes.models.notices import NoticeKind
from athletes.notices.mailing import send_due_mails
from athletes.notices.writing import NewNotice, tell_person
from athletes.rights import Category
from metrics.models import Import
from tests.support.cast import NOON

LONG_AFTER = NOON.replace(hour=13)  # when e-mails of notices of NOON are due


class MailServer:
    """Keeps what it accepts. `answer`: the reply to each message, by default that it is accepted."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer: Callable[[], str] = lambda: "250 OK"
        self.port = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.answer()
        if answer.startswith("250"):
            message: Any = message_from_bytes(envelope.content, policy=policy.default)
            self.mails.append(message)
        return answer

    def list_subjects(self) -> list[str]:
        return [read_header(mail) for mail in self.mails]


def read_header(mail: EmailMessage, name: str = "Subject") -> str:
    """A long one begins on the next line."""
    return str(mail[name]).strip()


@contextmanager
def run_mail_server(settings: Any) -> Iterator[MailServer]:
    """A mail server on a free port, and Django's own SMTP back end that uses it."""
    server = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        server.port = probe.getsockname()[1]  # aiosmtpd cannot choose one itself
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
        yield server
    finally:
        controller.stop()


def verify(*people: User) -> None:
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in people
    )


def tell_of_import(
    person: User, now: datetime = NOON, athlete: User | None = None, name: str = "a.zip"
) -> Notice:
    """The person is told of an import that has ended."""
    owner = athlete or person
    parent = Import.objects.create(
        athlete=owner.athlete, made_by=person, added_by="athlete", filename=name, status="done"
    )
    notice = NewNotice(NoticeKind.IMPORT, owner.pk, parent.pk, (Category.ACTIVITIES,))
    tell_person(person.pk, notice, now)
    return Notice.objects.get(recipient=person, subject_id=parent.pk)


def tell_of_nothing(person: User, athlete: User, categories: Sequence[Category]) -> Notice:
    """A notice whose subject is gone."""
    return Notice.objects.create(
        recipient=person, kind=NoticeKind.SIGNAL, athlete=athlete.athlete, subject_id=uuid4(),
        categories=[category.value for category in categories], created_at=NOON,
    )  # fmt: skip


def send_mails(now: datetime = LONG_AFTER) -> None:
    """A turn of the worker at this moment."""
    send_due_mails(lambda: now, lambda: False)


def read_state(notice: Notice) -> str:
    return Notice.objects.values_list("mail_state", flat=True).get(pk=notice.pk)
