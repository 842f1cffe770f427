"""The words of notices, made when somebody reads them, from what that person may see at that moment.

Each app writes those of its kinds (`settings.NOTICE_READERS`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from athletes.models import Notice, User
from athletes.models.notices import NoticeKind


@dataclass(frozen=True, slots=True)
class NoticeText:
    """`title`: one line. `lines`: more of it; of a digest, only in its e-mail. `path`: the page about it."""

    title: str
    lines: tuple[str, ...] = ()
    path: str = ""


# Without an entry, what the notice is about is gone. `is_mail`: with all lines, because nobody sees the page.
NoticeReader = Callable[[User, Sequence[Notice], datetime, bool], Mapping[UUID, NoticeText]]

GONE_TITLES: Mapping[NoticeKind, str] = {
    NoticeKind.DIGEST: "A week of a club that is gone",
    NoticeKind.SIGNAL: "A signal that is gone",
    NoticeKind.COMMENT: "A comment that is gone",
    NoticeKind.CALENDAR_CHANGE: "A change of your plan that is gone",
    NoticeKind.IMPORT: "An import that is gone",
}


@cache
def load_notice_readers() -> Mapping[NoticeKind, NoticeReader]:
    return {NoticeKind(kind): import_string(name) for kind, name in settings.NOTICE_READERS.items()}


def read_notice_texts(
    person: User, notices: Sequence[Notice], now: datetime, *, is_mail: bool = False
) -> dict[UUID, NoticeText]:
    """The texts of these notices by id, without those that are about nothing any more.

    The notices are readable for this person. The number of statements depends on the kinds, not on how many
    notices there are.
    """
    found: dict[UUID, NoticeText] = {}
    for kind, read in load_notice_readers().items():
        if of_kind := [notice for notice in notices if notice.kind == kind]:
            found |= read(person, of_kind, now, is_mail)
    return found


def describe_gone(notice: Notice) -> NoticeText:
    return NoticeText(GONE_TITLES[NoticeKind(notice.kind)])
