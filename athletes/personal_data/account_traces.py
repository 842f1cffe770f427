"""What an account leaves outside of its own rows: sessions, counters, and logs that name it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from astral.database.key_pages import read_rows
from athletes.accounts.email_links.tasks import delete_email_jobs
from athletes.accounts.limits.use_limits import compute_counter_id
from athletes.cascade import cascading_rows
from athletes.events.queue import delete_webhook_jobs
from athletes.looks.storage import forget_looks
from athletes.models import (
    AccessLogEntry,
    ChangeEntry,
    Membership,
    SignInCounter,
    UseCounter,
    User,
    Webhook,
)

SESSIONS_PER_PAGE = 2_000
SIGN_IN_ATTEMPT_MODELS = (AccessAttempt, AccessFailureLog, AccessLog)


def find_page_sessions(person: User) -> Iterator[Session]:
    """Read all sessions: only their signed content names the user."""
    sessions = read_rows(Session.objects.all(), ("pk",), lambda session: (session.pk,), SESSIONS_PER_PAGE)
    for session in sessions:
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            yield session


def find_use_counters(person: User) -> QuerySet[UseCounter]:
    """Counters of the account and of its e-mail address."""
    return UseCounter.objects.filter(account__in=[person.pk, compute_counter_id(person.email)])


def find_staff_log_entries(person: User) -> QuerySet[LogEntry]:
    """Entries of the admin's log that are about this user or name them."""
    names = Q()
    memberships = Membership.objects.filter(user=person).select_related("organization")
    membership_names = [
        f"{person} in {row.organization}" for row in memberships
    ]  # how str(Membership) begins
    for word in (str(person.pk), person.public_id, person.email, *membership_names):
        names |= Q(object_id=word) | Q(object_repr__contains=word) | Q(change_message__contains=word)
    return LogEntry.objects.filter(names)


def find_made_looks(person: User) -> QuerySet[AccessLogEntry]:
    by_person = AccessLogEntry.objects.exclude(viewer_kind=AccessLogEntry.ViewerKind.KEY)
    return by_person.filter(viewer=person.pk)


def find_made_changes(person: User) -> QuerySet[ChangeEntry]:
    """What this person changed of others."""
    entries = ChangeEntry.objects.exclude(author_kind=ChangeEntry.AuthorKind.KEY)
    return entries.filter(author=person.pk).exclude(athlete=person.pk)


def forget_account_traces(person: User) -> None:
    for model in SIGN_IN_ATTEMPT_MODELS:
        model.objects.filter(username=person.email).delete()
    SignInCounter.objects.filter(account=person.email).delete()
    find_use_counters(person).delete()
    delete_email_jobs(person)
    delete_webhook_jobs(Webhook.objects.filter(owner=person).values_list("pk", flat=True))
    forget_looks(person.pk)
    Session.objects.filter(pk__in=[session.pk for session in find_page_sessions(person)]).delete()
    find_staff_log_entries(person).delete()
    for rows in cascading_rows(User.objects.filter(pk=person.pk)):
        if not rows.model._meta.auto_created:
            _forget_staff_log_entries(rows)


def _forget_staff_log_entries(rows: QuerySet[Any]) -> None:
    """Delete the log entries about these rows.

    Also clear the names in entries about rows that no longer exist: their owner is unknown and may be this
    user.
    """
    key = rows.model._meta.pk
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(rows.model))
    entries.filter(object_id__in=rows.values_list(Cast("pk", TextField()))).delete()
    existing = rows.model._base_manager.filter(pk=Cast(OuterRef("object_id"), key))
    entries.filter(~Exists(existing)).update(object_repr="", change_message="")
