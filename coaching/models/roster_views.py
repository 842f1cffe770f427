"""RosterView: the columns, filters and order of a roster, as one person saved them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from athletes.models import User
from athletes.models.people import validate_free_text

MAX_VIEW_NAME_LENGTH = 40
MAX_COLUMNS = 20


class RosterView(models.Model):
    """A view of one person, by its name. `filters`: parameters of the roster's address, as text."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="roster_views", db_index=False)
    name = models.CharField(max_length=MAX_VIEW_NAME_LENGTH, validators=[validate_free_text])
    columns = ArrayField(models.CharField(max_length=20), size=MAX_COLUMNS)
    filters = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_roster_view_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name
