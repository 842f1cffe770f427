"""The training groups of a club, and the form that creates one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect

from astral.http.forms import InputField, SerializerForm
from astral.http.pages import FormPage
from athletes.models import Group, Organization
from athletes.organizations.groups import create_group
from athletes.organizations.pages.bulk_actions import BulkActionQuery
from athletes.organizations.pages.choices import roster_permissions
from athletes.organizations.pages.organizations import OrganizationPage
from athletes.organizations.serializers import GroupRequest
from athletes.roles import Role, Status


class GroupNameForm(SerializerForm):
    serializer_class = GroupRequest
    name = InputField("Name", required=True, max_length=80)


class NewGroupForm(GroupNameForm):
    name = InputField("Name", hint="For example: Marathon, or Tuesday track.", required=True, max_length=80)


class GroupsPage(OrganizationPage, FormPage):
    """The groups, and the form to create one."""

    template_name = "athletes/organizations/groups.html"
    query_serializer_class = BulkActionQuery
    form_class = NewGroupForm
    club: Organization

    def load_target(self) -> None:
        self.club = self.organization(self.parse_query().get("org_id"))

    def save(self, values: dict[str, Any]) -> HttpResponse:
        group = create_group(self.club, values["name"])
        messages.success(self.request, f"Group {group} created. Now add its athletes.")
        return redirect("group-page", group.public_id)

    def render_form(self, form: SerializerForm) -> HttpResponse:
        club = self.club
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
            form=form,
        )
