"""Request fields that name an athlete."""

from __future__ import annotations

from typing import Any

from astral.http.fields import IdField
from athletes.models import User


class AthleteIdField(IdField):
    """The id of the athlete whom the answer is about; without it, the caller."""

    def __init__(self, **options: Any) -> None:
        super().__init__(User.prefix, help_text="The athlete, usr_…. Default: you.", **options)
