"""Serializers of the access log."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from astral.http.fields import ChoiceField, IdField, StrictSerializer
from astral.http.pagination import PageQuery
from athletes.looks.collector import WHOLE_ATHLETE
from athletes.models import AccessLogEntry, Organization
from athletes.roles import Role


def build_category_field() -> ChoiceField:
    return ChoiceField(
        [(name, name) for name in WHOLE_ATHLETE],
        required=False,
        help_text="Only looks that showed this category. profile: name, settings, thresholds, membership.",
    )


class AccessLogQuery(PageQuery):
    category = build_category_field()


class AccessLogPageQuery(StrictSerializer):
    """`page` of the page: 50 lines each."""

    category = build_category_field()
    page = PageQuery._declared_fields["page"]


class AccessLogEntrySerializer(serializers.Serializer[Any]):
    viewed_at = serializers.DateTimeField(help_text="When. The last time, if there were several looks.")
    viewer_kind = serializers.ChoiceField(
        AccessLogEntry.ViewerKind.choices,
        help_text="person: somebody of a club; staff: who runs the server; key: a program of a club.",
    )
    viewer_id = serializers.CharField(
        allow_null=True, help_text="The person, usr_…, or the key, key_…; null if it is deleted."
    )
    viewer_name = serializers.CharField(help_text="The name that the person or key has now.")
    role = serializers.ChoiceField(
        Role.choices, allow_null=True, help_text="The role in your club; null for keys, staff and others."
    )
    org_id = IdField(Organization.prefix, allow_null=True, help_text="The club, org_…; null without one.")
    org_name = serializers.CharField(allow_null=True, help_text="The name of the club.")
    categories = serializers.ListField(
        child=serializers.ChoiceField([(name, name) for name in WHOLE_ATHLETE]),
        help_text="What of your data was shown, or asked for.",
    )
    door = serializers.CharField(
        help_text="How: page, api, csv, export, feed, mail, assistant; acting: staff who acted as you or as"
        " your coach. There may be more in the future."
    )
    refused = serializers.BooleanField(help_text="Whether the look was refused.")
    looks = serializers.IntegerField(help_text="How many equal looks within about a second.")
