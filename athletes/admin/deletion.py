"""What a deletion takes along, counted in the database.

Django's own confirmation page fetches all of it into memory to print it as a list: for an athlete that is
every stream and file of years of training.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from athletes.cascade import cascading_rows

# As the admin asks for it: lines, how many of what, names of what may not be deleted, what is protected.
DeletionSummary = tuple[list[str], dict[str, int], set[str], list[str]]


def summarize_deletion(model: type[Model], objs: Iterable[Model], request: HttpRequest) -> DeletionSummary:
    rows = list(objs)
    counts = count_deleted_rows(model._base_manager.filter(pk__in=[row.pk for row in rows]))
    forbidden = {
        str(taken._meta.verbose_name)
        for taken, count in counts.items()
        if count and admin.site.is_registered(taken) and not _may_delete(request, taken)
    }
    told = {str(taken._meta.verbose_name_plural): count for taken, count in counts.items() if count}
    return [str(row) for row in rows], told, forbidden, []


def count_deleted_rows(rows: QuerySet[Any]) -> dict[type[Model], int]:
    """How many rows of which model go with these. A model reached on two ways counts by the longer one."""
    counts: dict[type[Model], int] = {}
    for taken in cascading_rows(rows):
        counts[taken.model] = max(taken.count(), counts.get(taken.model, 0))
    return counts


def _may_delete(request: HttpRequest, model: type[Model]) -> bool:
    """By the permission alone: an original file goes with its athlete, though it has no button for it."""
    return request.user.has_perm(f"{model._meta.app_label}.{get_permission_codename('delete', model._meta)}")
