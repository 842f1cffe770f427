"""Personal data of this app: account, memberships, consent, thresholds, tokens and sign-ins."""

from __future__ import annotations

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from knox.models import AuthToken

from astral.exports.row_export import encode_json_rows
from astral.exports.zip_stream import ArchiveFile
from athletes.access_log.entries import read_access_log
from athletes.change_history.entries import read_changes
from athletes.models import (
    AccessLogEntry,
    ActingSession,
    ApiKey,
    Athlete,
    ChangeEntry,
    Consent,
    ConsentChange,
    Group,
    Invitation,
    Membership,
    Notice,
    NoticeSwitch,
    Organization,
    SignInCounter,
    SupportConsent,
    Threshold,
    User,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from athletes.personal_data.account_traces import (
    find_made_changes,
    find_made_looks,
    find_page_sessions,
    find_staff_log_entries,
    find_use_counters,
    forget_account_traces,
)
from athletes.personal_data.archive import PersonalDataSource, PersonalDataTable
from athletes.personal_data.settings_and_thresholds import SETTINGS_RESTORER, THRESHOLDS_RESTORER

COACH_COLUMNS = ("level", "labels", "notes", "assigned_coach")
FORM_DATA_COLUMNS = ("get_data", "post_data")  # data typed into the sign-in form
WEBHOOK_SECRETS = ("encrypted_secret", "previous_encrypted_secret")


def _session_files(person: User) -> Iterator[ArchiveFile]:
    expiries = ({"expire_date": session.expire_date} for session in find_page_sessions(person))
    yield ArchiveFile("page_sessions.json", encode_json_rows(expiries))


OWN_DATA = PersonalDataSource(
    tables=(
        PersonalDataTable(
            "account.json",
            "Your name, e-mail address and permissions.",
            lambda person: User.objects.filter(pk=person.pk),
            ("password", "search_key"),
        ),
        PersonalDataTable(
            "email_addresses.json",
            "Your e-mail addresses: which is verified, and which waits for its link to be opened.",
            lambda person: EmailAddress.objects.filter(user=person),
        ),
        PersonalDataTable(
            "second_factors.json",
            "Your authenticator app, passkeys and recovery codes: when you added and last used them.",
            lambda person: Authenticator.objects.filter(user=person),
            ("data",),
        ),
        PersonalDataTable(
            "athlete.json",
            "Your time zone, units, sex and birth date.",
            lambda person: Athlete.objects.filter(pk=person.pk),
            restorer=SETTINGS_RESTORER,
        ),
        PersonalDataTable(
            "memberships.json",
            "Your role in each organization.",
            lambda person: Membership.objects.filter(user=person),
            COACH_COLUMNS,
        ),
        PersonalDataTable(
            "organizations.json",
            "The organizations you belong to.",
            lambda person: Organization.objects.filter(memberships__user=person),
            ("version",),
        ),
        PersonalDataTable(
            "groups.json",
            "Your training groups.",
            lambda person: Group.objects.filter(members__user=person),
        ),
        PersonalDataTable(
            "consents.json",
            "What you share with coaches now, where you changed it.",
            lambda person: Consent.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "consent_changes.json",
            "Each change of what you share.",
            lambda person: ConsentChange.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "access_log.json",
            "Who looked at which of your data, when and how; also refused attempts.",
            lambda person: AccessLogEntry.objects.about(person.pk),
            read=lambda person, now: read_access_log(person),
        ),
        PersonalDataTable(
            "made_looks.json",
            "When you looked at the data of others, without their names.",
            find_made_looks,
            ("athlete_ids", "viewer"),
        ),
        PersonalDataTable(
            "changes.json",
            "Who changed what is yours: memberships, sharing, thresholds, plans, races; and deletions.",
            lambda person: ChangeEntry.objects.about(person.pk),
            read=lambda person, now: read_changes(person),
        ),
        PersonalDataTable(
            "made_changes.json",
            "When you changed what belongs to others or to a club, without what it was.",
            find_made_changes,
            ("subject", "athlete", "before", "after", "author", "acted_as"),
        ),
        PersonalDataTable(
            "acting.json",
            "When staff acted as you, and why.",
            lambda person: ActingSession.objects.filter(person=person),
            ("staff",),
        ),
        PersonalDataTable(
            "own_staff_acting.json",
            "When you acted as somebody as staff, without their names.",
            lambda person: ActingSession.objects.filter(staff=person),
            ("person",),
        ),
        PersonalDataTable(
            "support_consent.json",
            "Until when staff who act as you see your activities and health data.",
            lambda person: SupportConsent.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "thresholds.json",
            "Your thresholds and the day from which each applies.",
            lambda person: Threshold.objects.filter(athlete=person.pk),
            restorer=THRESHOLDS_RESTORER,
        ),
        PersonalDataTable(
            "tokens.json",
            "Your API tokens: when they were created and expire.",
            lambda person: AuthToken.objects.filter(user=person),
            ("digest", "token_key"),
        ),
        PersonalDataTable(
            "browsers.json",
            "The browsers you signed in with: their network address, and when you last used them.",
            lambda person: UserSession.objects.filter(user=person),
            ("session_key",),
        ),
        PersonalDataTable(
            "failed_sign_ins.json",
            "Failed sign-ins with your e-mail address, and their network address.",
            lambda person: AccessAttempt.objects.filter(username=person.email),
            FORM_DATA_COLUMNS,
        ),
        PersonalDataTable(
            "sign_in_counters.json",
            "The devices you signed in with, and how often a sign-in failed.",
            lambda person: SignInCounter.objects.filter(account=person.email),
            ("device",),
        ),
        PersonalDataTable(
            "use_counters.json",
            "How often you lately did what has a limit.",
            find_use_counters,
        ),
        PersonalDataTable(
            "invitations.json",
            "Open invitations to your e-mail address.",
            lambda person: Invitation.objects.filter(email=person.email),
            ("digest", "created_by"),
        ),
        PersonalDataTable(
            "made_invitations.json",
            "Invitations you created, without the invited people.",
            lambda person: Invitation.objects.filter(created_by=person),
            ("digest", "email"),
        ),
        PersonalDataTable(
            "made_keys.json",
            "API keys you created for your organization.",
            lambda person: ApiKey.objects.filter(created_by=person),
            ("digest",),
        ),
        PersonalDataTable(
            "notices.json",
            "What you were told in your inbox and by e-mail, without the athletes' names.",
            lambda person: Notice.objects.filter(recipient=person),
            ("athlete",),
        ),
        PersonalDataTable(
            "notices_about_you.json",
            "What your coaches were told about you, without their names.",
            lambda person: Notice.objects.filter(athlete=person.pk).exclude(recipient=person),
            ("recipient", "read_at"),
        ),
        PersonalDataTable(
            "notice_switches.json",
            "Which notices you want by e-mail, where you changed it.",
            lambda person: NoticeSwitch.objects.filter(person=person),
        ),
        PersonalDataTable(
            "webhooks.json",
            "Your webhooks: where they lead and what they ask for.",
            lambda person: Webhook.objects.filter(owner=person),
            WEBHOOK_SECRETS,
        ),
        PersonalDataTable(
            "made_webhooks.json",
            "Webhooks you created for your organization.",
            lambda person: Webhook.objects.filter(created_by=person).exclude(organization=None),
            WEBHOOK_SECRETS,
        ),
        PersonalDataTable(
            "webhook_events.json",
            "What happened in the last 30 days that a webhook asked for.",
            lambda person: WebhookEvent.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "webhook_messages.json",
            "The messages about it: to which webhook, and whether they arrived.",
            lambda person: WebhookDelivery.objects.filter(athlete=person.pk),
        ),
        PersonalDataTable(
            "staff_log.json", "Changes that staff made to your data.", find_staff_log_entries, ("user",)
        ),
        PersonalDataTable(
            "own_staff_log.json",
            "When you changed something as staff, without the data of others.",
            lambda person: LogEntry.objects.filter(user=person),
            ("object_id", "object_repr", "change_message"),
        ),
    ),
    files=_session_files,
    file_descriptions=(("page_sessions.json", "When each of your browser sessions expires."),),
    forget=forget_account_traces,
)
