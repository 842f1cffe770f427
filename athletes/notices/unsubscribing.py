"""The link in each e-mail that switches off its kind, without a sign-in (RFC 8058).

It is signed, nothing is stored for it, and it does not expire: it can only switch off.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from astral.ids import MalformedId
from athletes.models import User
from athletes.models.notices import NoticeKind
from athletes.notices.switches import change_switches

SALT = "athletes.notices.unsubscribe"


class UnsubscribeRequest(NamedTuple):
    person_id: UUID
    kind: NoticeKind


def build_unsubscribe_url(person: User, kind: NoticeKind) -> str:
    token = signing.Signer(salt=SALT).sign(f"{person.public_id}.{kind.value}")
    return f"{settings.PUBLIC_URL}{reverse('unsubscribe-page', args=[token])}"


def parse_unsubscribe_token(token: str) -> UnsubscribeRequest | None:
    """What the link switches off. None if it is not one of this server."""
    try:
        public_id, _, kind = signing.Signer(salt=SALT).unsign(token).partition(".")
        return UnsubscribeRequest(User.parse_public_id(public_id), NoticeKind(kind))
    except (signing.BadSignature, MalformedId, ValueError):
        return None


@transaction.atomic
def switch_off(wanted: UnsubscribeRequest, now: datetime) -> None:
    """Switch off these e-mails. The account may be deleted; then there is nothing to do."""
    people = User.objects.filter(pk=wanted.person_id).select_for_update(no_key=True)
    if people.values_list("pk", flat=True).first():
        change_switches(wanted.person_id, {wanted.kind.value: False}, now)
