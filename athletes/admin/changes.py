"""Staff page: the change history. Staff may only read it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from athletes.admin.access import ViewAndDeleteAdmin
from athletes.models import Athlete, ChangeEntry, Organization, User


@admin.register(ChangeEntry)
class ChangeEntryAdmin(ViewAndDeleteAdmin):
    """The ids are no foreign keys, so the list reads the addresses with subqueries."""

    fields = (
        "changed_at",
        "kind",
        "action",
        "subject",
        "athlete",
        "athlete_email",
        "organization",
        "organization_name",
        "before",
        "after",
        "author_kind",
        "author",
        "author_email",
        "acted_as",
        "door",
        "request_id",
    )
    list_display = (
        "changed_at",
        "kind",
        "action",
        "athlete_email",
        "organization_name",
        "author_kind",
        "author_email",
        "door",
    )
    list_filter: ClassVar = ("kind", "action", "author_kind", "door")
    search_fields: ClassVar = ("request_id",)
    search_help_text = "Name or e-mail address of the athlete or author, or a request id."
    date_hierarchy = "changed_at"
    ordering = ("-number",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChangeEntry]:
        entries: QuerySet[ChangeEntry] = super().get_queryset(request)
        clubs = Organization.objects.filter(pk=OuterRef("organization")).values("name")
        return entries.annotate(
            athlete_email=_find_address("athlete"),
            author_email=_find_address("author"),
            organization_name=Subquery(clubs),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        people = Athlete.objects.matching(search_term).values("pk")
        named = Q(athlete__in=people) | Q(author__in=people) | Q(acted_as__in=people)
        return queryset.filter(named | Q(request_id=search_term.strip())), False

    @admin.display(description="athlete's address", ordering="athlete")
    def athlete_email(self, entry: Any) -> str:
        return entry.athlete_email or ""

    @admin.display(description="author's address", ordering="author")
    def author_email(self, entry: Any) -> str:
        return entry.author_email or ""

    @admin.display(description="club")
    def organization_name(self, entry: Any) -> str:
        return entry.organization_name or ""


def _find_address(column: str) -> Subquery:
    return Subquery(User.objects.filter(pk=OuterRef(column)).values("email"))
