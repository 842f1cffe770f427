"""Finds what a deletion also deletes (on_delete=CASCADE), and whose answers name a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import CASCADE, QuerySet

from athletes.models import User


def cascading_rows(rows: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    """Yield `rows` and, for each model, the rows deleted with them.

    A model that is reached twice is yielded twice. A model that refers to itself is followed one step: the
    rows below an invitation link have none below them.
    """
    yield rows
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if getattr(relation, "on_delete", None) is CASCADE and relation.auto_created:
            related = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
            if related.model is rows.model:
                yield related
            else:
                yield from cascading_rows(related)


def find_athletes_naming(person: User) -> set[UUID]:
    """Athletes whose cached answers contain this person's name.

    A model says so with `cached_names`: its columns with people who are named in answers about its athlete.
    """
    return {
        athlete_id
        for model in apps.get_models()
        for name in getattr(model, "cached_names", ())
        for athlete_id in model._base_manager.filter(**{name: person}).values_list("athlete_id", flat=True)
    }
