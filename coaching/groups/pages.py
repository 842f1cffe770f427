"""The page of a training group: weekly training, athletes, plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from astral.http.errors import ApiError
from astral.http.fields import StrictSerializer, TextField
from astral.http.forms import SerializerForm
from astral.http.pages import ActionPage, FormPage
from astral.ids import encode
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.models import Group, Membership, Organization, User
from athletes.models.querysets import MembershipQuerySet
from athletes.organizations.groups import delete_group, rename_group
from athletes.organizations.pages.choices import RosterChoice, RosterPermissions, roster_permissions
from athletes.organizations.pages.groups import GroupNameForm
from athletes.rights import ARRANGE, Visibility
from coaching.groups.plans import GroupPlans, load_group_plans
from coaching.groups.presentation import (
    build_athlete_row,
    build_plan_rows,
    build_today_rows,
    build_weeks_chart,
)
from coaching.groups.todays_sessions import load_todays_sessions
from coaching.groups.training_weeks import GroupAthlete, GroupWeeks, load_group_weeks

WEEKS_SHOWN = 12
MAX_OFFERED_ATHLETES = 20  # offered to be added to the group


class GroupPageQuery(StrictSerializer):
    search = TextField(
        required=False, max_length=200, help_text="Name or e-mail address of the athlete to add."
    )


class GroupPageBase(ProtectedPage):
    """Base of the group's pages."""

    group: Group

    def load_target(self) -> None:
        """Load a group of a club that the viewer may see. Its club becomes the current club."""
        clubs = Organization.objects.reached_by(self.permit.viewer, self.permit.row.right)
        identifier = parse_id(Group.prefix, self.kwargs["group_id"], "group_id")
        groups = Group.objects.filter(pk=identifier, organization__in=clubs)
        self.group = self.permit.get_or_forbidden(groups.first())
        self.group.organization = self.organization(self.group.organization_id)


class GroupPage(GroupPageBase, FormPage):
    """The group, and the form to rename it.

    At most 13 statements besides those for the user and the club, for any number of athletes.
    """

    template_name = "coaching/groups/group.html"
    query_serializer_class = GroupPageQuery

    def build_form(self, data: QueryDict | None = None) -> GroupNameForm:
        return GroupNameForm(data, initial={"name": self.group.name})

    def save(self, values: dict[str, Any]) -> HttpResponse:
        try:
            rename_group(self.group, values["name"])
        except ApiError:
            self.group.refresh_from_db(fields=["name"])  # the page shows the stored name
            raise
        messages.success(self.request, f"Group renamed to {self.group}.")
        return redirect("group-page", self.group.public_id)

    def render_form(self, form: SerializerForm) -> HttpResponse:
        group = self.group
        now, club = timezone.now(), group.organization
        members = self.permit.members(club).active().athletes().filter(groups=group)
        group_weeks = load_group_weeks(self.person, members, now, WEEKS_SHOWN)
        allowed, units = roster_permissions(self.page_user, self.person, club), self.page_user.units
        search = self.parse_query().get("search", "")
        plans = load_group_plans(self.person, group, members, now)
        visibilities = self._note_shown_members(group_weeks, plans)
        return self.page(
            section="groups",
            club=club,
            group=group,
            here=reverse("group-page", args=[group.public_id]),
            chart=build_weeks_chart(group_weeks, units),
            rows=[
                build_athlete_row(athlete, units, may_leave=self._can_leave(athlete, allowed))
                for athlete in group_weeks.athletes
            ],
            plans=build_plan_rows(plans, group_weeks.athletes, now),
            todays=build_today_rows(load_todays_sessions(visibilities, now), group_weeks.athletes, units),
            trained=sum(
                bool(athlete.training_weeks and athlete.training_weeks.this_week.activity_count)
                for athlete in group_weeks.athletes
            ),
            withheld=sum(athlete.training_weeks is None for athlete in group_weeks.athletes),
            may=allowed,
            search=search,
            offered=self._find_addable_athletes(group, search) if allowed.arrange else (),
            most_shown=MAX_OFFERED_ATHLETES,
            first_offered=f":{MAX_OFFERED_ATHLETES}",
            form=form,
        )

    def _note_shown_members(self, weeks: GroupWeeks, plans: GroupPlans) -> dict[UUID, Visibility]:
        visibilities = {
            athlete.user_id: Visibility(
                activities=athlete.training_weeks is not None,
                goals_and_plans=athlete.user_id in plans.sharing_ids,
            )
            for athlete in weeks.athletes
        }
        self.permit.note_shown(visibilities, visibilities)
        return visibilities

    def _can_leave(self, athlete: GroupAthlete, allowed: RosterPermissions) -> bool:
        may_arrange = not allowed.arrange_assigned or athlete.assigned_coach_id == self.person.pk
        return allowed.arrange and may_arrange

    def _find_addable_athletes(self, group: Group, search: str) -> Sequence[RosterChoice]:
        """Return the first athletes by name whom the viewer may add; one more than shown."""
        return find_addable_athletes(Membership.objects.reached_by(self.person, ARRANGE), group, search)


def find_addable_athletes(members: MembershipQuerySet, group: Group, search: str) -> list[RosterChoice]:
    outside = members.filter(organization=group.organization_id).active().athletes().exclude(groups=group)
    rows = outside.matching(search).order_by("user__display_name", "user__username")
    names = rows.values_list("user_id", "user__display_name", "user__username")[: MAX_OFFERED_ATHLETES + 1]
    return [
        RosterChoice(pk, encode(User.prefix, pk), display_name or username)
        for pk, display_name, username in names
    ]


class GroupDeletePage(GroupPageBase, ActionPage):
    return_page = "groups-page"

    def apply_change(self, values: dict[str, Any]) -> str:
        delete_group(self.group)
        return f"Group {self.group.name} deleted. Its athletes are still in {self.group.organization}."
