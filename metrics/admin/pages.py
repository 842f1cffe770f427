"""Base classes of the staff pages of training data. They stay fast with a million rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest

from athletes.search import normalize_search_text
from metrics.storage.quotas import QuotaReached


def add_quota_error(form: BaseForm, check: Callable[[], None]) -> None:
    """Show a reached quota in the form."""
    try:
        check()
    except QuotaReached as error:
        form.add_error(None, str(error.detail))


class EstimatedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts filtered rows. A whole large table gets PostgreSQL's estimate: a count would read every row."""

    object_list: QuerySet[Any]
    exact_up_to = 50_000

    @cached_property
    def count(self) -> int:
        estimate = (
            0
            if self.object_list.query.has_filters()
            else _estimate_row_count(self.object_list.model._meta.db_table)
        )
        return estimate if estimate > self.exact_up_to else super().count


def _estimate_row_count(table: str) -> int:
    """Number of rows at the last ANALYZE. -1 if there was none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
        return int(cursor.fetchone()[0])


class LargeTableAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Pages for a million rows: sorted by the primary key, newest first, and without counts in filters."""

    paginator = EstimatedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    ordering = ("-id",)
    search_fields: ClassVar = ("athlete__user__search_key__contains",)
    search_help_text = "The athlete's name or e-mail address."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("athlete__user")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, normalize_search_text(search_term))


class ReadOnlyAdmin(LargeTableAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
