"""What is kept of people themselves: account, clubs, consent, thresholds, and their ways of signing in."""

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
from knox.models import AuthToken

from astral.row_export import encode_json_rows
from astral.zip_stream import ArchiveFile
from athletes.cascade import cascading_rows
from athletes.models import (
    ApiKey,
    Athlete,
    Consent,
    ConsentChange,
    Group,
    Invitation,
    Membership,
    Organization,
    Threshold,
    User,
)
from athletes.personal_data.archive import PersonalDataSource, PersonalDataTable

COACH_COLUMNS = ("level", "labels", "notes", "assigned_coach")
FORM_DATA_COLUMNS = ("get_data", "post_data")  # what was typed into the form
SIGN_IN_ATTEMPT_MODELS = (AccessAttempt, AccessFailureLog, AccessLog)


def find_page_sessions(person: User) -> Iterator[Session]:
    """Whose they are stands in their signed content only, so all of them are read."""
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            yield session


def find_staff_log_entries(person: User) -> QuerySet[LogEntry]:
    """The admin's log of this person's page, and whatever else in it names them."""
    names = Q()
    memberships = Membership.objects.filter(user=person).select_related("organization")
    as_members = [f"{person} in {one.organization}" for one in memberships]  # as a membership is written out
    for word in (str(person.pk), person.public_id, person.email, *as_members):
        names |= Q(object_id=word) | Q(object_repr__contains=word) | Q(change_message__contains=word)
    return LogEntry.objects.filter(names)


def forget_account_traces(person: User) -> None:
    for model in SIGN_IN_ATTEMPT_MODELS:
        model.objects.filter(username=person.email).delete()
    Session.objects.filter(pk__in=[session.pk for session in find_page_sessions(person)]).delete()
    find_staff_log_entries(person).delete()
    for rows in cascading_rows(User.objects.filter(pk=person.pk)):
        if not rows.model._meta.auto_created:
            _forget_in_staff_log(rows)


def _forget_in_staff_log(rows: QuerySet[Any]) -> None:
    """What staff did with these rows; and what rows that are gone were called, because nobody knows whose they were."""
    key = rows.model._meta.pk
    told = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(rows.model))
    told.filter(object_id__in=rows.values_list(Cast("pk", TextField()))).delete()
    there = rows.model._base_manager.filter(pk=Cast(OuterRef("object_id"), key))
    told.filter(~Exists(there)).update(object_repr="", change_message="")


def _session_files(person: User) -> Iterator[ArchiveFile]:
    ends = ({"expire_date": session.expire_date} for session in find_page_sessions(person))
    yield ArchiveFile("page_sessions.json", encode_json_rows(ends))


OWN_DATA = PersonalDataSource(
    tables=(
        PersonalDataTable(
            "account.json",
            "Name, address and powers you sign in with.",
            lambda person: User.objects.filter(pk=person.pk),
            ("password", "search_key"),
        ),
        PersonalDataTable(
            "athlete.json",
            "Time zone, units, sex, birth date.",
            lambda person: Athlete.objects.filter(pk=person.pk),
        ),
        PersonalDataTable(
            "memberships.json",
            "What you are in which organization.",
            lambda person: Membership.objects.filter(user=person),
            COACH_COLUMNS,
        ),
        PersonalDataTable(
            "organizations.json",
            "Those organizations.",
            lambda person: Organization.objects.filter(memberships__user=person),
            ("version",),
        ),
        PersonalDataTable(
            "groups.json",
            "The training groups you are in.",
            lambda person: Group.objects.filter(members__user=person),
        ),
        PersonalDataTable(
            "consents.json",
            "What you let coaches see, where you ever decided.",
            lambda person: Consent.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "consent_changes.json",
            "Each time you changed your mind.",
            lambda person: ConsentChange.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "thresholds.json",
            "What was measured of your body, from which day on.",
            lambda person: Threshold.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "tokens.json",
            "When you signed in to the API, and until when that holds.",
            lambda person: AuthToken.objects.filter(user=person),
            ("digest", "token_key"),
        ),
        PersonalDataTable(
            "failed_sign_ins.json",
            "Failed attempts to sign in as you, with where they came from.",
            lambda person: AccessAttempt.objects.filter(username=person.email),
            FORM_DATA_COLUMNS,
        ),
        PersonalDataTable(
            "invitations.json",
            "Invitations to your address that you have not answered.",
            lambda person: Invitation.objects.filter(email=person.email),
            ("digest", "created_by"),
        ),
        PersonalDataTable(
            "made_invitations.json",
            "Invitations that you made, without to whom.",
            lambda person: Invitation.objects.filter(created_by=person),
            ("digest", "email"),
        ),
        PersonalDataTable(
            "made_keys.json",
            "Keys that you made for your organization.",
            lambda person: ApiKey.objects.filter(created_by=person),
            ("digest",),
        ),
        PersonalDataTable(
            "staff_log.json", "What staff changed about you, and when.", find_staff_log_entries, ("user",)
        ),
        PersonalDataTable(
            "own_staff_log.json",
            "When you changed something as staff; not what, which is about others.",
            lambda person: LogEntry.objects.filter(user=person),
            ("object_id", "object_repr", "change_message"),
        ),
    ),
    files=_session_files,
    file_descriptions=(("page_sessions.json", "Until when each browser stays signed in."),),
    forget=forget_account_traces,
)
