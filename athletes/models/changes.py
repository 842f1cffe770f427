"""The change history: who changed what, when, and what it was before and after."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from athletes.models.organizations import Membership
from athletes.rights import Category


class ChangeEntryQuerySet(models.QuerySet["ChangeEntry"]):
    def about(self, athlete_id: UUID) -> ChangeEntryQuerySet:
        """Changes of what belongs to this athlete."""
        return self.filter(athlete=athlete_id)

    def of_organization(self, organization_id: UUID) -> ChangeEntryQuerySet:
        """Changes in this organization, also those that its members withhold."""
        return self.filter(organization=organization_id)

    def shared(self) -> ChangeEntryQuerySet:
        """Without what athletes do not share with the organization today. Former members share nothing."""
        members = Membership.objects.active().athletes()
        shared = Q(category="") | Q(athlete=None)
        for category in Category:
            of_entry = members.filter(user=OuterRef("athlete"), organization=OuterRef("organization"))
            shared |= Q(Exists(of_entry.sharing(category)), category=category)
        return self.filter(shared)


class ChangeEntry(models.Model):
    """One row that was created, changed or deleted, with its values before and after.

    Triggers of the database write it (`record_changes`), so no writer can forget it. There are no foreign
    keys: an entry outlives what it is about. The deletion of an account deletes the entries about it, and
    takes its id out of the others. `athletes.changes` has the kinds.
    """

    class Action(models.TextChoices):
        CREATED = "created"
        CHANGED = "changed"
        DELETED = "deleted"

    class AuthorKind(models.TextChoices):
        PERSON = "person", "person"
        STAFF = "staff", "staff of this server"
        KEY = "key", "program of a club"
        SYSTEM = "system", "this server"

    number = models.BigAutoField(primary_key=True)
    changed_at = models.DateTimeField(db_index=True, editable=False)
    kind = models.CharField(max_length=20, editable=False)
    action = models.CharField(max_length=7, choices=Action.choices, editable=False)
    subject = models.UUIDField(null=True, editable=False, help_text="The id of the row.")
    athlete = models.UUIDField(null=True, editable=False, help_text="Whose row it is.")
    organization = models.UUIDField(null=True, editable=False)
    category = models.CharField(
        max_length=16, blank=True, editable=False, help_text="Who withholds it withholds the entry, too."
    )
    before = models.JSONField(null=True, editable=False)
    after = models.JSONField(null=True, editable=False)
    author_kind = models.CharField(max_length=6, choices=AuthorKind.choices, editable=False)
    author = models.UUIDField(null=True, editable=False, help_text="A user or a key; null if deleted.")
    acted_as = models.UUIDField(null=True, editable=False, help_text="The person as whom staff acted.")
    door = models.CharField(max_length=20, blank=True, editable=False)
    request_id = models.CharField(max_length=64, blank=True, editable=False)

    objects = ChangeEntryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        verbose_name = "entry of the change history"
        verbose_name_plural = "change history"
        indexes: ClassVar = [
            models.Index(fields=["athlete", "number"], name="changes_about_athlete"),
            models.Index(fields=["organization", "number"], name="changes_of_organization"),
            models.Index(fields=["author"], condition=Q(author__isnull=False), name="changes_by_author"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.action} at {self.changed_at:%Y-%m-%d %H:%M}"
