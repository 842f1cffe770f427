"""Forms that were sent: each is saved once, however often it arrives."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SentForm(models.Model):
    """A form that was saved. `digest`: of its one-time token and its sender; so the row names nobody.

    `location`: the page that the first answer led to; empty if it led nowhere, or is not there yet. A job
    deletes the rows after a day.
    """

    digest = models.CharField(max_length=64, primary_key=True, editable=False)
    location = models.CharField(max_length=1_000, blank=True, editable=False)
    sent_at = models.DateTimeField(editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sent_at"], name="sent_forms_by_age")]

    def __str__(self) -> str:
        return f"Form sent at {self.sent_at:%Y-%m-%d %H:%M}"
