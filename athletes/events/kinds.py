"""The kinds of events, and what a message says about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from athletes.rights import Category


class EventKind(models.TextChoices):
    """What a webhook can ask for."""

    ACTIVITY_CREATED = "activity.created"
    ACTIVITY_UPDATED = "activity.updated"
    ACTIVITY_DELETED = "activity.deleted"
    SIGNAL_RAISED = "signal.raised"
    SIGNAL_CLEARED = "signal.cleared"
    SESSION_CHANGED = "session.changed"
    IMPORT_DONE = "import.done"
    MEMBER_JOINED = "member.joined"
    MEMBER_LEFT = "member.left"


TEST_KIND = "webhook.test"  # sent when a person asks for it; nobody subscribes to it


@dataclass(frozen=True, slots=True)
class EventDescription:
    """What a kind is about.

    `subject_field`: the name of the subject's id in a message. `prefix`: of that id. `categories`: what an
    athlete must share with an organization for it to get the event; empty for memberships.
    """

    subject_field: str
    prefix: str
    categories: frozenset[Category]


_ACTIVITY = EventDescription("activity_id", "act", frozenset({Category.ACTIVITIES}))
_SIGNAL = EventDescription("signal_id", "sig", frozenset(Category))  # unless the writer knows better
_MEMBERSHIP = EventDescription("membership_id", "mem", frozenset())

DESCRIPTIONS: Mapping[EventKind, EventDescription] = {
    EventKind.ACTIVITY_CREATED: _ACTIVITY,
    EventKind.ACTIVITY_UPDATED: _ACTIVITY,
    EventKind.ACTIVITY_DELETED: _ACTIVITY,
    EventKind.SIGNAL_RAISED: _SIGNAL,
    EventKind.SIGNAL_CLEARED: _SIGNAL,
    EventKind.SESSION_CHANGED: EventDescription("session_id", "ses", frozenset({Category.GOALS_AND_PLANS})),
    EventKind.IMPORT_DONE: EventDescription(
        "import_id", "imp", frozenset({Category.ACTIVITIES, Category.HEALTH})
    ),
    EventKind.MEMBER_JOINED: _MEMBERSHIP,
    EventKind.MEMBER_LEFT: _MEMBERSHIP,
}
