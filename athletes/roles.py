"""Roles and statuses of a membership."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    ATHLETE = "athlete"
    COACH = "coach"
    ASSISTANT_COACH = "assistant_coach"
    HEAD_COACH = "head_coach"


class Status(models.TextChoices):
    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


COACHING_ROLES = (Role.COACH, Role.ASSISTANT_COACH, Role.HEAD_COACH)
RECORDING_ROLES = (Role.COACH, Role.HEAD_COACH)  # may record activities and thresholds for an athlete
