"""SignalEpisode: from when to when a signal of an athlete was active."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from astral.ids import PublicIdModel
from athletes.models import Athlete
from coaching.models.querysets import SignalEpisodeQuerySet


class SignalEpisode(PublicIdModel):
    """Written whenever an assessment is stored, from all data, whatever the athlete withholds.

    Readers must leave out the codes that need a withheld category. Praise has no episodes.
    """

    prefix: ClassVar[str] = "sig"

    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="signal_episodes", db_index=False)
    code = models.CharField(max_length=24)
    worst_severity = models.CharField(max_length=8)
    raised_on = models.DateField(help_text="The athlete's local date: the first day of the signal.")
    cleared_on = models.DateField(
        null=True, blank=True, help_text="The local date of the first assessment without it."
    )

    objects = SignalEpisodeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-raised_on", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["athlete", "code", "raised_on"], name="one_episode_each"),
        ]
        indexes: ClassVar = [models.Index(fields=["athlete", "cleared_on"], name="latest_episodes")]

    def __str__(self) -> str:
        return f"{self.code} from {self.raised_on} to {self.cleared_on or 'today'}"
