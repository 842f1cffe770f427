"""SignalAction: what a coach did about a signal. Rows are history: they stay when the signal clears."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from astral.ids import new_id
from athletes.models import Athlete, Organization, User
from athletes.models.people import validate_plain
from coaching.models.acknowledgements import MAX_REASON_LENGTH


class SignalAction(models.Model):
    """One row for each signal and organization. An action belongs to the organization whose coach acted."""

    class Kind(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", "Seen"
        SESSION_EASED = "session_eased", "Session made easier"
        SESSION_MOVED = "session_moved", "Session moved"
        COMMENTED = "commented", "Comment written"
        ABSENCE_ENTERED = "absence_entered", "Absence entered"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    athlete = models.ForeignKey(Athlete, models.CASCADE, related_name="signal_actions", db_index=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    coach = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=24)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    day = models.DateField(help_text="The athlete's local date.")
    until = models.DateField(null=True, blank=True, help_text="The last day of an acknowledgement.")
    reason = models.CharField(max_length=MAX_REASON_LENGTH, blank=True, validators=[validate_plain])
    created_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["athlete", "code", "day"], name="actions_of_signal")]

    def __str__(self) -> str:
        return f"{self.code}: {self.kind} on {self.day}"
