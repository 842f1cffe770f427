"""Request fields that name a person."""

from __future__ import annotations

from typing import Any

from django.core.validators import EmailValidator

from astral.http.fields import IdField, TextField
from athletes.models import User


class AthleteIdField(IdField):
    """The id of the athlete whom the answer is about; without it, the caller."""

    def __init__(self, **options: Any) -> None:
        super().__init__(User.prefix, help_text="The athlete, usr_…. Default: you.", **options)


class EmailAddressField(TextField):
    """An e-mail address, converted to lower case."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=254, validators=[EmailValidator("This is not an e-mail address.")], **options
        )

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).lower()
