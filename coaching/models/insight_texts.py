"""InsightWording: a model's text for an insight. ModelCalls: the number of model calls per day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from astral.ids import new_id
from athletes.models import Athlete

WAITING_FILTER = Q(text="", refused="")


class InsightWording(models.Model):
    """A wording that is waiting, done, or refused for good.

    `digest` covers everything the text depends on. Changed numbers give a new digest, so a row is never
    outdated.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="insight_wordings", db_index=False)
    digest = models.CharField(max_length=32)
    question = models.JSONField(
        default=dict,
        help_text="What is sent to the model: numbers and the text of the rules. Empty afterwards.",
    )
    text = models.TextField(blank=True)
    model = models.CharField(max_length=120)
    refused = models.CharField(max_length=24, blank=True, help_text="Why the text of the rules is kept.")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["athlete", "digest"], name="one_wording_of_an_insight"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["athlete", "attempts", "created_at"],
                condition=WAITING_FILTER,
                name="wordings_waiting",
            ),
        ]

    def __str__(self) -> str:
        """Needs `athlete` loaded; the admin uses `select_related`."""
        return f"{self.model} for {self.athlete}"


class ModelCalls(models.Model):
    """The number of model calls on a day (UTC), answered or not. The daily budget counts them."""

    day = models.DateField(primary_key=True)
    calls = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.calls} on {self.day}"
