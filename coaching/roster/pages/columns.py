"""The columns of the roster table: those of the chosen saved view, or the usual ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from athletes.models import Organization
from coaching.models import RosterView
from coaching.roster.saved_views.columns import COLUMN_LABELS, DEFAULT_COLUMNS, NUMBER_COLUMNS


@dataclass(frozen=True, slots=True)
class ViewLink:
    name: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    name: str
    label: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class RosterColumns:
    """`shown`: names of columns. `view_name`: the chosen view, or empty. `views`: those of this club."""

    shown: Sequence[str]
    view_name: str
    views: Sequence[ViewLink]

    @property
    def numbers(self) -> Sequence[str]:
        """The shown columns with one number, in their order."""
        return [name for name in NUMBER_COLUMNS if name in self.shown]

    @property
    def number_labels(self) -> Sequence[str]:
        return [NUMBER_COLUMNS[name].label for name in self.numbers]

    @property
    def choices(self) -> Sequence[ColumnChoice]:
        return [ColumnChoice(name, label, name in self.shown) for name, label in COLUMN_LABELS.items()]

    @property
    def is_wide(self) -> bool:
        """Whether the table needs a box that scrolls."""
        return len(self.shown) > len(DEFAULT_COLUMNS)


def choose_columns(views: Sequence[RosterView], club: Organization, path: str, name: str) -> RosterColumns:
    """`name`: the wanted view. A view that was deleted, or is of another club, has the usual columns."""
    here = [view for view in views if view.filters.get("org_id", club.public_id) == club.public_id]
    chosen = next((view for view in here if view.name == name), None)
    shown = [column for column in chosen.columns if column in COLUMN_LABELS] if chosen else []
    return RosterColumns(
        shown or list(DEFAULT_COLUMNS),
        chosen.name if chosen else "",
        [
            ViewLink(view.name, f"{path}?{urlencode({'view': view.name} | view.filters)}", view is chosen)
            for view in here
        ],
    )
