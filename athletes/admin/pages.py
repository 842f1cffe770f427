"""What the staff pages of people and clubs have in common."""

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
    """Search as people type it, no second count, deletion told in numbers."""

    show_full_result_count = False
    list_per_page = 50

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Fields named `…search_key__contains` hold plain letters, so the term is made plain as well."""
        return super().get_search_results(request, queryset, normalize_search_text(search_term))

    def get_deleted_objects(
        self, objs: Sequence[Model] | QuerySet[Any], request: HttpRequest
    ) -> DeletionSummary:
        return summarize_deletion(self.model, objs, request)


class VersionedAdmin(BaseAdmin):
    """What is saved or deleted here raises its athlete's data version in the same transaction.

    The version first: its row lock makes two changes for one athlete follow each other, as everywhere.
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
    Athlete.objects.filter(pk__in=athletes).bump_version()


class FixedFieldsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Some fields are chosen once.

    They stay in the form, disabled: a unique constraint is only checked where all of its fields are in the
    form, and read-only ones would make a second head coach a server error.
    """

    fixed_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.fixed_fields:
            if name in self.fields and not self.instance._state.adding:
                self.fields[name].disabled = True
