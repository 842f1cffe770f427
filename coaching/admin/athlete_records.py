"""The base admin of rows of one athlete. Saving bumps the athlete's data version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from athletes.models import Athlete
from athletes.search import normalize_search_text


class AthleteRecordAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Base admin of rows of one athlete; the athlete cannot be changed."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    related_fields: ClassVar[tuple[str, ...]] = ("athlete__user",)  # loaded for the names in lists and titles
    autocomplete_fields: ClassVar = ("athlete",)
    search_fields: ClassVar = ("athlete__user__search_key__contains",)
    search_help_text = "The athlete's name or e-mail address."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.related_fields)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, normalize_search_text(search_term))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("athlete",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        bump_data_versions([obj.athlete_id])
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        bump_data_versions([obj.athlete_id])
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        bump_data_versions(queryset.values_list("athlete_id", flat=True))
        super().delete_queryset(request, queryset)


def bump_data_versions(athletes: Iterable[UUID]) -> None:
    Athlete.objects.filter(pk__in=athletes).bump_versions()
