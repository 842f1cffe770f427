"""Filter fields that name an athlete."""

from __future__ import annotations

from astral.http.fields import IdField
from athletes.models import User


def athlete_id_field() -> IdField:
    """The `user_id` filter of a list."""
    return IdField(User.prefix, help_text="Only this athlete (usr_…). Default: every athlete you may see.")
