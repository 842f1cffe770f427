"""Models of users, organizations, memberships, access, its log, changes, thresholds, webhooks and notices."""

from athletes.models.access_log import AccessLogEntry
from athletes.models.acting import ActingSession, SupportConsent
from athletes.models.api_keys import ApiKey
from athletes.models.changes import ChangeEntry
from athletes.models.consent import Consent, ConsentChange
from athletes.models.counters import SignInCounter, UseCounter
from athletes.models.invitations import Invitation
from athletes.models.notices import Notice, NoticeSwitch
from athletes.models.organizations import Group, Membership, Organization
from athletes.models.people import Athlete, User
from athletes.models.repeated_requests import KeptAnswer, SentForm
from athletes.models.thresholds import Threshold
from athletes.models.webhooks import Webhook, WebhookDelivery, WebhookEvent

__all__ = [
    "AccessLogEntry",
    "ActingSession",
    "ApiKey",
    "Athlete",
    "ChangeEntry",
    "Consent",
    "ConsentChange",
    "Group",
    "Invitation",
    "KeptAnswer",
    "Membership",
    "Notice",
    "NoticeSwitch",
    "Organization",
    "SentForm",
    "SignInCounter",
    "SupportConsent",
    "Threshold",
    "UseCounter",
    "User",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
]
