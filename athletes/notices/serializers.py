"""Serializers of notices and of the switches for e-mail."""

from __future__ import annotations

from typing import Any

import django_filters
from rest_framework import serializers

from astral.http.fields import IdField, QueryBooleanField, StrictBooleanField, StrictSerializer
from astral.http.filters import SerializerFieldFilter
from astral.ids import encode
from athletes.models import Notice, Organization, User
from athletes.models.notices import NoticeKind, NoticeQuerySet
from athletes.notices.inbox import InboxEntry

SUBJECT_PREFIXES = {
    NoticeKind.SIGNAL: "sig",
    NoticeKind.COMMENT: "cmt",
    NoticeKind.CALENDAR_CHANGE: "chg",
    NoticeKind.IMPORT: "imp",
}


class NoticeSerializer(serializers.Serializer[Any]):
    notice_id = IdField(Notice.prefix, help_text="The notice, ntc_….")
    kind = serializers.ChoiceField(
        NoticeKind.choices,
        help_text="digest: a club's last week. signal: an urgent signal. comment: a new comment."
        " calendar_change: a coach changed your plan or a session. import: an import has ended.",
    )
    user_id = IdField(User.prefix, allow_null=True, help_text="The athlete, usr_…. null: of a digest.")
    org_id = IdField(Organization.prefix, allow_null=True, help_text="The club of a digest, org_….")
    subject_id = serializers.CharField(
        allow_null=True, help_text="What it is about: sig_…, cmt_…, chg_… or imp_…. null: of a digest."
    )
    week = serializers.DateField(
        allow_null=True, help_text="The Monday on which a digest came: it tells of the week before."
    )
    title = serializers.CharField(help_text="What happened, in one line.")
    lines = serializers.ListField(child=serializers.CharField(), help_text="More about it.")
    page = serializers.CharField(allow_null=True, help_text="Path of the page about it. null: it is gone.")
    created_at = serializers.DateTimeField(help_text="When it happened.")
    read_at = serializers.DateTimeField(allow_null=True, help_text="When you read it. null: it is new.")
    mailed_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was sent to you by e-mail. null: it was not."
    )


def serialize_notice(entry: InboxEntry) -> dict[str, Any]:
    notice, text = entry
    prefix = SUBJECT_PREFIXES.get(NoticeKind(notice.kind))
    return {
        "notice_id": notice.public_id,
        "kind": notice.kind,
        "user_id": notice.athlete_id and encode(User.prefix, notice.athlete_id),
        "org_id": notice.organization_id and encode(Organization.prefix, notice.organization_id),
        "subject_id": prefix and encode(prefix, notice.subject_id),
        "week": notice.day,
        "title": text.title,
        "lines": list(text.lines),
        "page": text.path or None,
        "created_at": notice.created_at,
        "read_at": notice.read_at,
        "mailed_at": notice.mailed_at,
    }


class NoticeFilter(django_filters.FilterSet):  # type: ignore[misc]
    unread = SerializerFieldFilter(
        QueryBooleanField(help_text="1: only new notices."), method="filter_unread"
    )

    class Meta:
        model = Notice
        fields: tuple[str, ...] = ()

    def filter_unread(self, rows: NoticeQuerySet, name: str, value: bool) -> NoticeQuerySet:
        return rows.unread() if value else rows


class ReadCountSerializer(serializers.Serializer[Any]):
    read = serializers.IntegerField(help_text="How many notices were new.")


SwitchChanges: type[StrictSerializer] = type(
    "SwitchChanges",
    (StrictSerializer,),
    {
        "__doc__": "Which kinds come by e-mail. What is left out stays.",
        **{
            kind.value: StrictBooleanField(required=False, help_text=f"{kind.label}: by e-mail, too.")
            for kind in NoticeKind
        },
    },
)
SwitchesSerializer: type[serializers.Serializer[Any]] = type(
    "SwitchesSerializer",
    (serializers.Serializer,),
    {
        "__doc__": "Which kinds come by e-mail.",
        **{
            kind.value: serializers.BooleanField(help_text=f"{kind.label}: by e-mail, too.")
            for kind in NoticeKind
        },
    },
)
