"""Pages of an athlete's bin: restore deleted activities, or delete them for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from astral.http.pages import ActionPage, ConfirmedActionPage
from athletes.access.permissions import parse_id
from athletes.access.protected_page import OneAthletePage
from metrics.activities.pages.activity_target import get_place_zone
from metrics.models import Activity, BinActivity
from metrics.models.activity_bin import KEPT_IN_BIN
from metrics.storage.activity_bin import delete_for_good, restore_activity

MAX_SHOWN_ACTIVITIES = 200


@dataclass(frozen=True, slots=True)
class BinRow:
    """`place`: the time zone where it started."""

    activity: BinActivity
    place: tzinfo


class BinPage(OneAthletePage):
    template_name = "metrics/activities/bin.html"

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        activities = list(BinActivity.objects.in_bin_of(self.athlete.pk)[:MAX_SHOWN_ACTIVITIES])
        for activity in activities:
            activity.athlete = self.athlete  # saves a query per row
        return self.page(
            rows=[BinRow(activity, get_place_zone(activity)) for activity in activities],
            shown=MAX_SHOWN_ACTIVITIES,
            kept_days=KEPT_IN_BIN.days,
            may_erase=self.own or self.page_user.is_staff,
        )


class BinActionPageBase(OneAthletePage, ActionPage):
    """An action on the bin. It returns to the list."""

    def build_return_url(self) -> str:
        return reverse("bin-page", args=[self.athlete.public_id])


class OneBinActivityPageBase(BinActionPageBase):
    """An action on one activity in the bin."""

    activity: BinActivity

    def load_target(self) -> None:
        super().load_target()
        identifier = parse_id(Activity.prefix, self.kwargs["activity_id"], "activity_id")
        found = BinActivity.objects.in_bin_of(self.athlete.pk).filter(pk=identifier)
        self.activity = self.permit.get_or_forbidden(found.first())

    def context(self) -> dict[str, Any]:
        return super().context() | {"activity": self.activity}


class BinRestorePage(OneBinActivityPageBase):
    def apply_change(self, values: dict[str, Any]) -> str:
        restore_activity(self.athlete.pk, self.activity.pk)
        return "The activity is back, with its recording."


class BinDeletePage(OneBinActivityPageBase, ConfirmedActionPage):
    template_name = "metrics/activities/bin_delete.html"

    def apply_change(self, values: dict[str, Any]) -> str:
        delete_for_good(self.athlete.pk, [self.activity.pk])
        return "The activity and its recording are deleted for good."


class BinEmptyPage(BinActionPageBase, ConfirmedActionPage):
    template_name = "metrics/activities/bin_delete.html"

    def apply_change(self, values: dict[str, Any]) -> str:
        delete_for_good(self.athlete.pk)
        return "The bin is empty."
