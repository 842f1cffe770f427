"""Calls and forms that were sent: each makes its thing once, however often it arrives."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class KeptAnswer(models.Model):
    """The answer of a POST that made something.

    `digest`: of the caller and their key; so the row names nobody. `question`: a digest of what was asked.
    `sealed`: the encrypted body. Only the key of the caller opens it, and it is not stored. A job deletes
    the rows after a day.
    """

    digest = models.CharField(max_length=64, primary_key=True, editable=False)
    question = models.CharField(max_length=64, editable=False)
    status = models.PositiveSmallIntegerField(editable=False)
    sealed = models.BinaryField(editable=False)
    kept_at = models.DateTimeField(editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kept_at"], name="kept_answers_by_age")]

    def __str__(self) -> str:
        return f"Answer {self.status} of {self.kept_at:%Y-%m-%d %H:%M}"


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
