"""The policy table: one row for each endpoint and method says who may call it. Without a row, nobody may.

`settings.POLICIES` names the table of each app. The permission class, `docs/PERMISSIONS.md` and the
authorization tests use these tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from athletes.looks.collector import PROFILE
from athletes.rights import (
    ANNOTATE,
    ARRANGE,
    CONFIGURE,
    MANAGE,
    OVERSEE,
    OWN,
    PUBLIC,
    READ,
    RECORD,
    Category,
    Right,
)


class Target(StrEnum):
    """What a right is checked against."""

    NOTHING = "–"
    YOURSELF = "yourself"
    ATHLETE = "the athlete"
    ORGANIZATION = "the organization"
    MEMBER = "the member"


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """The right that one endpoint and method needs.

    `over`: what the right is checked against. `category`: what the athlete must share. `fields`: body fields
    that need another right. For the access log: `shows`, what answers show of an athlete besides what is
    withheld, by default the category or the profile; `door`, if it is neither a page nor the API.
    """

    right: Right
    over: Target
    category: Category | None = None
    fields: Mapping[str, Right] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    door: str = ""

    @property
    def shown_categories(self) -> tuple[str, ...]:
        return self.shows or ((self.category.value,) if self.category else (PROFILE,))


Policy = Mapping[str, Mapping[str, PolicyRow]]

_PUBLIC = PolicyRow(PUBLIC, Target.NOTHING)
_YOURSELF = PolicyRow(OWN, Target.YOURSELF)
_OVERSEE, _MANAGE = PolicyRow(OVERSEE, Target.ORGANIZATION), PolicyRow(MANAGE, Target.ORGANIZATION)
_HEAD_COACH_FIELDS = ("role", "status", "assigned_coach_id", "level")
_SETTINGS_FIELDS = ("timezone", "unit_system", "sex", "birth_date")


def _build_webhook_rows(prefix: str, row: PolicyRow) -> Policy:
    """The calls about the webhooks of one kind of owner."""
    return {
        f"{prefix}webhooks": {"GET": row, "POST": row},
        f"{prefix}webhook": {"GET": row, "PATCH": row, "DELETE": row},
        f"{prefix}webhook-rotate-secret": {"POST": row},
        f"{prefix}webhook-test": {"POST": row},
        f"{prefix}webhook-deliveries": {"GET": row},
        f"{prefix}webhook-resend": {"POST": row},
    }


POLICY: Policy = {
    "healthz": {"GET": _PUBLIC},
    "schema": {"GET": _PUBLIC},
    "docs": {"GET": _PUBLIC},
    "auth-login": {"POST": _PUBLIC},
    "auth-login-second-factor": {"POST": _PUBLIC},
    "auth-logout": {"POST": _YOURSELF},
    "auth-logout-all": {"POST": _YOURSELF},
    "auth-me": {"GET": _YOURSELF},
    "athlete": {
        "GET": PolicyRow(READ, Target.ATHLETE),
        "PATCH": PolicyRow(RECORD, Target.ATHLETE, fields=dict.fromkeys(_SETTINGS_FIELDS, CONFIGURE)),
        "DELETE": PolicyRow(OWN, Target.ATHLETE),
    },
    "athlete-access-log": {"GET": PolicyRow(OWN, Target.ATHLETE)},
    "athlete-export": {"GET": PolicyRow(OWN, Target.ATHLETE, door="export")},
    "organizations": {"GET": PolicyRow(READ, Target.ORGANIZATION), "POST": _YOURSELF},
    "organization": {"GET": PolicyRow(READ, Target.ORGANIZATION), "PATCH": _MANAGE},
    "organization-hand-over": {"POST": _MANAGE},
    "organization-leave": {"POST": PolicyRow(OWN, Target.MEMBER)},
    "organization-consent": {"GET": PolicyRow(OWN, Target.MEMBER), "PUT": PolicyRow(OWN, Target.MEMBER)},
    "organization-members": {"GET": PolicyRow(READ, Target.MEMBER)},
    "organization-member": {
        "GET": PolicyRow(READ, Target.MEMBER),
        "PATCH": PolicyRow(ANNOTATE, Target.MEMBER, fields=dict.fromkeys(_HEAD_COACH_FIELDS, MANAGE)),
        "DELETE": PolicyRow(MANAGE, Target.MEMBER),
    },
    "organization-groups": {"GET": _OVERSEE, "POST": _MANAGE},
    "organization-group": {"GET": _OVERSEE, "PATCH": _MANAGE, "DELETE": _MANAGE},
    "organization-group-member": {
        "PUT": PolicyRow(ARRANGE, Target.MEMBER),
        "DELETE": PolicyRow(ARRANGE, Target.MEMBER),
    },
    "organization-invite": {"POST": _MANAGE},
    "organization-invitations": {"GET": _MANAGE, "POST": _MANAGE},
    "organization-invitation": {"DELETE": _MANAGE},
    "invitation-accept": {"POST": _PUBLIC},
    "organization-keys": {"GET": _MANAGE, "POST": _MANAGE},
    "organization-key": {"DELETE": _MANAGE},
    "organization-key-confirm": {"POST": _MANAGE},
    **_build_webhook_rows("organization-", _MANAGE),
    **_build_webhook_rows("", _YOURSELF),
    "notices": {"GET": _YOURSELF},
    "notice-read": {"POST": _YOURSELF},
    "notices-read-all": {"POST": _YOURSELF},
    "notice-settings": {"GET": _YOURSELF, "PATCH": _YOURSELF},
    "home-page": {"GET": _PUBLIC},
    "sign-in-page": {"GET": _PUBLIC, "POST": _PUBLIC},
    "second-factor-page": {"GET": _PUBLIC, "POST": _PUBLIC},
    "passkey-options-page": {"POST": _PUBLIC},
    "passkey-sign-in-page": {"POST": _PUBLIC},
    "forgot-password-page": {"GET": _PUBLIC, "POST": _PUBLIC},
    "new-password-page": {"GET": _PUBLIC, "POST": _PUBLIC},
    "confirm-address-page": {"GET": _PUBLIC, "POST": _PUBLIC},
    "join-page": {"GET": _PUBLIC, "POST": _PUBLIC},
    "invitation-page": {"POST": _PUBLIC},
    "join-email-page": {"POST": _PUBLIC},
    "sign-out-page": {"POST": _YOURSELF},
    "settings-page": {"GET": _YOURSELF, "POST": _YOURSELF},
    "security-page": {"GET": _YOURSELF},
    "app-page": {"GET": _YOURSELF, "POST": _YOURSELF},
    "passkey-page": {"GET": _YOURSELF, "POST": _YOURSELF},
    "factor-removal-page": {"POST": _YOURSELF},
    "recovery-codes-page": {"POST": _YOURSELF},
    "email-page": {"GET": _YOURSELF, "POST": _YOURSELF},
    "password-page": {"GET": _YOURSELF, "POST": _YOURSELF},
    "sharing-page": {"GET": _YOURSELF},
    "consent-page": {"POST": PolicyRow(OWN, Target.MEMBER)},
    "leave-page": {"POST": PolicyRow(OWN, Target.MEMBER)},
    "access-log-page": {"GET": _YOURSELF},
    "notices-page": {"GET": _YOURSELF},
    "notice-page": {"GET": _YOURSELF},
    "notice-read-page": {"POST": _YOURSELF},
    "notices-read-all-page": {"POST": _YOURSELF},
    "notice-settings-page": {"GET": _YOURSELF, "POST": _YOURSELF},
    "unsubscribe-page": {"GET": _PUBLIC, "POST": _PUBLIC},
    "webhooks-page": {"GET": _YOURSELF, "POST": _YOURSELF},
    "webhook-page": {"GET": _YOURSELF, "POST": _YOURSELF},
    "own-data-page": {"GET": _YOURSELF, "POST": _YOURSELF},
    "tokens-page": {"GET": _YOURSELF, "POST": _YOURSELF},
    "browser-end-page": {"POST": _YOURSELF},
    "token-end-page": {"POST": _YOURSELF},
    "sign-out-everywhere-page": {"POST": _YOURSELF},
    "selection-coach-page": {"POST": _MANAGE},
    "selection-group-page": {"POST": PolicyRow(ARRANGE, Target.ORGANIZATION)},
    "selection-label-page": {"POST": PolicyRow(ANNOTATE, Target.ORGANIZATION)},
    "groups-page": {"GET": _OVERSEE, "POST": _MANAGE},
    "club-new-page": {"GET": _YOURSELF, "POST": _YOURSELF},
    "clubs-page": {"GET": _OVERSEE},
    "club-page": {"GET": _OVERSEE},
    "club-member-page": {"POST": _MANAGE},
    "club-link-page": {"POST": _MANAGE},
    "club-mail-page": {"POST": _MANAGE},
    "club-invitation-page": {"POST": _MANAGE},
    "club-second-factor-page": {"POST": _MANAGE},
    "club-hand-over-page": {"POST": _MANAGE},
    "club-key-page": {"POST": _MANAGE},
    "club-key-confirm-page": {"POST": _MANAGE},
    "club-key-end-page": {"POST": _MANAGE},
    "club-webhooks-page": {"GET": _MANAGE, "POST": _MANAGE},
    "club-webhook-page": {"GET": _MANAGE, "POST": _MANAGE},
    "athlete-notes-page": {"POST": PolicyRow(ANNOTATE, Target.MEMBER)},
}


@cache
def load_policy() -> Policy:
    """Merge the tables of all apps. Raises RuntimeError if two tables name the same endpoint."""
    tables: list[Policy] = [import_string(name) for name in settings.POLICIES]
    merged = {name: rows for table in tables for name, rows in table.items()}
    if len(merged) != sum(map(len, tables)):
        raise RuntimeError("An endpoint has rows in two tables.")
    return merged


def find_policy_row(endpoint: str, method: str) -> PolicyRow | None:
    return load_policy().get(endpoint, {}).get("GET" if method == "HEAD" else method)
