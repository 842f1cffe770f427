"""Staff pages of invitations, API keys, consent and counters of sign-ins.

Staff can end invitations, keys and pauses of sign-ins, but cannot change an athlete's consent.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from astral.http.errors import ApiError
from athletes.admin.pages import BaseAdmin
from athletes.models import ApiKey, Consent, ConsentChange, Invitation, SignInCounter, User
from athletes.organizations.invitations import resend_invitation


class ViewAndDeleteAdmin(BaseAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Invitation)
class InvitationAdmin(ViewAndDeleteAdmin):
    fields = (
        "organization",
        "role",
        "email",
        "uses",
        "max_uses",
        "expires_at",
        "ended_at",
        "created_by",
        "created_at",
    )
    list_display = ("organization", "role", "email", "uses", "max_uses", "expires_at", "ended_at")
    list_filter: ClassVar = ("role", ("ended_at", admin.EmptyFieldListFilter))
    search_fields: ClassVar = ("organization__name", "email")
    actions = ("send_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        rows: QuerySet[Invitation] = super().get_queryset(request)
        return rows.select_related("organization", "created_by")

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("athletes.add_invitation")

    @admin.action(description="Send again (new link by e-mail; the old one ends)", permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        by = cast(User, request.user)
        join_page, sent = request.build_absolute_uri(reverse("join-page")), 0
        for invitation in queryset:
            try:
                resend_invitation(invitation, by, timezone.now(), join_page=join_page)
                self.log_change(request, invitation, "Sent again.")
                sent += 1
            except ApiError as error:
                messages.warning(request, f"{invitation}: {error.detail}")
        if sent:
            messages.success(request, f"Sent again: {sent}.")


@admin.register(ApiKey)
class ApiKeyAdmin(ViewAndDeleteAdmin):
    fields = ("organization", "name", "shown_prefix", "scopes", "expires_at", "last_used_at", "created_by")
    list_display = ("name", "organization", "shown_prefix", "scopes", "expires_at", "last_used_at")
    list_select_related: ClassVar = ("organization",)
    search_fields: ClassVar = ("organization__name", "name")


@admin.register(Consent, ConsentChange)
class ConsentAdmin(ViewAndDeleteAdmin):
    fields = ("athlete", "organization", "category", "granted", "changed_at")
    list_display = ("athlete", "organization", "category", "granted", "changed_at")
    list_select_related: ClassVar = ("athlete__user", "organization")
    list_filter: ClassVar = ("category", "granted")
    search_fields: ClassVar = ("athlete__user__search_key__contains",)
    search_help_text = "The athlete's name or e-mail address."

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SignInCounter)
class SignInCounterAdmin(ViewAndDeleteAdmin):
    """Deleting the counter without a device ends the pauses of its account. Another: forgets the device."""

    fields = ("account", "device", "failures", "attempted_at", "known_until", "owner_told_at")
    list_display = ("account", "device", "failures", "attempted_at", "known_until", "owner_told_at")
    search_fields: ClassVar = ("account",)
