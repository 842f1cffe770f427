"""Models of users, organizations, memberships, access, its log, thresholds, webhooks and notices."""

from athletes.models.access_log import AccessLogEntry
from athletes.models.api_keys import ApiKey
from athletes.models.consent import Consent, ConsentChange
from athletes.models.invitations import Invitation
from athletes.models.kept_answers import KeptAnswer
from athletes.models.notices import Notice, NoticeSwitch
from athletes.models.organizations import Group, Membership, Organization
from athletes.models.people import Athlete, User
from athletes.models.sent_forms import SentForm
from athletes.models.sign_in_counters import SignInCounter
from athletes.models.thresholds import Threshold
from athletes.models.use_counters import UseCounter
from athletes.models.webhooks import Webhook, WebhookDelivery, WebhookEvent

__all__ = [
    "AccessLogEntry",
    "ApiKey",
    "Athlete",
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
    "Threshold",
    "UseCounter",
    "User",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
]
