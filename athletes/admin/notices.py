"""Staff page of the e-mails of notices: what waits, what failed, and a button to send it again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from athletes.admin.access import ViewAndDeleteAdmin
from athletes.models import Notice
from athletes.notices.mailing import send_again


@admin.register(Notice)
class NoticeAdmin(ViewAndDeleteAdmin):
    """Without the words: they are made for the reader."""

    fields = (
        "recipient",
        "kind",
        "created_at",
        "read_at",
        "mail_state",
        "mail_due_at",
        "mail_attempts",
        "mail_error",
        "mailed_at",
    )
    list_display = (
        "recipient",
        "kind",
        "created_at",
        "mail_state",
        "mail_attempts",
        "mail_error",
        "mail_due_at",
    )
    list_filter: ClassVar = ("mail_state", "kind")
    search_fields: ClassVar = ("recipient__search_key__contains",)
    search_help_text = "Name or e-mail address of the recipient."
    actions = ("send_mail_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        rows: QuerySet[Notice] = super().get_queryset(request)
        return rows.select_related("recipient")

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("athletes.change_notice")

    @admin.action(description="Send parked e-mails again", permissions=["send"])
    def send_mail_again(self, request: HttpRequest, queryset: Any) -> None:
        chosen = Notice.objects.filter(pk__in=[notice.pk for notice in queryset])
        number = send_again(chosen, timezone.now())
        messages.success(request, f"{number} parked e-mail{'' if number == 1 else 's'} will be sent again.")
