"""Change settings, thresholds and the displayed name of a user."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from athletes.cascade import find_athletes_naming
from athletes.models import Athlete, Threshold, User

ATHLETE_FIELDS = ("unit_system", "sex", "birth_date")


@transaction.atomic
def change_athlete(athlete: Athlete, changes: dict[str, Any], now: datetime) -> Athlete:
    """Store validated `AthleteChanges`. Thresholds are stored for `valid_from`; values of other days stay."""
    Athlete.objects.filter(
        pk=athlete.pk
    ).bump_version()  # first, because its row lock makes concurrent changes wait
    athlete.refresh_from_db(from_queryset=Athlete.objects.select_related("user"))
    if zone := changes.get("timezone"):
        athlete.timezone, athlete.timezone_confirmed = str(zone), True
    for name in ATHLETE_FIELDS:
        if name in changes:
            setattr(athlete, name, "" if name == "sex" and changes[name] is None else changes[name])
    athlete.privacy_radius_m = changes.get("privacy_radius", athlete.privacy_radius_m)
    athlete.units_confirmed |= "unit_system" in changes
    columns = ("timezone", "timezone_confirmed", "units_confirmed", "privacy_radius_m", *ATHLETE_FIELDS)
    athlete.save(update_fields=columns)
    from_day = changes.get("valid_from") or athlete.local_date(now)
    _store_thresholds(athlete, changes, from_day)
    return athlete


@transaction.atomic
def change_display_name(user: User, display_name: str) -> None:
    """Store the name. Data versions rise because cached answers contain the name, also some about others."""
    Athlete.objects.filter(pk__in={user.pk, *find_athletes_naming(user)}).bump_versions()
    user.display_name = display_name
    user.save(update_fields=["display_name"])


def _store_thresholds(athlete: Athlete, changes: dict[str, Any], from_day: date) -> None:
    rows = [
        Threshold(
            athlete=athlete, kind=kind, value=changes[kind], source=changes["source"], valid_from=from_day
        )
        for kind in Threshold.Kind.values
        if kind in changes
    ]
    Threshold.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["athlete", "kind", "valid_from"],
        update_fields=["value", "source", "recorded_at"],
    )
