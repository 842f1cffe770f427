"""What the change history tracks, and how people read it. Each app has a list (`settings.TRACKED_KINDS`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Model
from django.utils.module_loading import import_string

from athletes.models import (
    ActingSession,
    Consent,
    Membership,
    Organization,
    SupportConsent,
    Threshold,
    User,
)
from athletes.roles import Role, Status


@dataclass(frozen=True, slots=True)
class TrackedField:
    """A column that the history keeps. `format`: its value as text.

    If it has the id of another row: `prefix` of the public id, and `load_names` for pages.
    """

    label: str
    format: Callable[[Any], str] = str
    prefix: str = ""
    load_names: Callable[[Collection[UUID]], Mapping[UUID, str]] | None = None


@dataclass(frozen=True, slots=True)
class TrackedKind:
    """Rows of one table. `prefix`: of their public ids, empty if they have none.

    `actions`: which of created, changed and deleted are tracked, with the word for each.
    """

    name: str
    label: str
    model: type[Model] | None  # None: no table, the writer makes the entry
    fields: Mapping[str, TrackedField]
    prefix: str = ""
    actions: Mapping[str, str] = field(
        default_factory=lambda: {"created": "added", "changed": "changed", "deleted": "deleted"}
    )


def format_instant(value: str) -> str:
    return f"{value[:16].replace('T', ' ')} UTC"


def format_flag(value: bool) -> str:
    return "yes" if value else "no"


def format_choice(labels: Mapping[str, str]) -> Callable[[Any], str]:
    """A stored choice by its label. A choice of an older version stays as it is."""
    return lambda value: labels.get(str(value), str(value))


TRACKED_KINDS = (
    TrackedKind(
        "membership",
        "membership",
        Membership,
        {
            "role": TrackedField("role", format_choice({role.value: role.label.lower() for role in Role})),
            "status": TrackedField(
                "status", format_choice({status.value: status.label.lower() for status in Status})
            ),
        },
        Membership.prefix,
    ),
    TrackedKind(
        "organization",
        "club",
        Organization,
        {
            "name": TrackedField("name"),
            "requires_second_factor": TrackedField("second factor for coaches", format_flag),
        },
        Organization.prefix,
    ),
    TrackedKind(
        "consent",
        "sharing with the club",
        Consent,
        {
            "category": TrackedField("what", format_choice({"goals_and_plans": "races and plans"})),
            "granted": TrackedField("shared", format_flag),
        },
    ),
    TrackedKind(
        "threshold",
        "threshold",
        Threshold,
        {
            "kind": TrackedField("kind", format_choice(dict(Threshold.Kind.choices))),
            "value": TrackedField("value", lambda value: f"{value:g}"),
            "source": TrackedField("source", format_choice(dict(Threshold.Source.choices))),
            "valid_from": TrackedField("from"),
        },
    ),
    TrackedKind(
        "support_consent",
        "sharing with staff who help",
        SupportConsent,
        {"until": TrackedField("until", format_instant)},
    ),
    TrackedKind(
        "acting",
        "staff",
        ActingSession,
        {
            "reason": TrackedField("reason"),
            "until": TrackedField("until", format_instant),
            "ended_at": TrackedField("ended", format_instant),
        },
        actions={"created": "began to act as this person", "changed": "stopped", "deleted": "deleted"},
    ),
    TrackedKind(
        "acting_request",
        "form",
        None,
        {"page": TrackedField("page")},
        actions={"created": "sent by staff who acted as this person"},
    ),
    TrackedKind("account", "account", User, {}, actions={"deleted": "deleted"}),
)


@cache
def load_tracked_kinds() -> Mapping[str, TrackedKind]:
    """The kinds of all apps by name."""
    lists: list[Sequence[TrackedKind]] = [import_string(name) for name in settings.TRACKED_KINDS]
    return {kind.name: kind for kinds in lists for kind in kinds}


@cache
def load_tracked_tables() -> frozenset[str]:
    return frozenset(kind.model._meta.db_table for kind in load_tracked_kinds().values() if kind.model)
