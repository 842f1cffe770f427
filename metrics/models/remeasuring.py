"""Remeasuring: how far a long run of `metrics.activities.remeasure` has come, so that it goes on after a kill."""

from __future__ import annotations

from django.db import models


class Remeasuring(models.Model):
    """One row for each unfinished run; none when all is done."""

    scope = models.CharField(
        max_length=120, primary_key=True, help_text="Whose activities, and since which day."
    )
    reached = models.UUIDField(help_text="Every athlete up to this id, in order of ids, is done.")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.scope
