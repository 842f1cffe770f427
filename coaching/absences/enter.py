"""Enter an absence. If a coach does it, it is what some signals asked for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from athletes.rights import Right, Viewer
from coaching.athlete_records import create_record
from coaching.models import Absence
from coaching.signal_history.actions import record_taken_action


@transaction.atomic
def enter_absence(absence: Absence, viewer: Viewer, right: Right, now: datetime) -> Absence:
    """Store the absence, and in the history of the athlete's signals that the viewer acted."""
    create_record(absence)
    record_taken_action(absence.athlete, viewer, right, "enter_absence", now)
    return absence
