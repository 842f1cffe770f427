"""Staff pages of organizations, memberships and groups."""

from __future__ import annotations

import re

from django.test import Client

from athletes.models import Group, Membership, Organization
from athletes.organizations.consent import load_consents
from tests.athletes.admin.admin_pages import (
    admin_url,
    read_form,
    version,
)
from tests.support.cast import Cast


def test_second_head_coach_is_refused_with_an_error_message(cast: Cast, root: Client) -> None:
    carl = cast.carl.memberships.get()
    path = admin_url(Membership, "change", carl.pk)
    page = root.post(path, read_form(root.get(path), role="head_coach"))
    assert page.status_code == 200
    assert page.context["adminform"].form.errors
    assert root.post(path, read_form(root.get(path), role="athlete", labels="fast,young")).status_code == 302
    carl.refresh_from_db()
    assert (carl.role, carl.labels, carl.organization_id) == ("athlete", ["fast", "young"], cast.harbour.pk)


def test_assigned_coach_must_coach_in_the_same_organization(cast: Cast, root: Client) -> None:
    ben = cast.ben.memberships.get()
    before = version(cast.ben)
    path = admin_url(Membership, "change", ben.pk)
    page = root.post(path, read_form(root.get(path), assigned_coach=cast.zora.pk))
    assert "assigned_coach" in page.context["adminform"].form.errors
    assert root.post(path, read_form(root.get(path), assigned_coach=cast.carl.pk)).status_code == 302
    ben.refresh_from_db()
    assert ben.assigned_coach_id == cast.carl.pk
    assert version(cast.ben) == before + 1


def test_group_members_must_belong_to_its_organization(cast: Cast, root: Client) -> None:
    form = {"organization": cast.harbour.pk, "name": "Milers", "people": [cast.ada.pk, cast.zoe.pk]}
    page = root.post(admin_url(Group, "add"), form)
    assert "Zoe" in str(page.context["adminform"].form.errors["people"])
    before = version(cast.ada)
    assert root.post(admin_url(Group, "add"), form | {"people": [cast.ada.pk]}).status_code == 302
    group = Group.objects.get()
    assert [row.user for row in group.members.select_related("user")] == [cast.ada]
    assert version(cast.ada) == before + 1


def test_group_changes_raise_the_versions_of_affected_members(cast: Cast, root: Client) -> None:
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(cast.ada.memberships.get())
    people = (cast.ada, cast.ben, cast.lea)
    before = [version(user) for user in people]
    path = admin_url(Group, "change", group.pk)
    assert root.post(path, read_form(root.get(path), people=[cast.ben.pk])).status_code == 302
    assert [row.user_id for row in group.members.all()] == [cast.ben.pk]
    assert [version(user) for user in people] == [before[0] + 1, before[1] + 1, before[2]]
    chosen = {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"}
    assert root.post(admin_url(Group, "changelist"), chosen).status_code == 302
    assert version(cast.ben) == before[1] + 2
    assert cast.ben.memberships.exists()


def test_organization_list_counts_active_members_and_links_to_them(cast: Cast, root: Client) -> None:
    page = root.get(admin_url(Organization, "changelist"), {"q": "harbour"})
    club = page.context["cl"].queryset.get()
    assert (club.athletes, club.coaches) == (2, 3)
    link = re.search(r'href="([^"]*membership/\?[^"]*)"', page.content.decode())
    assert link
    assert root.get(link[1]).context["cl"].result_count == 7


def test_member_whom_staff_add_shares_no_health(cast: Cast, root: Client) -> None:
    address = "/admin/athletes/membership/add/"
    form = read_form(root.get(address)) | {
        "user": str(cast.otto.pk),
        "organization": str(cast.hill.pk),
        "role": "athlete",
        "status": "active",
    }
    assert root.post(address, form).status_code == 302
    assert load_consents(cast.otto.athlete, cast.hill) == {
        "activities": True,
        "health": False,
        "goals_and_plans": True,
    }
    zoe = cast.zoe.memberships.get()
    change = f"/admin/athletes/membership/{zoe.pk}/change/"
    assert root.post(change, read_form(root.get(change)) | {"level": "advanced"}).status_code == 302
    assert load_consents(cast.zoe.athlete, cast.hill)["health"]  # she keeps what she shares
