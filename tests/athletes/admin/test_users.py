"""Staff pages of users: add, change, delete, permissions."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from athletes.models import Athlete, User
from athletes.organizations.consent import load_consents
from tests.athletes.admin.admin_pages import (
    admin_url,
    read_form,
    sign_in_staff,
    threshold,
    version,
)
from tests.support.cast import ApiClient, Cast, create_person, create_run


def test_add_user_stores_lower_case_address_and_creates_athlete(root: Client) -> None:
    form = {
        "email": "Nina.New@Example.TEST",
        "display_name": "Nina New",
        "usable_password": "true",
        "password1": "a long enough one",
        "password2": "a long enough one",
    }
    assert root.post(admin_url(User, "add"), form).status_code == 302
    nina = User.objects.get(email="nina.new@example.test")
    assert nina.athlete.timezone == "UTC"
    assert nina.username.startswith("nina.new-")
    assert nina.check_password("a long enough one")


def test_add_user_works_without_a_password(root: Client) -> None:
    form = {"email": "nopass@example.test", "usable_password": "false"}
    assert root.post(admin_url(User, "add"), form).status_code == 302
    assert not User.objects.get(email="nopass@example.test").has_usable_password()


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"email": "ADA@example.test", "usable_password": "false"}, "email"),
        (
            {
                "email": "n@example.test",
                "usable_password": "true",
                "password1": "one two 3",
                "password2": "other",
            },
            "password2",
        ),
        ({"email": "no address", "usable_password": "false"}, "email"),
    ],
)
def test_add_user_shows_error_at_the_field(
    cast: Cast, root: Client, form: dict[str, str], field: str
) -> None:
    page = root.post(admin_url(User, "add"), form)
    assert page.status_code == 200
    assert field in page.context["adminform"].form.errors


def test_password_form_of_django_sets_a_password(cast: Cast, root: Client) -> None:
    path = reverse("admin:auth_user_password_change", args=[cast.ada.pk])
    assert root.get(path).status_code == 200
    passwords = {"usable_password": "true", "password1": "brand new words", "password2": "brand new words"}
    assert root.post(path, {**passwords, "set-password": "1"}).status_code == 302
    assert User.objects.get(pk=cast.ada.pk).check_password("brand new words")


def test_change_user_updates_lower_case_address_and_search_key(cast: Cast, root: Client) -> None:
    path = admin_url(User, "change", cast.ada.pk)
    before = version(cast.ada)
    form = read_form(root.get(path), email="Ada.New@Example.Test", display_name="Ada Ångström")
    assert root.post(path, form).status_code == 302
    ada = User.objects.get(pk=cast.ada.pk)
    assert (ada.email, ada.search_key) == ("ada.new@example.test", "ada ada.new@example.test ada angstrom")
    assert version(ada) == before + 1


def test_change_user_does_not_overwrite_concurrent_changes(cast: Cast, root: Client) -> None:
    path = admin_url(User, "change", cast.ada.pk)
    form = read_form(root.get(path), display_name="Other", **{"athlete-0-timezone": "Asia/Tokyo"})
    Athlete.objects.filter(pk=cast.ada.pk).update(data_version=40)
    User.objects.filter(pk=cast.ada.pk).update(session_epoch=7)
    assert root.post(path, form | {"session_epoch": 0, "athlete-0-data_version": 0}).status_code == 302
    ada = User.objects.select_related("athlete").get(pk=cast.ada.pk)
    assert (ada.display_name, ada.session_epoch) == ("Other", 7)
    assert (ada.athlete.timezone, ada.athlete.data_version) == ("Asia/Tokyo", 41)


def test_membership_can_be_added_on_the_user_page(cast: Cast, root: Client) -> None:
    path = admin_url(User, "change", cast.otto.pk)
    row = {"organization": cast.hill.pk, "role": "athlete", "status": "active"}
    form = read_form(root.get(path)) | {f"memberships-0-{name}": value for name, value in row.items()}
    assert root.post(path, form | {"memberships-TOTAL_FORMS": "1"}).status_code == 302
    assert cast.otto.memberships.get().organization == cast.hill
    assert not load_consents(cast.otto.athlete, cast.hill)["health"]  # nobody asked Otto


def test_delete_page_shows_counts_and_deletes_all_rows(
    cast: Cast, root: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(40):
        create_run(cast.ada)
    threshold(cast.ada)
    path = admin_url(User, "delete", cast.ada.pk)
    with django_assert_max_num_queries(91):  # one for each way to a model, and six for the page
        page = root.get(path)
    counts = dict(page.context["model_count"])
    assert (counts["activities"], counts["memberships"], counts["thresholds"], counts["users"]) == (
        40,
        1,
        1,
        1,
    )
    assert root.post(path, {"post": "yes"}).status_code == 302
    assert not Athlete.objects.filter(pk=cast.ada.pk).exists()


def test_delete_needs_permission_for_all_cascading_models(cast: Cast) -> None:
    client = sign_in_staff(cast.stella, "view_user", "delete_user")
    page = client.get(admin_url(User, "delete", cast.ada.pk))
    assert "membership" in page.context["perms_lacking"]
    assert client.post(admin_url(User, "delete", cast.ada.pk), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=cast.ada.pk).exists()


def test_action_end_every_token_signs_out_everywhere(cast: Cast, root: Client) -> None:
    phone, tablet, other = ApiClient(cast.ada), ApiClient(cast.ada), ApiClient(cast.ben)
    pages = Client()
    pages.force_login(cast.ada)
    chosen = {"action": "end_every_token", "_selected_action": [cast.ada.pk]}
    assert root.post(admin_url(User, "changelist"), chosen).status_code == 302
    assert [client.get("/api/v1/auth/me").status_code for client in (phone, tablet, other)] == [401, 401, 200]
    assert pages.get("/api/v1/auth/me").status_code == 401


def test_admin_does_not_show_token_digests(cast: Cast, root: Client) -> None:
    assert not admin.site.is_registered(AuthToken)
    ApiClient(cast.ada)
    digest = AuthToken.objects.get().digest
    assert digest not in root.get(admin_url(User, "change", cast.ada.pk)).content.decode()


def test_staff_cannot_grant_permissions(cast: Cast) -> None:
    client = sign_in_staff(
        cast.stella, "view_user", "change_user", "view_athlete", "change_athlete", "view_membership"
    )
    path = admin_url(User, "change", cast.otto.pk)
    form = read_form(client.get(path), is_staff="on", is_superuser="on", display_name="Otto O")
    assert client.post(path, form).status_code == 302
    otto = User.objects.get(pk=cast.otto.pk)
    assert (otto.display_name, otto.is_staff, otto.is_superuser) == ("Otto O", False, False)
    assert client.post(admin_url(User, "change", cast.stella.pk), {"is_superuser": "on"}).status_code == 403


def test_staff_cannot_change_or_delete_a_superuser(cast: Cast) -> None:
    boss = create_person("boss", is_staff=True, is_superuser=True)
    everything = Permission.objects.filter(content_type__app_label__in=("athletes", "metrics", "coaching"))
    client = sign_in_staff(cast.stella, *everything.values_list("codename", flat=True))
    assert client.get(reverse("admin:auth_user_password_change", args=[boss.pk])).status_code == 403
    assert client.post(admin_url(User, "delete", boss.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [boss.pk, cast.otto.pk], "post": "yes"}
    assert client.post(admin_url(User, "changelist"), chosen).status_code == 403
    assert User.objects.filter(pk__in=[boss.pk, cast.otto.pk]).count() == 2
