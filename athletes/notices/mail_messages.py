"""The e-mail of some notices of one kind: text and HTML with the same words."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from athletes.models import Notice, User
from athletes.models.notices import NoticeKind
from athletes.notices.texts import NoticeText
from athletes.notices.unsubscribing import build_unsubscribe_url

SUBJECT_LENGTH = 120


class MailItem(NamedTuple):
    """A notice in an e-mail. `url`: opens it in the inbox, which leads to what it is about."""

    text: NoticeText
    url: str


def build_notice_mail(
    person: User, notices: Sequence[Notice], texts: Sequence[NoticeText]
) -> EmailMultiAlternatives:
    """One e-mail for all these notices. The oldest one gives it its Message-ID, the same for each try."""
    kind = NoticeKind(notices[0].kind)
    unsubscribe_url = build_unsubscribe_url(person, kind)
    context = {
        "items": [
            MailItem(text, f"{settings.PUBLIC_URL}{reverse('notice-page', args=[notice.public_id])}")
            for notice, text in zip(notices, texts, strict=True)
        ],
        "kind": kind.label,
        "settings_url": f"{settings.PUBLIC_URL}{reverse('notice-settings-page')}",
        "unsubscribe_url": unsubscribe_url,
    }
    message = EmailMultiAlternatives(
        _build_subject(texts),
        render_to_string("athletes/notices/mail.txt", context),
        to=[person.email],
        headers={
            "Message-ID": f"<{notices[0].public_id}@{_find_mail_domain()}>",
            "List-Unsubscribe": f"<{unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("athletes/notices/mail.html", context), "text/html")
    return message


def _build_subject(texts: Sequence[NoticeText]) -> str:
    title = texts[0].title
    shown = title if len(title) <= SUBJECT_LENGTH else f"{title[: SUBJECT_LENGTH - 1]}…"
    return shown if len(texts) == 1 else f"{shown} (and {len(texts) - 1} more)"


def _find_mail_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
