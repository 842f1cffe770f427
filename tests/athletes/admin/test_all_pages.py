"""Staff pages of users and organizations: access, search and lists."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from athletes.models import Athlete, Group, Membership, Organization, Threshold, User
from athletes.roles import Role
from tests.athletes.admin.admin_pages import (
    MODELS,
    admin_url,
    create_one_of_each,
    sign_in_staff,
    threshold,
)
from tests.support.cast import Cast, create_member, create_person


def test_superuser_opens_every_admin_page(cast: Cast, root: Client) -> None:
    rows = create_one_of_each(cast)
    for model in MODELS:
        pages = [("changelist",), ("change", rows[model]), ("history", rows[model])]
        if model is not Athlete:
            pages += [("add",), ("delete", rows[model])]
        for page in pages:
            assert root.get(admin_url(model, *page)).status_code == 200, page
    assert root.get("/admin/").status_code == 200
    assert "Astral" in root.get("/admin/").content.decode()


def test_athlete_pages_have_no_add_or_delete(cast: Cast, root: Client) -> None:
    assert root.get(admin_url(Athlete, "add")).status_code == 403
    assert root.get(admin_url(Athlete, "delete", cast.ada.pk)).status_code == 403


def test_admin_pages_have_no_inline_scripts_or_styles(cast: Cast, root: Client) -> None:
    rows = create_one_of_each(cast)
    for model in MODELS:
        for page in (
            root.get(admin_url(model, "changelist")),
            root.get(admin_url(model, "change", rows[model])),
        ):
            html = page.content.decode()
            assert "unsafe" not in page["Content-Security-Policy"]
            assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", html)
            assert not re.findall(r"<[^>]+\s(?:style|on[a-z]+)=", html)


def test_admin_redirects_non_staff_to_sign_in(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ada)
    for viewer in (client, Client()):
        for model in MODELS:
            answer = viewer.get(admin_url(model, "changelist"))
            assert answer.status_code == 302
            assert answer["Location"].startswith("/admin/login/")


def test_staff_without_permissions_see_no_lists(cast: Cast) -> None:
    client = sign_in_staff(cast.stella)
    assert client.get("/admin/").status_code == 200
    assert {client.get(admin_url(model, "changelist")).status_code for model in MODELS} == {403}


def test_staff_with_view_permission_cannot_save(cast: Cast) -> None:
    client = sign_in_staff(cast.stella, *(f"view_{model._meta.model_name}" for model in MODELS))
    for model, row in create_one_of_each(cast).items():
        page = client.get(admin_url(model, "change", row))
        assert page.status_code == 200
        assert b'name="_save"' not in page.content
        assert client.post(admin_url(model, "change", row), {}).status_code == 403


def test_admin_sign_in_ignores_capitals_in_the_address(cast: Cast) -> None:
    User.objects.create_superuser("boss@example.test", "correct horse battery")
    answer = Client().post(
        "/admin/login/", {"username": "BOSS@Example.test", "password": "correct horse battery"}
    )
    assert answer.status_code == 302


@pytest.mark.parametrize(
    "term", ["lucja angstrom", "ÅNGSTRÖM", "łucja", "Lucja@Example", "  angstrom   lucja "]
)
@pytest.mark.parametrize("model", [User, Athlete, Membership, Threshold])
def test_search_ignores_accents_and_capitals(cast: Cast, root: Client, model: Any, term: str) -> None:
    lucja = create_person("lucja")
    lucja.display_name = "Łucja Ångström"
    lucja.save()
    create_member(lucja, cast.harbour)
    for user in (lucja, cast.ada):
        threshold(user)
    found = root.get(admin_url(model, "changelist"), {"q": term}).context["cl"].queryset
    assert {getattr(row, "athlete_id", getattr(row, "user_id", row.pk)) for row in found} == {lucja.pk}


def test_user_search_can_use_the_trigram_index(cast: Cast, root: Client) -> None:
    rows = root.get(admin_url(User, "changelist"), {"q": "Ångström"}).context["cl"].queryset
    assert "UPPER" not in str(rows.query)
    assert "::text LIKE %angstrom%" in str(rows.query)


def test_autocomplete_finds_users_by_name(cast: Cast, root: Client) -> None:
    source = {"app_label": "athletes", "model_name": "membership", "field_name": "user", "term": "ADA"}
    assert [found["text"] for found in root.get("/admin/autocomplete/", source).json()["results"]] == ["Ada"]
    source = {"app_label": "athletes", "model_name": "threshold", "field_name": "athlete", "term": "ádá"}
    assert [found["text"] for found in root.get("/admin/autocomplete/", source).json()["results"]] == ["Ada"]


def test_change_pages_do_not_list_all_users(cast: Cast, root: Client) -> None:
    rows = create_one_of_each(cast)
    for model in (User, Athlete, Membership, Group, Threshold):
        html = root.get(admin_url(model, "change", rows[model])).content.decode()
        assert str(cast.zoe.pk) not in html


# For each list: session, viewer, COUNT and the rows. For users also memberships and their organizations.
STATEMENTS = {User: 6, Athlete: 4, Organization: 4, Membership: 4, Group: 4, Threshold: 4}


@pytest.mark.parametrize("people", [3, 30])
def test_list_makes_the_same_statements_for_3_and_30_rows(
    root: Client, people: int, django_assert_num_queries: Any
) -> None:
    for number in range(people):
        club = Organization.objects.create(name=f"Club {number}")
        coach = create_person(f"coach{number}")
        create_member(coach, club, Role.COACH)
        user = create_person(f"runner{number}")
        group = Group.objects.create(organization=club, name="Milers")
        group.members.add(create_member(user, club, assigned_coach=coach))
        threshold(user)
    for model, statements in STATEMENTS.items():
        with django_assert_num_queries(statements):
            page = root.get(admin_url(model, "changelist"))
        assert page.context["cl"].result_count >= people


def test_admin_index_lists_training_groups_and_no_empty_logs(root: Client) -> None:
    html = root.get("/admin/").content.decode()
    assert html.count(">Groups</a>") == 1
    assert "Access attempts" in html
    assert "Access logs" not in html
