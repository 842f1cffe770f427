"""Entries of the change history as lines of a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from athletes.change_history.people import NamedParties, load_parties
from athletes.changes.tracked_kinds import TrackedField, TrackedKind, load_tracked_kinds
from athletes.models import ChangeEntry, Organization

DOOR_TEXTS = {"page": "on pages", "api": "by a program", "admin": "on a staff page"}
NO_VALUE = "–"
Names = Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """One column. A created or deleted row has one of the two texts; the other is empty."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    changed_at: datetime
    what: str
    person: str
    club: str
    values: Sequence[ChangedValue]
    author: str
    author_note: str


def build_history_lines(
    entries: Sequence[ChangeEntry], club: Organization | None = None
) -> list[HistoryLine]:
    """At most three statements, and one for each kind of row whose id is among the values.

    `club`: the one whose head coach reads them.
    """
    parties, names = load_parties(entries, club), _load_value_names(entries)
    return [_build_line(entry, parties, names) for entry in entries]


def _build_line(entry: ChangeEntry, parties: NamedParties, names: Names) -> HistoryLine:
    kind = load_tracked_kinds()[entry.kind]
    notes = [DOOR_TEXTS.get(entry.door, "")]
    if entry.author_kind in (ChangeEntry.AuthorKind.STAFF, ChangeEntry.AuthorKind.KEY):
        notes.insert(0, entry.get_author_kind_display())
    if entry.acted_as:
        notes.append(f"acting as {parties.name_person(entry.acted_as)}")
    return HistoryLine(
        changed_at=entry.changed_at,
        what=f"{kind.label.capitalize()} {kind.actions.get(entry.action, entry.action)}",
        person=parties.name_person(entry.athlete) if entry.athlete else "",
        club=parties.name_club(entry.organization) if entry.organization else "",
        values=_build_values(kind, entry, names),
        author=parties.name_author(entry),
        author_note=", ".join(filter(None, notes)),
    )


def _build_values(kind: TrackedKind, entry: ChangeEntry, names: Names) -> list[ChangedValue]:
    """Of a change: what differs, after what says which row it is (`category`, `kind` and `name`)."""
    before, after = entry.before or {}, entry.after or {}
    is_change = bool(entry.before and entry.after)
    found = []
    for name, field in kind.fields.items():
        old, new = before.get(name), after.get(name)
        if is_change and old == new:
            if name in ("category", "kind", "name", "plan_id"):
                found.append(ChangedValue(field.label, "", _format_value(field, new, names)))
        elif not {old, new} <= {None, ""}:
            texts = [_format_value(field, value, names) for value in (old, new)]
            found.append(ChangedValue(field.label, *(texts if is_change else _keep_one(texts, entry))))
    return found


def _keep_one(texts: Sequence[str], entry: ChangeEntry) -> tuple[str, str]:
    """Of a created or deleted row: its value, without an arrow from or to nothing."""
    return "", texts[0] if entry.after is None else texts[1]


def _format_value(field: TrackedField, value: Any, names: Names) -> str:
    if value is None or value == "":
        return NO_VALUE
    if field.load_names:
        return names.get(UUID(value), "a deleted one")
    return field.format(value)


def _load_value_names(entries: Sequence[ChangeEntry]) -> Names:
    """The names of the rows whose ids are among the values."""
    wanted: defaultdict[TrackedField, set[UUID]] = defaultdict(set)
    for entry in entries:
        for name, field in load_tracked_kinds()[entry.kind].fields.items():
            if field.load_names:
                ids = [values.get(name) for values in (entry.before, entry.after) if values]
                wanted[field].update(UUID(value) for value in ids if value)
    return {
        pk: name
        for field, ids in wanted.items()
        if field.load_names and ids
        for pk, name in field.load_names(ids).items()
    }
