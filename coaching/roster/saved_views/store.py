"""Read, save and delete a person's views of the roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from astral.http.errors import ApiError
from athletes.models import User
from coaching.models import RosterView

MAX_VIEWS = 20


def list_views(person: User) -> list[RosterView]:
    """By name: one statement."""
    return list(RosterView.objects.filter(owner=person.pk))


def save_view(person: User, name: str, columns: Sequence[str], filters: Mapping[str, Any]) -> RosterView:
    """A view of the same name is replaced. Raises ApiError LIMIT_REACHED over MAX_VIEWS."""
    with transaction.atomic():
        User.objects.select_for_update().only("pk").get(pk=person.pk)
        others = RosterView.objects.filter(owner=person.pk).exclude(name=name).count()
        if others >= MAX_VIEWS:
            raise ApiError("LIMIT_REACHED", f"You have {MAX_VIEWS} views. Delete one first.", 409)
        view, _ = RosterView.objects.update_or_create(
            owner=person, name=name, defaults={"columns": list(columns), "filters": dict(filters)}
        )
    return view


def delete_view(person: User, name: str) -> None:
    """Without such a view nothing happens."""
    RosterView.objects.filter(owner=person.pk, name=name).delete()
