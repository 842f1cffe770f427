"""Staff pages of users and organizations. One long file, because all tests use `read_form`."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from athletes.models import Athlete, Group, Membership, Organization, Threshold, User
from athletes.roles import Role
from tests.support.cast import ApiClient, Cast, create_member, create_person, create_run

MODELS = (User, Athlete, Organization, Membership, Group, Threshold)


@pytest.fixture
def root(db: None) -> Client:
    """A signed-in superuser."""
    client = Client()
    client.force_login(create_person("root", is_staff=True, is_superuser=True))
    return client


def admin_url(model: Any, page: str, *ids: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=ids)


def sign_in_staff(user: User, *codenames: str) -> Client:
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def read_form(page: Any, **changes: Any) -> dict[str, Any]:
    """The form data of an admin page as a browser would send it, with some fields changed."""
    context = page.context
    forms = [context["adminform"].form]
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    data: dict[str, Any] = {}
    for form in forms:
        for bound in form:
            add_field(data, bound)
    return data | changes


def add_field(data: dict[str, Any], bound: Any) -> None:
    value = bound.value()
    if value is None or value is False or bound.field.disabled:
        return
    widget = bound.field.widget
    if hasattr(widget, "decompress"):
        parts = widget.decompress(value)
        data |= {f"{bound.html_name}_{i}": str(part) for i, part in enumerate(parts)}
    else:
        data[bound.html_name] = value if isinstance(value, list) else bound.field.prepare_value(value)


def version(user: User) -> int:
    return Athlete.objects.get(pk=user.pk).data_version


def threshold(user: User, kind: str = "lthr", value: float = 170.0, day: str = "2026-01-01") -> Threshold:
    return Threshold.objects.create(athlete_id=user.pk, kind=kind, value=value, valid_from=day)


def create_one_of_each(cast: Cast) -> dict[Any, Any]:
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(cast.ada.memberships.get())
    return {
        User: cast.ada.pk,
        Athlete: cast.ada.pk,
        Organization: cast.harbour.pk,
        Membership: cast.ada.memberships.get().pk,
        Group: group.pk,
        Threshold: threshold(cast.ada).pk,
    }


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


@pytest.mark.parametrize("values", [3, 30])
def test_athlete_page_makes_the_same_statements_for_3_and_30_thresholds(
    cast: Cast, root: Client, values: int, django_assert_num_queries: Any
) -> None:
    for number in range(values):
        threshold(cast.ada, day=f"2026-03-{number + 1:02}")
    # Session, viewer, the athlete with its user, the thresholds.
    with django_assert_num_queries(4):
        page = root.get(admin_url(Athlete, "change", cast.ada.pk))
    assert page.context["inline_admin_formsets"][0].formset.initial_form_count() == values


def test_athlete_page_shows_the_newest_30_thresholds(cast: Cast, root: Client) -> None:
    for month in (1, 2, 3):
        for day in range(1, 21):
            threshold(cast.ada, day=f"2026-{month:02}-{day:02}")
    threshold(cast.ben, day="2026-05-01")
    page = root.get(admin_url(Athlete, "change", cast.ada.pk))
    days = [
        form.instance.valid_from for form in page.context["inline_admin_formsets"][0].formset.initial_forms
    ]
    assert (len(days), str(days[0]), str(days[-1])) == (30, "2026-03-20", "2026-02-11")
    assert root.post(admin_url(Athlete, "change", cast.ada.pk), read_form(page)).status_code == 302


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


def test_changed_time_zone_is_confirmed_and_raises_the_version(cast: Cast, root: Client) -> None:
    path = admin_url(Athlete, "change", cast.otto.pk)
    before = version(cast.otto)
    page = root.get(path)
    assert root.post(path, read_form(page, timezone="Mars/Base")).context["adminform"].form.errors["timezone"]
    assert version(cast.otto) == before
    assert root.post(path, read_form(page, timezone="Europe/Paris")).status_code == 302
    otto = Athlete.objects.get(pk=cast.otto.pk)
    assert (otto.timezone, otto.timezone_confirmed, otto.units_confirmed) == ("Europe/Paris", True, False)
    assert otto.data_version == before + 1


def test_threshold_added_on_athlete_page_raises_the_version(cast: Cast, root: Client) -> None:
    path = admin_url(Athlete, "change", cast.ada.pk)
    before = version(cast.ada)
    row = {"kind": "hr_max", "value": "191", "source": "laboratory", "valid_from": "2026-02-01"}
    form = read_form(root.get(path)) | {f"thresholds-0-{name}": value for name, value in row.items()}
    assert root.post(path, form | {"thresholds-TOTAL_FORMS": "1"}).status_code == 302
    assert Threshold.objects.get(athlete_id=cast.ada.pk).value == 191
    assert version(cast.ada) == before + 1


@pytest.mark.parametrize(
    ("kind", "value"), [("hr_rest", 150), ("threshold_pace", 60), ("vdot", 95), ("mass_kg", 19)]
)
def test_threshold_outside_human_limits_is_refused(cast: Cast, root: Client, kind: str, value: float) -> None:
    form = {
        "athlete": cast.ada.pk,
        "kind": kind,
        "value": value,
        "source": "coach",
        "valid_from": "2026-02-01",
    }
    page = root.post(admin_url(Threshold, "add"), form)
    assert "value" in page.context["adminform"].form.errors
    lowest, _ = Threshold.LIMITS[kind]
    before = version(cast.ada)
    assert root.post(admin_url(Threshold, "add"), form | {"value": lowest}).status_code == 302
    assert version(cast.ada) == before + 1


def test_threshold_cannot_move_to_a_day_that_has_one(cast: Cast, root: Client) -> None:
    threshold(cast.ada, day="2026-01-01")
    later = threshold(cast.ada, day="2026-02-01")
    path = admin_url(Threshold, "change", later.pk)
    page = root.post(path, read_form(root.get(path), valid_from="2026-01-01"))
    assert page.status_code == 200
    assert page.context["adminform"].form.errors


def test_threshold_cannot_move_to_another_athlete(cast: Cast, root: Client) -> None:
    row = threshold(cast.ada)
    path = admin_url(Threshold, "change", row.pk)
    assert root.post(path, read_form(root.get(path), athlete=cast.ben.pk, value=171)).status_code == 302
    row.refresh_from_db()
    assert (row.athlete_id, row.value) == (cast.ada.pk, 171)


def test_deleted_thresholds_raise_only_the_versions_of_their_athletes(cast: Cast, root: Client) -> None:
    rows = [threshold(cast.ada), threshold(cast.ben), threshold(cast.ada, "hr_max")]
    people = (cast.ada, cast.ben, cast.zoe)
    before = [version(user) for user in people]
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows[:2]], "post": "yes"}
    assert root.post(admin_url(Threshold, "changelist"), chosen).status_code == 302
    assert [version(user) for user in people] == [before[0] + 1, before[1] + 1, before[2]]
    assert root.post(admin_url(Threshold, "delete", rows[2].pk), {"post": "yes"}).status_code == 302
    assert version(cast.ada) == before[0] + 2
    assert not Threshold.objects.exists()


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


def test_membership_can_be_added_on_the_user_page(cast: Cast, root: Client) -> None:
    path = admin_url(User, "change", cast.otto.pk)
    row = {"organization": cast.hill.pk, "role": "athlete", "status": "active"}
    form = read_form(root.get(path)) | {f"memberships-0-{name}": value for name, value in row.items()}
    assert root.post(path, form | {"memberships-TOTAL_FORMS": "1"}).status_code == 302
    assert cast.otto.memberships.get().organization == cast.hill


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


def test_delete_page_shows_counts_and_deletes_all_rows(
    cast: Cast, root: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(40):
        create_run(cast.ada)
    threshold(cast.ada)
    path = admin_url(User, "delete", cast.ada.pk)
    with django_assert_max_num_queries(34):
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


def test_admin_index_lists_training_groups_and_no_empty_logs(root: Client) -> None:
    html = root.get("/admin/").content.decode()
    assert html.count(">Groups</a>") == 1
    assert "Access attempts" in html
    assert "Access logs" not in html
