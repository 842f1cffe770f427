"""Staff look at invitations, keys and consent, and can end the first two; nobody decides for an athlete here."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from athletes.admin.pages import Pages
from athletes.models import ApiKey, Consent, ConsentChange, Invitation


class LookOnly(Pages):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Invitation)
class InvitationPages(LookOnly):
    fields = ("organization", "role", "email", "uses", "max_uses", "expires_at", "ended_at", "created_by", "created_at")
    list_display = ("organization", "role", "email", "uses", "max_uses", "expires_at", "ended_at")
    list_select_related: ClassVar = ("organization",)
    search_fields: ClassVar = ("organization__name", "email")


@admin.register(ApiKey)
class ApiKeyPages(LookOnly):
    fields = ("organization", "name", "shown_prefix", "scopes", "expires_at", "last_used_at", "created_by")
    list_display = ("name", "organization", "shown_prefix", "scopes", "expires_at", "last_used_at")
    list_select_related: ClassVar = ("organization",)
    search_fields: ClassVar = ("organization__name", "name")


@admin.register(Consent, ConsentChange)
class ConsentPages(LookOnly):
    fields = ("athlete", "organization", "category", "granted", "changed_at")
    list_display = ("athlete", "organization", "category", "granted", "changed_at")
    list_select_related: ClassVar = ("athlete__user", "organization")
    list_filter: ClassVar = ("category", "granted")
    search_fields: ClassVar = ("athlete__user__search_key__contains",)
    search_help_text = "The athlete's name or e-mail address."

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
