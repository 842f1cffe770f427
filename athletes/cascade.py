"""What goes along with a row that is deleted: whatever points to it and cannot be without it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import CASCADE, QuerySet


def cascading_rows(rows: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    """These rows, and those of each model that goes with them; a model that is reached on two ways comes twice."""
    yield rows
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if getattr(relation, "on_delete", None) is CASCADE and relation.auto_created:
            related = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
            yield from cascading_rows(related)
