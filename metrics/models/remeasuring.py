"""Remeasuring: the position of a long run of `metrics.activities.remeasure`, for a restart after a kill."""

from __future__ import annotations

from django.db import models


class Remeasuring(models.Model):
    """One row for each unfinished run. A finished run has no row."""

    scope = models.CharField(
        max_length=120, primary_key=True, help_text="The athletes and the first day of this run."
    )
    reached = models.UUIDField(help_text="All athletes up to this id are done. The order is by id.")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.scope
