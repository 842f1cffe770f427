"""The base of API viewsets for rows of athletes, such as activities and races."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from astral.http.views import ApiViewSet
from athletes.access.permissions import get_permit, parse_id
from athletes.models import User


class AthleteRowsViewSet(ApiViewSet):
    """Rows of the athletes the viewer may see. The filters of its list include `user_id`."""

    def list_athlete_ids(self) -> list[UUID]:
        """The athlete of `user_id`, else every athlete the viewer may see. One statement.

        The list then reads its rows by these ids, so no large table is joined to the visibility rule. The
        answer is 403, not an empty list, if `user_id` names an athlete the viewer may not see.
        """
        permit = get_permit(self.request)
        if text := self.request.query_params.get("user_id"):
            return [permit.athlete(parse_id(User.prefix, text, "user_id")).pk]
        return permit.athlete_ids()

    def paginate_queryset(self, queryset: Any) -> Any:
        """The rows of the page. The access log gets a look at their athletes."""
        rows: Iterable[Any] = super().paginate_queryset(queryset) or []
        get_permit(self.request).note_shown({row.athlete_id for row in rows})
        return rows
