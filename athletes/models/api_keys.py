"""API keys, with which an organization's programs sign in."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from astral.ids import PublicIdModel
from athletes.models.organizations import Organization
from athletes.models.people import User, validate_plain
from athletes.rights import Scope


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def live(self, now: datetime) -> ApiKeyQuerySet:
        return self.filter(expires_at__gt=now)


class ApiKey(PublicIdModel):
    """A secret that signs in as an organization. Only its digest is stored. Ending a key deletes the row."""

    prefix: ClassVar[str] = "key"

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80, validators=[validate_plain])
    digest = models.CharField(max_length=64, unique=True, editable=False)
    shown_prefix = models.CharField(
        max_length=24, editable=False, help_text="First characters of the secret."
    )
    scopes = ArrayField(models.CharField(max_length=8, choices=Scope.choices), size=2)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Accurate to one minute."
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.shown_prefix}…)"
