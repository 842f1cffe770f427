"""API keys, with which an organization's programs sign in."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, When

from astral.ids import PublicIdModel
from athletes.models.organizations import Organization
from athletes.models.people import User, validate_plain
from athletes.models.querysets import made_by_a_leader
from athletes.rights import Scope


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def live(self, now: datetime) -> ApiKeyQuerySet:
        """Keys that work: not expired, and made or confirmed by somebody who leads the organization today."""
        return self.filter(made_by_a_leader(), expires_at__gt=now)

    def with_maker(self) -> ApiKeyQuerySet:
        """With `is_confirmed`: whether the maker leads the organization today."""
        confirmed = Case(
            When(made_by_a_leader(), then=True), default=False, output_field=models.BooleanField()
        )
        return self.select_related("created_by").annotate(is_confirmed=confirmed)


class ApiKey(PublicIdModel):
    """A secret that signs in as an organization. Only its digest is stored. Ending a key deletes the row.

    It works while its maker leads the organization. A new head coach who confirms it becomes its maker.
    """

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
