"""Ask for the right before a body is validated: the ids in a body are read first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from astral.http.fields import StrictSerializer
from athletes.access.permissions import Permit, parse_id
from athletes.models import Athlete, User


def read_body_id(data: Any, field: str, prefix: str) -> UUID | None:
    """The id in this field of a body that is not validated yet. None: it is missing, or no text.

    Raises 400 if it is malformed.
    """
    text = data.get(field) if isinstance(data, Mapping) else None
    return parse_id(prefix, text, field) if isinstance(text, str) else None


def parse_athlete_body(
    permit: Permit, serializer: type[StrictSerializer], data: Any, **context: Any
) -> tuple[Athlete, dict[str, Any]]:
    """The athlete whom the body names in `user_id` (default: the viewer), and its other values.

    Raises 403 before the body is validated, if the viewer has no right on this athlete.
    """
    athlete = permit.athlete(read_body_id(data, "user_id", User.prefix))
    values = serializer.parse(data, **context)
    values.pop("user_id", None)
    return athlete, values
