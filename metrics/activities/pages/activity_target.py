"""The activity that the address of a page names."""

from __future__ import annotations

from datetime import timedelta, timezone, tzinfo
from typing import Any, ClassVar

from athletes.access.permissions import parse_id
from athletes.access.protected_page import OneAthletePage
from metrics.models import Activity, BinActivity
from metrics.pace_or_speed import format_pace_or_speed, name_pace_or_speed


class ActivityPageBase(OneAthletePage):
    """Base of the pages of one activity. `related`: what to load with the activity."""

    related: ClassVar[tuple[str, ...]] = ()
    activity: Activity

    def load_target(self) -> None:
        identifier = parse_id(Activity.prefix, self.kwargs["activity_id"], "activity_id")
        self.activity = self.permit.get_object(Activity, identifier, "athlete__user", *self.related)
        self.athlete = self.activity.athlete

    def context(self) -> dict[str, Any]:
        """The activity and the values of the page header. No SQL statement."""
        activity = self.activity
        return super().context() | {
            "activity": activity,
            "place": get_place_zone(activity),
            "sub_type": activity.sub_type.replace("_", " "),
            "pace_or_speed_name": name_pace_or_speed(activity.activity_type),
            "pace_or_speed": format_pace_or_speed(
                activity.duration_s, activity.distance_m, activity.activity_type, self.page_user.units
            ),
        }


def get_place_zone(activity: Activity | BinActivity) -> tzinfo:
    """The time zone of the start; the athlete's time zone if that is unknown."""
    if activity.utc_offset_min is None:
        return activity.athlete.zone
    return timezone(timedelta(minutes=activity.utc_offset_min))
