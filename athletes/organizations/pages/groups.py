"""The training groups of a club, and the form that creates one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from rest_framework.exceptions import ValidationError

from astral.http.errors import ApiError
from astral.http.forms import form_data
from astral.http.pages import errors_by_field
from athletes.models import Group, Organization
from athletes.organizations.groups import create_group
from athletes.organizations.pages.bulk_actions import BulkActionQuery
from athletes.organizations.pages.choices import roster_permissions
from athletes.organizations.pages.organizations import OrganizationPage
from athletes.organizations.serializers import GroupRequest
from athletes.roles import Role, Status


class GroupsPage(OrganizationPage):
    template_name = "athletes/organizations/groups.html"
    query_serializer_class = BulkActionQuery

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._render_groups(self.organization(self.parse_query().get("org_id")))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Create a group."""
        club, fields = self.organization(self.parse_query().get("org_id")), form_data(request)
        try:
            group = create_group(club, GroupRequest.parse(fields)["name"])
        except ValidationError as error:
            return self._render_groups(club, fields=fields, errors=errors_by_field(error.detail))
        except ApiError as refusal:
            return self._render_groups(club, fields=fields, errors={"name": str(refusal.detail)})
        messages.success(request, f"Group {group} created. Now add its athletes.")
        return redirect("group-page", group.public_id)

    def _render_groups(self, club: Organization, **context: Any) -> HttpResponse:
        active = Q(members__status=Status.ACTIVE, members__role=Role.ATHLETE)
        groups = (
            Group.objects.of(club).annotate(athletes=Count("members", filter=active)).order_by("name", "pk")
        )
        everybody = self.permit.members(club).active().athletes()
        return self.page(
            section="groups",
            club=club,
            groups=list(groups),
            total=everybody.count(),
            ungrouped=everybody.filter(groups=None).count(),
            may=roster_permissions(self.page_user, self.person, club),
            **context,
        )
