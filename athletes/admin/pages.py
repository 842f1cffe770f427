"""Base classes of the staff pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from athletes.admin.deletion import DeletionSummary, summarize_deletion
from athletes.models import Athlete
from athletes.search import normalize_search_text


class BaseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Search without accents, no second COUNT, and deletions summarized by counts."""

    show_full_result_count = False
    list_per_page = 50

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The search_key column has no capitals or accents, so normalize the search term too."""
        return super().get_search_results(request, queryset, normalize_search_text(search_term))

    def get_deleted_objects(
        self, objs: Sequence[Model] | QuerySet[Any], request: HttpRequest
    ) -> DeletionSummary:
        return summarize_deletion(self.model, objs, request)


class VersionedAdmin(BaseAdmin):
    """Bumps the athlete's data version in the transaction of every change.

    The version comes first, because its row lock makes concurrent changes of one athlete wait.
    """

    owner: ClassVar[str]  # the column with the athlete's id

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        bump_athlete_versions([getattr(obj, self.owner)])
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        bump_athlete_versions([getattr(obj, self.owner)])
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        bump_athlete_versions(queryset.values_list(self.owner, flat=True))
        super().delete_queryset(request, queryset)


def bump_athlete_versions(athletes: Iterable[UUID]) -> None:
    Athlete.objects.filter(pk__in=athletes).bump_versions()


class FixedFieldsForm(forms.ModelForm):  # type: ignore[type-arg]
    """`fixed_fields` can be set only when a row is created; later they are disabled.

    Read-only fields would not do: Django checks a unique constraint only if all its fields are in the form,
    so a second head coach would cause a server error.
    """

    fixed_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.fixed_fields:
            if name in self.fields and not self.instance._state.adding:
                self.fields[name].disabled = True
