"""Admin of comments."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from coaching.models import (
    Comment,
)

from .athlete_records import AthleteRecordAdmin


@admin.register(Comment)
class CommentAdmin(AthleteRecordAdmin):
    """Staff may read and delete comments. Nobody writes in the name of another person."""

    fields = ("athlete", "activity", "day", "session", "author", "text", "created_at", "edited_at")
    list_display = ("created_at", "athlete", "author")
    related_fields: ClassVar[tuple[str, ...]] = ("athlete__user", "author", "activity", "session")
    list_filter: ClassVar = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
