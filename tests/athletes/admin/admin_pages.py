"""Addresses, forms and rows for the tests of the staff pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from athletes.models import Athlete, Group, Membership, Organization, Threshold, User
from tests.support.cast import Cast

MODELS = (User, Athlete, Organization, Membership, Group, Threshold)


def admin_url(model: Any, page: str, *ids: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=ids)


def sign_in_staff(user: User, *codenames: str) -> Client:
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def read_form(page: Any, **changes: Any) -> dict[str, Any]:
    """The form data of an admin page as a browser would send it, with some fields changed."""
    context = page.context
    forms = [context["adminform"].form]
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    data: dict[str, Any] = {}
    for form in forms:
        for bound in form:
            add_field(data, bound)
    return data | changes


def add_field(data: dict[str, Any], bound: Any) -> None:
    value = bound.value()
    if value is None or value is False or bound.field.disabled:
        return
    widget = bound.field.widget
    if hasattr(widget, "decompress"):
        parts = widget.decompress(value)
        data |= {f"{bound.html_name}_{i}": str(part) for i, part in enumerate(parts)}
    else:
        data[bound.html_name] = value if isinstance(value, list) else bound.field.prepare_value(value)


def version(user: User) -> int:
    return Athlete.objects.get(pk=user.pk).data_version


def threshold(user: User, kind: str = "lthr", value: float = 170.0, day: str = "2026-01-01") -> Threshold:
    return Threshold.objects.create(athlete_id=user.pk, kind=kind, value=value, valid_from=day)


def create_one_of_each(cast: Cast) -> dict[Any, Any]:
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(cast.ada.memberships.get())
    return {
        User: cast.ada.pk,
        Athlete: cast.ada.pk,
        Organization: cast.harbour.pk,
        Membership: cast.ada.memberships.get().pk,
        Group: group.pk,
        Threshold: threshold(cast.ada).pk,
    }
