"""Notices of urgent signals in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from athletes.models import Notice, User
from athletes.notices.texts import NoticeText
from coaching.attention import RULES_BY_CODE
from coaching.models import SignalEpisode


def read_signal_notices(
    person: User, notices: Sequence[Notice], now: datetime, is_mail: bool
) -> dict[UUID, NoticeText]:
    """Without numbers: the page has them. One statement."""
    rows = SignalEpisode.objects.filter(pk__in=[notice.subject_id for notice in notices])
    episodes = {row.pk: row for row in rows.select_related("athlete__user") if row.code in RULES_BY_CODE}
    return {
        notice.pk: _describe(episodes[notice.subject_id])
        for notice in notices
        if notice.subject_id in episodes
    }


def _describe(episode: SignalEpisode) -> NoticeText:
    lines = [RULES_BY_CODE[episode.code].description]
    if episode.cleared_on is not None:
        lines.append("It has cleared.")
    return NoticeText(
        f"Urgent signal: {episode.athlete.user}",
        tuple(lines),
        reverse("athlete-page", args=[episode.athlete.public_id]),
    )
