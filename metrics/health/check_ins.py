"""Whether a person has said how a morning is."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from metrics.health.serializers import MANUAL_SOURCE
from metrics.models import HealthDay


def has_check_in(athlete_id: UUID, day: date) -> bool:
    """Whether something was entered for this day. One statement."""
    return HealthDay.objects.filter(athlete=athlete_id, date=day, source=MANUAL_SOURCE).exists()
