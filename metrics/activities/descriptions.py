"""What people say of an activity, in the API: the fields of requests and answers, and who may read them.

Pain is of category health. The private note is for the athlete alone: for no coach, key or staff.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from astral.http.fields import StrictBooleanField, StrictSerializer, TextField, WholeNumberField
from astral.precompiled_queries import AnyOf
from athletes.access.permissions import Permit, WithheldError
from athletes.access.viewer_queries import ViewerQuery
from athletes.looks.collector import get_look_collector
from athletes.models import Athlete
from athletes.rights import READ, Category, Viewer
from metrics.models import Activity
from metrics.models.activities import MAX_NOTE_LENGTH
from metrics.pain import PainRequest, PainSerializer, serialize_pain, split_pain


class DescriptionRequestBase(StrictSerializer):
    """Fields about an activity that a person says. No device measures them."""

    name = TextField(required=False, allow_blank=True, help_text="A title.")
    sub_type = TextField(required=False, allow_blank=True, max_length=40, help_text="Trail, treadmill, …")
    is_race = StrictBooleanField(required=False, help_text="Whether it was a race.")
    perceived_effort = WholeNumberField(
        required=False, allow_null=True, min_value=1, max_value=10, help_text="RPE, 1–10."
    )
    feel = WholeNumberField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=5,
        help_text="How it felt, from 1 (very weak) to 5 (very strong).",
    )
    pain = PainRequest(
        required=False, allow_null=True, help_text="Pain, of category health; null: nobody said anything."
    )
    athlete_note = TextField(
        required=False,
        allow_blank=True,
        multiline=True,
        max_length=MAX_NOTE_LENGTH,
        help_text="Words on how it went, for the coaches too.",
    )
    private_note = TextField(
        required=False,
        allow_blank=True,
        multiline=True,
        max_length=MAX_NOTE_LENGTH,
        help_text="A note that only the athlete may write and read.",
    )
    gear = TextField(required=False, allow_blank=True, max_length=100, help_text="Shoes, bike, …")
    is_commute = StrictBooleanField(required=False, help_text="Whether it was a way to work or school.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return split_pain(attrs)


class DescriptionSerializer(serializers.Serializer[Any]):
    perceived_effort = serializers.IntegerField(allow_null=True, help_text="RPE, 1–10.")
    feel = serializers.IntegerField(allow_null=True, help_text="From 1 (very weak) to 5 (very strong).")
    pain = PainSerializer(allow_null=True, help_text="null: nobody said anything, or health is not shared.")
    athlete_note = serializers.CharField(help_text="Words on how it went; may be empty.")
    private_note = serializers.CharField(
        allow_null=True, help_text="The athlete's own note; null for everybody else."
    )
    gear = serializers.CharField(help_text="Shoes, bike, …; may be empty.")
    is_commute = serializers.BooleanField(help_text="Whether it was a way to work or school.")


@dataclass(frozen=True, slots=True)
class DescriptionReader:
    """The person who reads. This person may see the health of `health_ids`; None means of all."""

    viewer_id: UUID | None
    health_ids: frozenset[UUID] | None

    def may_read_pain(self, athlete_id: UUID) -> bool:
        return self.health_ids is None or athlete_id in self.health_ids

    def may_read_private_note(self, athlete_id: UUID) -> bool:
        return athlete_id == self.viewer_id


def load_description_reader(viewer: Viewer, athlete_ids: Iterable[UUID]) -> DescriptionReader:
    """What the viewer may read of these athletes. One statement; none for one's own and for staff.

    Descriptions show pain, so the access log gets a look at the health of those who share it.
    """
    others = sorted(set(athlete_ids) - {viewer.pk})
    if READ.is_unrestricted_for(viewer):
        _note_health(viewer, others)
        return DescriptionReader(viewer.pk, None)
    shared = {pk for (pk,) in _SHARED_HEALTH_QUERY.rows(viewer, athletes=others)} if others else set()
    _note_health(viewer, shared)
    # Private notes are for the athlete alone, also from staff who act as them.
    return DescriptionReader(None if viewer.acting else viewer.pk, frozenset(shared | {viewer.pk}))


def _note_health(viewer: Viewer, athlete_ids: Iterable[UUID]) -> None:
    for athlete_id in athlete_ids:
        get_look_collector().add(viewer, athlete_id, (Category.HEALTH.value,))


def _select_shared_health(viewer: Viewer, athletes: Sequence[UUID]) -> QuerySet[Athlete, tuple[UUID]]:
    visible = Athlete.objects.visible_to(viewer, Category.HEALTH)
    return visible.filter(AnyOf("pk", athletes)).order_by().values_list("pk")


_SHARED_HEALTH_QUERY = ViewerQuery(_select_shared_health, athletes=[UUID(int=2)])


def list_hidden_fields(viewer: Viewer, athlete_id: UUID) -> tuple[str, ...]:
    """The columns that this viewer may not read. One statement, or none."""
    reader = load_description_reader(viewer, [athlete_id])
    pain = () if reader.may_read_pain(athlete_id) else ("pain_score", "pain_where")
    return (*pain, *(() if reader.may_read_private_note(athlete_id) else ("private_note",)))


def check_description_rights(permit: Permit, athlete_id: UUID, values: Mapping[str, Any]) -> None:
    """Refuse fields that this viewer may not write. Raises 403."""
    viewer = permit.viewer
    for right in permit.field_rights(values):
        if not Athlete.objects.reached_by(viewer, right).filter(pk=athlete_id).exists():
            raise PermissionDenied
    if "pain_score" in values and not load_description_reader(viewer, [athlete_id]).may_read_pain(athlete_id):
        raise WithheldError


def serialize_description(activity: Activity, reader: DescriptionReader) -> dict[str, Any]:
    athlete_id = activity.athlete_id
    return {
        "perceived_effort": activity.perceived_effort,
        "feel": activity.feel,
        "pain": serialize_pain(activity) if reader.may_read_pain(athlete_id) else None,
        "athlete_note": activity.athlete_note,
        "private_note": activity.private_note if reader.may_read_private_note(athlete_id) else None,
        "gear": activity.gear,
        "is_commute": activity.is_commute,
    }
