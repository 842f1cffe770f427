"""What an athlete lets the coaches of an organization see: told, kept with its history, in force at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from athletes.models import Athlete, Consent, ConsentChange, Organization
from athletes.rights import Category, Viewer


@transaction.atomic
def change_consent(
    athlete: Athlete, organization: Organization, granted: Mapping[str, bool], now: datetime
) -> None:
    """Store what the athlete decided; a category that stays as it was leaves no trace."""
    Organization.objects.filter(pk=organization.pk).bump_version()
    Athlete.objects.filter(pk=athlete.pk).bump_version()  # its row lock makes two changes follow each other
    before = load_consents(athlete, organization)
    told = {"athlete": athlete, "organization": organization, "changed_at": now}
    changes = [
        ConsentChange(category=c, granted=granted[c], **told) for c in granted if granted[c] != before[c]
    ]
    ConsentChange.objects.bulk_create(changes)
    Consent.objects.bulk_create(
        [Consent(category=change.category, granted=change.granted, **told) for change in changes],
        update_conflicts=True,
        unique_fields=["athlete", "organization", "category"],
        update_fields=["granted", "changed_at"],
    )


def load_consents(athlete: Athlete, organization: Organization) -> dict[str, bool]:
    """Each category and whether this organization's coaches may see it."""
    told = Consent.objects.filter(athlete=athlete, organization=organization)
    return {category.value: True for category in Category} | dict(told.values_list("category", "granted"))


def load_consents_by_organization(athlete: Athlete) -> defaultdict[UUID, dict[str, bool]]:
    """`load_consents` of every organization, in one statement."""
    granted: defaultdict[UUID, dict[str, bool]] = defaultdict(
        lambda: {category.value: True for category in Category}
    )
    told = Consent.objects.filter(athlete=athlete).values_list("organization", "category", "granted")
    for organization, category, agrees in told:
        granted[organization][category] = agrees
    return granted


def load_withheld_categories(viewer: Viewer, athlete_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Of each athlete what no organization that joins them grants; one statement."""
    seen = Athlete.objects.filter(pk__in=set(athlete_ids)).with_withheld_categories(viewer)
    return dict(seen.values_list("pk", "withheld"))  # type: ignore[misc]  # annotated there
