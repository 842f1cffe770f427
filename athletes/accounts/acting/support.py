"""The permission that staff who act as a person see the person's activities and health data."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from athletes.models import Athlete, SupportConsent

ALLOWED_FOR = timedelta(days=7)


def find_support_consent(athlete_id: UUID, now: datetime) -> SupportConsent | None:
    """The permission, while it is valid."""
    return SupportConsent.objects.filter(athlete=athlete_id, until__gt=now).first()


@transaction.atomic
def change_support_consent(athlete: Athlete, allows: bool, now: datetime) -> None:
    """Allow it for a week from now, or end it at once."""
    Athlete.objects.select_for_update(no_key=True).only("pk").get(pk=athlete.pk)
    if allows:
        SupportConsent.objects.update_or_create(athlete=athlete, defaults={"until": now + ALLOWED_FOR})
    else:
        SupportConsent.objects.filter(athlete=athlete).delete()
