"""Comments in a person's download, and what a deletion of the author leaves no trace of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F

from astral.database.key_pages import read_rows
from astral.ids import encode
from athletes.models import Athlete, User
from coaching.models import CalendarSession, Comment
from metrics.models import Activity, BinActivity

ROWS_PER_CHUNK = 500


def read_comments(person: User, now: datetime) -> Iterator[dict[str, Any]]:
    """Comments about this athlete, without the names of others. `is_own`: the athlete wrote it."""
    rows = Comment.objects.filter(athlete=person.pk).annotate(started_at=F("activity__started_at"))
    columns = (
        "id", "activity_id", "day", "session_id", "author_id", "text", "created_at", "edited_at",
        "started_at",
    )  # fmt: skip
    value_rows = rows.values(*columns)
    for row in read_rows(value_rows, ("id",), lambda row: (row["id"],), ROWS_PER_CHUNK):
        activity_id, session_id = row["activity_id"], row["session_id"]
        yield {
            "id": encode(Comment.prefix, row["id"]),
            "activity": activity_id and encode(Activity.prefix, activity_id),
            "activity_started_at": row["started_at"],
            "session": session_id and encode(CalendarSession.prefix, session_id),
            "is_own": row["author_id"] == person.pk,
            **{name: row[name] for name in ("day", "text", "created_at", "edited_at")},
        }


def forget_written_comments(person: User) -> None:
    """Forget what the person wrote to other athletes.

    Foreign keys delete the rows. Here the versions of those athletes rise, and their bins lose the words.
    """
    comments = Comment.objects.filter(author=person.pk).exclude(athlete=person.pk)
    athlete_ids = set(comments.order_by().values_list("athlete_id", flat=True))
    Athlete.objects.filter(pk__in=athlete_ids).bump_versions()
    author_id = str(person.pk)
    for in_bin in BinActivity.objects.filter(links__contains=[{"row": {"author_id": author_id}}]):
        in_bin.links = [link for link in in_bin.links if link["row"].get("author_id") != author_id]
        in_bin.save(update_fields=["links"])
