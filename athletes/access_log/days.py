"""The access log by viewer and day, for the page: fifty looks at a roster are one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import CharField, F, Func, Max, Sum, Value
from django.db.models.functions import TruncDate

from athletes.access_log.viewers import LogViewer, load_log_viewers
from athletes.looks.collector import WHOLE_ATHLETE
from athletes.models import AccessLogEntry, Athlete
from athletes.roles import Role

CATEGORY_TEXTS = {
    "profile": "profile",
    "activities": "activities",
    "health": "health",
    "goals_and_plans": "races and plans",
}
DOOR_TEXTS = {
    "page": "on pages",
    "api": "by a program",
    "csv": "in a downloaded table",
    "export": "in a download",
    "assistant": "through an assistant",
    "feed": "in a calendar",
    "mail": "in an e-mail",
}
KIND_TEXTS = {"person": "Person", "staff": "Staff of this server", "key": "Program"}
GROUP_COLUMNS = ("on", "viewer_kind", "viewer", "organization", "is_refused")


@dataclass(frozen=True, slots=True)
class LookDay:
    """All looks of one viewer on one local day of the athlete; refused ones are apart."""

    viewer: LogViewer
    on: date
    last_at: datetime
    looks: int
    is_refused: bool
    categories: str
    doors: str

    @property
    def viewer_text(self) -> str:
        """Such as "Coach, Harbour Runners"."""
        viewer = self.viewer
        kind = Role(viewer.role).label.capitalize() if viewer.role else KIND_TEXTS[viewer.kind]
        return f"{kind}, {viewer.organization_name}" if viewer.organization_name else kind


def load_look_days(
    athlete: Athlete, category: str | None, first: int, stop: int
) -> tuple[list[LookDay], bool]:
    """Lines `first` to `stop`, newest first, and whether there are more."""
    entries = AccessLogEntry.objects.about(athlete.pk).order_by()
    if category:
        entries = entries.filter(categories__contains=[category])
    joined = Func(F("categories"), Value(","), function="array_to_string", output_field=CharField())
    days = entries.annotate(on=TruncDate("viewed_at", tzinfo=athlete.zone)).values(*GROUP_COLUMNS)
    rows = list(
        days.annotate(
            last_at=Max("viewed_at"),
            times=Sum("looks"),
            doors=ArrayAgg("door", distinct=True),
            joined=ArrayAgg(joined, distinct=True),
        ).order_by("-last_at", *GROUP_COLUMNS)[first : stop + 1]
    )
    shown = rows[: stop - first]
    return _build_look_days(athlete, shown), len(rows) > len(shown)


def _build_look_days(athlete: Athlete, rows: Sequence[dict[str, Any]]) -> list[LookDay]:
    keys = [(row["viewer_kind"], row["viewer"], row["organization"]) for row in rows]
    viewers = load_log_viewers(athlete.pk, keys)
    return [
        LookDay(
            viewer=viewers[key],
            on=row["on"],
            last_at=row["last_at"],
            looks=row["times"],
            is_refused=row["is_refused"],
            categories=_format_categories(row["joined"]),
            doors=", ".join(DOOR_TEXTS.get(door, door) for door in row["doors"]),
        )
        for key, row in zip(keys, rows, strict=True)
    ]


def _format_categories(joined: Sequence[str]) -> str:
    names = {name for text in joined for name in text.split(",")}
    return ", ".join(CATEGORY_TEXTS[name] for name in WHOLE_ATHLETE if name in names)
