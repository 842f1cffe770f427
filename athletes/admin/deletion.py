"""Counts in the database what a deletion also deletes.

Django's own confirmation page loads all these rows into memory. For an athlete these are all files and
streams of years.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from athletes.cascade import cascading_rows

# As Django's admin expects it: lines, counts by model name, models without permission, protected rows.
DeletionSummary = tuple[list[str], dict[str, int], set[str], list[str]]


def summarize_deletion(model: type[Model], objs: Iterable[Model], request: HttpRequest) -> DeletionSummary:
    rows = list(objs)
    counts = count_deleted_rows(model._base_manager.filter(pk__in=[row.pk for row in rows]))
    forbidden = {
        str(model._meta.verbose_name)
        for model, count in counts.items()
        if count and admin.site.is_registered(model) and not _may_delete(request, model)
    }
    named = {str(model._meta.verbose_name_plural): count for model, count in counts.items() if count}
    return [str(row) for row in rows], named, forbidden, []


def count_deleted_rows(rows: QuerySet[Any]) -> dict[type[Model], int]:
    """Count the rows deleted with these, by model. If a model is reached twice, the larger count is used."""
    counts: dict[type[Model], int] = {}
    for related in cascading_rows(rows):
        counts[related.model] = max(related.count(), counts.get(related.model, 0))
    return counts


def _may_delete(request: HttpRequest, model: type[Model]) -> bool:
    """Check only the permission. Original files have no delete button, but are deleted with their athlete."""
    return request.user.has_perm(f"{model._meta.app_label}.{get_permission_codename('delete', model._meta)}")
