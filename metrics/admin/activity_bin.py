"""Staff pages of the bin: restore deleted activities, or delete them for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from astral.http.errors import ApiError
from metrics.admin.pages import ReadOnlyAdmin
from metrics.models import BinActivity
from metrics.storage.activity_bin import delete_for_good, restore_activity


@admin.register(BinActivity)
class BinActivityAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "athlete", "started_at", "deleted_at", "deleted_by")
    list_filter: ClassVar = ("deleted_by", "deleted_at")
    fields = (
        "athlete",
        "name",
        "activity_type",
        "started_at",
        "distance_m",
        "duration_s",
        "deleted_at",
        "deleted_by",
    )
    actions = ("restore",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("metrics.delete_binactivity")

    def has_restore_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("metrics.add_activity")

    @admin.action(description="Restore", permissions=["restore"])
    def restore(self, request: HttpRequest, queryset: QuerySet[BinActivity]) -> None:
        restored = 0
        for in_bin in queryset:
            try:
                restore_activity(in_bin.athlete_id, in_bin.pk)
                self.log_change(request, in_bin, "Restored.")
                restored += 1
            except ApiError as error:
                messages.warning(request, f"{in_bin}: {error.detail}")
        if restored:
            messages.success(request, f"Restored: {restored}.")

    def delete_model(self, request: HttpRequest, obj: BinActivity) -> None:
        delete_for_good(obj.athlete_id, [obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[BinActivity]) -> None:
        for in_bin in queryset:
            delete_for_good(in_bin.athlete_id, [in_bin.pk])

    def get_deleted_objects(
        self, objs: Sequence[BinActivity] | QuerySet[BinActivity], request: HttpRequest
    ) -> Any:
        """Leave out Django's list of related rows, because it would load every stream."""
        allowed = self.has_delete_permission(request)
        return (
            [str(row) for row in objs],
            {"activities in the bin": len(objs)},
            set() if allowed else {"activity"},
            [],
        )
