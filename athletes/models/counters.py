"""Counters: failed sign-ins with the devices of an account, and calls that may be made only so often."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SignInCounter(models.Model):
    """Failed sign-ins to one account from one device, or, with an empty `device`, from all unknown ones.

    `account` is the e-mail address as typed, in lower case. It may belong to nobody: then it counts the same.
    A device is a browser with our cookie or a network address. It is known until `known_until`.
    An empty `account` paces one address over all accounts.
    """

    account = models.CharField(max_length=255, blank=True, editable=False)
    device = models.CharField(
        max_length=32, blank=True, editable=False, help_text="A keyed hash. Empty: all unknown devices."
    )
    failures = models.PositiveIntegerField(default=0, editable=False)
    attempted_at = models.DateTimeField(editable=False)
    known_until = models.DateTimeField(null=True, editable=False)
    owner_told_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-attempted_at"]
        verbose_name = "sign-in counter"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "device"], name="one_sign_in_counter_each"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.device}".strip()


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
