"""Counters of calls that an account may make only so often."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class UseCounter(models.Model):
    """How often an account did one kind of thing since `started_at`. `use_limits` has the kinds.

    `account`: a user, or the organization of an API key. There is no foreign key, because counters are short
    lived: a job deletes them after a day, and the deletion of an account deletes them at once.
    """

    account = models.UUIDField(editable=False)
    kind = models.CharField(max_length=20, editable=False)
    started_at = models.DateTimeField(editable=False)
    uses = models.PositiveIntegerField(editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "kind"], name="one_use_counter_each"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.uses}"
