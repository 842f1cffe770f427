"""Load and change consent: what an athlete shares with the coaches of an organization.

Health is never preset: a new athlete shares it only after an explicit yes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from astral.logs import log_event
from athletes.models import Athlete, Consent, ConsentChange, Organization
from athletes.rights import Category, Viewer, Visibility


@transaction.atomic
def change_consent(
    athlete: Athlete, organization: Organization, granted: Mapping[str, bool], now: datetime
) -> None:
    """Store the athlete's decisions and their history. Unchanged categories are not stored."""
    Organization.objects.filter(pk=organization.pk).bump_version()
    Athlete.objects.filter(pk=athlete.pk).bump_version()  # its row lock makes concurrent changes wait
    before = load_consents(athlete, organization)
    _store_decisions(athlete, organization, {c: yes for c, yes in granted.items() if yes != before[c]}, now)


def record_consent_on_joining(
    athlete: Athlete, organization: Organization, granted: Mapping[str, bool] | None, now: datetime
) -> None:
    """Store what a new athlete of the organization answered. Call it after both versions are bumped.

    Every answer has a row, also a yes: it proves that the athlete was asked. `granted` is None if nobody
    asked. Then health is withheld until the athlete decides, and an earlier decision of theirs stays.
    """
    stored = dict(
        Consent.objects.filter(athlete=athlete, organization=organization).values_list("category", "granted")
    )
    if granted is not None:
        decisions = {category: yes for category, yes in granted.items() if stored.get(category) != yes}
        _store_decisions(athlete, organization, decisions, now)
    elif Category.HEALTH not in stored:
        # No row in the history: the athlete decided nothing.
        Consent.objects.create(
            athlete=athlete,
            organization=organization,
            category=Category.HEALTH,
            granted=False,
            changed_at=now,
        )


def _store_decisions(
    athlete: Athlete, organization: Organization, decisions: Mapping[str, bool], now: datetime
) -> None:
    common = {"athlete": athlete, "organization": organization, "changed_at": now}
    ConsentChange.objects.bulk_create(
        [ConsentChange(category=category, granted=yes, **common) for category, yes in decisions.items()]
    )
    for yes in decisions.values():
        event = "consent_granted" if yes else "consent_withdrawn"
        log_event(event, athlete=athlete.pk, organization=organization.pk)
    Consent.objects.bulk_create(
        [Consent(category=category, granted=yes, **common) for category, yes in decisions.items()],
        update_conflicts=True,
        unique_fields=["athlete", "organization", "category"],
        update_fields=["granted", "changed_at"],
    )


def load_consents(athlete: Athlete, organization: Organization) -> dict[str, bool]:
    """For each category, whether this organization's coaches may see it."""
    stored = Consent.objects.filter(athlete=athlete, organization=organization)
    return {category.value: True for category in Category} | dict(stored.values_list("category", "granted"))


def load_consents_by_organization(athlete: Athlete) -> defaultdict[UUID, dict[str, bool]]:
    """`load_consents` for every organization, in one SQL statement."""
    granted: defaultdict[UUID, dict[str, bool]] = defaultdict(
        lambda: {category.value: True for category in Category}
    )
    rows = Consent.objects.filter(athlete=athlete).values_list("organization", "category", "granted")
    for organization_id, category, is_granted in rows:
        granted[organization_id][category] = is_granted
    return granted


def load_visibilities(viewer: Viewer, athlete_ids: Iterable[UUID]) -> dict[UUID, Visibility]:
    """For each athlete, what this viewer may see; one SQL statement."""
    athletes = Athlete.objects.filter(pk__in=set(athlete_ids)).with_withheld_categories(viewer)
    rows = athletes.values_list("pk", "withheld")  # type: ignore[misc]  # annotated there
    return {pk: Visibility.without(withheld) for pk, withheld in rows}
