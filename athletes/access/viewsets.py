"""The base of API viewsets for rows of athletes, such as activities and races."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from astral.http.views import ApiViewSet
from athletes.access.permissions import get_permit, parse_id
from athletes.models import User


class AthleteRowsViewSet(ApiViewSet):
    """Rows of the athletes the viewer may see. The filters of its list include `user_id`."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Answer 403, not an empty list, if `user_id` names an athlete the viewer may not see."""
        if text := self.request.query_params.get("user_id"):
            get_permit(self.request).athlete(parse_id(User.prefix, text, "user_id"))
        return super().filter_queryset(queryset)
