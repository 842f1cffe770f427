"""Sessions of drafts through the API's serializer, so that pages and the API accept the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coaching.plans.drafts.draft import DraftContent
from coaching.plans.serializers import PlanSessionRequest

FIELD_BY_COLUMN = {
    "sport": "sport", "title": "title", "description": "description", "duration_s": "duration",
    "distance_m": "distance", "load": "training_load", "zone": "zone", "steps": "steps", "is_key": "is_key",
}  # fmt: skip


def complete_content(content: DraftContent) -> DraftContent:
    """The same session with the length of its steps. Raises ValidationError as the API does."""
    body = {field: getattr(content, column) for column, field in FIELD_BY_COLUMN.items()}
    return build_content(PlanSessionRequest.parse(body | {"steps": list(content.steps)}))


def build_content(columns: Mapping[str, Any]) -> DraftContent:
    """`columns`: the validated values of a `PlanSessionRequest`."""
    given = {name: columns[name] for name in FIELD_BY_COLUMN if columns.get(name) is not None}
    return DraftContent(**given)
