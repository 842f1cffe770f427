"""The lock of every write to an athlete's data."""

from __future__ import annotations

from uuid import UUID

from athletes.models import Athlete


def lock_athlete(athlete_id: UUID) -> None:
    """Raise the data version. This locks the athlete's row until the transaction ends.

    Raises Athlete.DoesNotExist if the athlete was deleted meanwhile.
    """
    if not Athlete.objects.filter(pk=athlete_id).bump_version():
        raise Athlete.DoesNotExist
