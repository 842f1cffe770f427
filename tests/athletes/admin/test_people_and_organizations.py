"""Staff pages over people and clubs; one long file, because all of its tests fill in forms as `sent` does."""

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
    """A superuser, signed in."""
    client = Client()
    client.force_login(create_person("root", is_staff=True, is_superuser=True))
    return client


def address(model: Any, page: str, *ids: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=ids)


def staff(user: User, *codenames: str) -> Client:
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def sent(page: Any, **changes: Any) -> dict[str, Any]:
    """The form of an admin page as a browser would send it back, with some fields changed."""
    context = page.context
    forms = [context["adminform"].form]
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    data: dict[str, Any] = {}
    for form in forms:
        for bound in form:
            _add(data, bound)
    return data | changes


def _add(data: dict[str, Any], bound: Any) -> None:
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


def one_of_each(cast: Cast) -> dict[Any, Any]:
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


def test_every_list_form_and_page_opens_for_a_superuser(cast: Cast, root: Client) -> None:
    rows = one_of_each(cast)
    for model in MODELS:
        pages = [("changelist",), ("change", rows[model]), ("history", rows[model])]
        if model is not Athlete:
            pages += [("add",), ("delete", rows[model])]
        for page in pages:
            assert root.get(address(model, *page)).status_code == 200, page
    assert root.get("/admin/").status_code == 200
    assert "Astral" in root.get("/admin/").content.decode()


def test_an_athlete_is_made_and_removed_with_its_user_only(cast: Cast, root: Client) -> None:
    assert root.get(address(Athlete, "add")).status_code == 403
    assert root.get(address(Athlete, "delete", cast.ada.pk)).status_code == 403


def test_no_page_needs_what_the_content_security_policy_forbids(cast: Cast, root: Client) -> None:
    rows = one_of_each(cast)
    for model in MODELS:
        for page in (root.get(address(model, "changelist")), root.get(address(model, "change", rows[model]))):
            html = page.content.decode()
            assert "unsafe" not in page["Content-Security-Policy"]
            assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", html)
            assert not re.findall(r"<[^>]+\s(?:style|on[a-z]+)=", html)


def test_who_is_no_staff_is_sent_to_sign_in(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ada)
    for viewer in (client, Client()):
        for model in MODELS:
            answer = viewer.get(address(model, "changelist"))
            assert answer.status_code == 302
            assert answer["Location"].startswith("/admin/login/")


def test_staff_without_a_permission_see_nothing(cast: Cast) -> None:
    client = staff(cast.stella)
    assert client.get("/admin/").status_code == 200
    assert {client.get(address(model, "changelist")).status_code for model in MODELS} == {403}


def test_staff_who_may_only_look_get_every_page_without_a_button(cast: Cast) -> None:
    client = staff(cast.stella, *(f"view_{model._meta.model_name}" for model in MODELS))
    for model, row in one_of_each(cast).items():
        page = client.get(address(model, "change", row))
        assert page.status_code == 200
        assert b'name="_save"' not in page.content
        assert client.post(address(model, "change", row), {}).status_code == 403


def test_a_coach_who_signs_in_by_address_in_capitals_reaches_the_admin(cast: Cast) -> None:
    User.objects.create_superuser("boss@example.test", "correct horse battery")
    answer = Client().post(
        "/admin/login/", {"username": "BOSS@Example.test", "password": "correct horse battery"}
    )
    assert answer.status_code == 302


@pytest.mark.parametrize(
    "term", ["lucja angstrom", "ÅNGSTRÖM", "łucja", "Lucja@Example", "  angstrom   lucja "]
)
@pytest.mark.parametrize("model", [User, Athlete, Membership, Threshold])
def test_a_person_is_found_without_accents_and_capitals(
    cast: Cast, root: Client, model: Any, term: str
) -> None:
    lucja = create_person("lucja")
    lucja.display_name = "Łucja Ångström"
    lucja.save()
    create_member(lucja, cast.harbour)
    for user in (lucja, cast.ada):
        threshold(user)
    found = root.get(address(model, "changelist"), {"q": term}).context["cl"].queryset
    assert {getattr(row, "athlete_id", getattr(row, "user_id", row.pk)) for row in found} == {lucja.pk}


def test_the_search_for_a_person_can_use_the_trigram_index(cast: Cast, root: Client) -> None:
    rows = root.get(address(User, "changelist"), {"q": "Ångström"}).context["cl"].queryset
    assert "UPPER" not in str(rows.query)
    assert "::text LIKE %angstrom%" in str(rows.query)


def test_autocomplete_offers_people_by_name(cast: Cast, root: Client) -> None:
    source = {"app_label": "athletes", "model_name": "membership", "field_name": "user", "term": "ADA"}
    assert [found["text"] for found in root.get("/admin/autocomplete/", source).json()["results"]] == ["Ada"]
    source = {"app_label": "athletes", "model_name": "threshold", "field_name": "athlete", "term": "ádá"}
    assert [found["text"] for found in root.get("/admin/autocomplete/", source).json()["results"]] == ["Ada"]


def test_no_page_carries_a_list_of_everybody(cast: Cast, root: Client) -> None:
    rows = one_of_each(cast)
    for model in (User, Athlete, Membership, Group, Threshold):
        html = root.get(address(model, "change", rows[model])).content.decode()
        assert str(cast.zoe.pk) not in html


# Of each list: session, who is asking, COUNT and the page; for users also memberships and their clubs.
STATEMENTS = {User: 6, Athlete: 4, Organization: 4, Membership: 4, Group: 4, Threshold: 4}


@pytest.mark.parametrize("people", [3, 30])
def test_a_list_makes_the_same_statements_for_3_rows_and_30(
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
            page = root.get(address(model, "changelist"))
        assert page.context["cl"].result_count >= people


@pytest.mark.parametrize("values", [3, 30])
def test_the_page_of_an_athlete_makes_the_same_statements_for_3_thresholds_and_30(
    cast: Cast, root: Client, values: int, django_assert_num_queries: Any
) -> None:
    for number in range(values):
        threshold(cast.ada, day=f"2026-03-{number + 1:02}")
    # Session, who is asking, the athlete with its user, the thresholds.
    with django_assert_num_queries(4):
        page = root.get(address(Athlete, "change", cast.ada.pk))
    assert page.context["inline_admin_formsets"][0].formset.initial_form_count() == values


def test_the_page_of_an_athlete_shows_the_newest_thresholds_of_many(cast: Cast, root: Client) -> None:
    for month in (1, 2, 3):
        for day in range(1, 21):
            threshold(cast.ada, day=f"2026-{month:02}-{day:02}")
    threshold(cast.ben, day="2026-05-01")
    page = root.get(address(Athlete, "change", cast.ada.pk))
    days = [
        form.instance.valid_from for form in page.context["inline_admin_formsets"][0].formset.initial_forms
    ]
    assert (len(days), str(days[0]), str(days[-1])) == (30, "2026-03-20", "2026-02-11")
    assert root.post(address(Athlete, "change", cast.ada.pk), sent(page)).status_code == 302


def test_a_new_user_signs_in_with_the_address_in_lower_case_and_has_an_athlete(root: Client) -> None:
    form = {
        "email": "Nina.New@Example.TEST",
        "display_name": "Nina New",
        "usable_password": "true",
        "password1": "a long enough one",
        "password2": "a long enough one",
    }
    assert root.post(address(User, "add"), form).status_code == 302
    nina = User.objects.get(email="nina.new@example.test")
    assert nina.athlete.timezone == "UTC"
    assert nina.username.startswith("nina.new-")
    assert nina.check_password("a long enough one")


def test_a_new_user_can_come_without_a_password(root: Client) -> None:
    form = {"email": "nopass@example.test", "usable_password": "false"}
    assert root.post(address(User, "add"), form).status_code == 302
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
def test_a_new_user_that_cannot_be_is_refused_at_the_field(
    cast: Cast, root: Client, form: dict[str, str], field: str
) -> None:
    page = root.post(address(User, "add"), form)
    assert page.status_code == 200
    assert field in page.context["adminform"].form.errors


def test_a_password_is_set_on_djangos_own_form(cast: Cast, root: Client) -> None:
    path = reverse("admin:auth_user_password_change", args=[cast.ada.pk])
    assert root.get(path).status_code == 200
    words = {"usable_password": "true", "password1": "brand new words", "password2": "brand new words"}
    assert root.post(path, {**words, "set-password": "1"}).status_code == 302
    assert User.objects.get(pk=cast.ada.pk).check_password("brand new words")


def test_a_changed_user_keeps_her_address_in_lower_case_and_is_found_by_her_new_name(
    cast: Cast, root: Client
) -> None:
    path = address(User, "change", cast.ada.pk)
    before = version(cast.ada)
    form = sent(root.get(path), email="Ada.New@Example.Test", display_name="Ada Ångström")
    assert root.post(path, form).status_code == 302
    ada = User.objects.get(pk=cast.ada.pk)
    assert (ada.email, ada.search_key) == ("ada.new@example.test", "ada ada.new@example.test ada angstrom")
    assert version(ada) == before + 1


def test_a_saved_user_page_changes_nothing_that_happened_meanwhile(cast: Cast, root: Client) -> None:
    path = address(User, "change", cast.ada.pk)
    form = sent(root.get(path), display_name="Other", **{"athlete-0-timezone": "Asia/Tokyo"})
    Athlete.objects.filter(pk=cast.ada.pk).update(data_version=40)
    User.objects.filter(pk=cast.ada.pk).update(session_epoch=7)
    assert root.post(path, form | {"session_epoch": 0, "athlete-0-data_version": 0}).status_code == 302
    ada = User.objects.select_related("athlete").get(pk=cast.ada.pk)
    assert (ada.display_name, ada.session_epoch) == ("Other", 7)
    assert (ada.athlete.timezone, ada.athlete.data_version) == ("Asia/Tokyo", 41)


def test_a_chosen_time_zone_is_confirmed_and_raises_the_version(cast: Cast, root: Client) -> None:
    path = address(Athlete, "change", cast.otto.pk)
    before = version(cast.otto)
    page = root.get(path)
    assert root.post(path, sent(page, timezone="Mars/Base")).context["adminform"].form.errors["timezone"]
    assert version(cast.otto) == before
    assert root.post(path, sent(page, timezone="Europe/Paris")).status_code == 302
    otto = Athlete.objects.get(pk=cast.otto.pk)
    assert (otto.timezone, otto.timezone_confirmed, otto.units_confirmed) == ("Europe/Paris", True, False)
    assert otto.data_version == before + 1


def test_a_threshold_added_on_the_athletes_page_raises_the_version(cast: Cast, root: Client) -> None:
    path = address(Athlete, "change", cast.ada.pk)
    before = version(cast.ada)
    row = {"kind": "hr_max", "value": "191", "source": "laboratory", "valid_from": "2026-02-01"}
    form = sent(root.get(path)) | {f"thresholds-0-{name}": value for name, value in row.items()}
    assert root.post(path, form | {"thresholds-TOTAL_FORMS": "1"}).status_code == 302
    assert Threshold.objects.get(athlete_id=cast.ada.pk).value == 191
    assert version(cast.ada) == before + 1


@pytest.mark.parametrize(
    ("kind", "value"), [("hr_rest", 150), ("threshold_pace", 60), ("vdot", 95), ("mass_kg", 19)]
)
def test_a_threshold_beyond_what_is_humanly_possible_is_refused(
    cast: Cast, root: Client, kind: str, value: float
) -> None:
    form = {
        "athlete": cast.ada.pk,
        "kind": kind,
        "value": value,
        "source": "coach",
        "valid_from": "2026-02-01",
    }
    page = root.post(address(Threshold, "add"), form)
    assert "value" in page.context["adminform"].form.errors
    lowest, _ = Threshold.LIMITS[kind]
    before = version(cast.ada)
    assert root.post(address(Threshold, "add"), form | {"value": lowest}).status_code == 302
    assert version(cast.ada) == before + 1


def test_a_second_threshold_of_one_day_is_refused_also_when_moved_there(cast: Cast, root: Client) -> None:
    threshold(cast.ada, day="2026-01-01")
    later = threshold(cast.ada, day="2026-02-01")
    path = address(Threshold, "change", later.pk)
    page = root.post(path, sent(root.get(path), valid_from="2026-01-01"))
    assert page.status_code == 200
    assert page.context["adminform"].form.errors


def test_a_threshold_never_changes_hands(cast: Cast, root: Client) -> None:
    row = threshold(cast.ada)
    path = address(Threshold, "change", row.pk)
    assert root.post(path, sent(root.get(path), athlete=cast.ben.pk, value=171)).status_code == 302
    row.refresh_from_db()
    assert (row.athlete_id, row.value) == (cast.ada.pk, 171)


def test_changed_and_deleted_thresholds_raise_the_version_of_their_athletes_only(
    cast: Cast, root: Client
) -> None:
    rows = [threshold(cast.ada), threshold(cast.ben), threshold(cast.ada, "hr_max")]
    people = (cast.ada, cast.ben, cast.zoe)
    before = [version(user) for user in people]
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows[:2]], "post": "yes"}
    assert root.post(address(Threshold, "changelist"), chosen).status_code == 302
    assert [version(user) for user in people] == [before[0] + 1, before[1] + 1, before[2]]
    assert root.post(address(Threshold, "delete", rows[2].pk), {"post": "yes"}).status_code == 302
    assert version(cast.ada) == before[0] + 2
    assert not Threshold.objects.exists()


def test_a_second_head_coach_is_refused_in_words(cast: Cast, root: Client) -> None:
    carl = cast.carl.memberships.get()
    path = address(Membership, "change", carl.pk)
    page = root.post(path, sent(root.get(path), role="head_coach"))
    assert page.status_code == 200
    assert page.context["adminform"].form.errors
    assert root.post(path, sent(root.get(path), role="athlete", labels="fast,young")).status_code == 302
    carl.refresh_from_db()
    assert (carl.role, carl.labels, carl.organization_id) == ("athlete", ["fast", "young"], cast.harbour.pk)


def test_an_assigned_coach_coaches_in_the_same_club(cast: Cast, root: Client) -> None:
    ben = cast.ben.memberships.get()
    before = version(cast.ben)
    path = address(Membership, "change", ben.pk)
    page = root.post(path, sent(root.get(path), assigned_coach=cast.zora.pk))
    assert "assigned_coach" in page.context["adminform"].form.errors
    assert root.post(path, sent(root.get(path), assigned_coach=cast.carl.pk)).status_code == 302
    ben.refresh_from_db()
    assert ben.assigned_coach_id == cast.carl.pk
    assert version(cast.ben) == before + 1


def test_a_membership_is_added_on_the_page_of_its_user(cast: Cast, root: Client) -> None:
    path = address(User, "change", cast.otto.pk)
    row = {"organization": cast.hill.pk, "role": "athlete", "status": "active"}
    form = sent(root.get(path)) | {f"memberships-0-{name}": value for name, value in row.items()}
    assert root.post(path, form | {"memberships-TOTAL_FORMS": "1"}).status_code == 302
    assert cast.otto.memberships.get().organization == cast.hill


def test_the_members_of_a_group_are_chosen_by_person_within_its_club(cast: Cast, root: Client) -> None:
    form = {"organization": cast.harbour.pk, "name": "Milers", "people": [cast.ada.pk, cast.zoe.pk]}
    page = root.post(address(Group, "add"), form)
    assert "Zoe" in str(page.context["adminform"].form.errors["people"])
    before = version(cast.ada)
    assert root.post(address(Group, "add"), form | {"people": [cast.ada.pk]}).status_code == 302
    group = Group.objects.get()
    assert [row.user for row in group.members.select_related("user")] == [cast.ada]
    assert version(cast.ada) == before + 1


def test_who_joins_leaves_or_loses_a_group_gets_a_new_version(cast: Cast, root: Client) -> None:
    group = Group.objects.create(organization=cast.harbour, name="Milers")
    group.members.add(cast.ada.memberships.get())
    people = (cast.ada, cast.ben, cast.lea)
    before = [version(user) for user in people]
    path = address(Group, "change", group.pk)
    assert root.post(path, sent(root.get(path), people=[cast.ben.pk])).status_code == 302
    assert [row.user_id for row in group.members.all()] == [cast.ben.pk]
    assert [version(user) for user in people] == [before[0] + 1, before[1] + 1, before[2]]
    chosen = {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"}
    assert root.post(address(Group, "changelist"), chosen).status_code == 302
    assert version(cast.ben) == before[1] + 2
    assert cast.ben.memberships.exists()


def test_a_club_counts_its_active_people_and_leads_to_them(cast: Cast, root: Client) -> None:
    page = root.get(address(Organization, "changelist"), {"q": "harbour"})
    club = page.context["cl"].queryset.get()
    assert (club.athletes, club.coaches) == (2, 3)
    link = re.search(r'href="([^"]*membership/\?[^"]*)"', page.content.decode())
    assert link
    assert root.get(link[1]).context["cl"].result_count == 7


def test_a_deletion_is_told_in_numbers_and_takes_all_of_it(
    cast: Cast, root: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(40):
        create_run(cast.ada)
    threshold(cast.ada)
    path = address(User, "delete", cast.ada.pk)
    with django_assert_max_num_queries(34):
        page = root.get(path)
    told = dict(page.context["model_count"])
    assert (told["activities"], told["memberships"], told["thresholds"], told["users"]) == (40, 1, 1, 1)
    assert root.post(path, {"post": "yes"}).status_code == 302
    assert not Athlete.objects.filter(pk=cast.ada.pk).exists()


def test_a_deletion_needs_the_permission_for_everything_it_takes_along(cast: Cast) -> None:
    client = staff(cast.stella, "view_user", "delete_user")
    page = client.get(address(User, "delete", cast.ada.pk))
    assert "membership" in page.context["perms_lacking"]
    assert client.post(address(User, "delete", cast.ada.pk), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=cast.ada.pk).exists()


def test_ending_every_token_signs_out_everywhere(cast: Cast, root: Client) -> None:
    phone, tablet, other = ApiClient(cast.ada), ApiClient(cast.ada), ApiClient(cast.ben)
    pages = Client()
    pages.force_login(cast.ada)
    chosen = {"action": "end_every_token", "_selected_action": [cast.ada.pk]}
    assert root.post(address(User, "changelist"), chosen).status_code == 302
    assert [client.get("/api/v1/auth/me").status_code for client in (phone, tablet, other)] == [401, 401, 200]
    assert pages.get("/api/v1/auth/me").status_code == 401


def test_no_page_shows_a_tokens_digest(cast: Cast, root: Client) -> None:
    assert not admin.site.is_registered(AuthToken)
    ApiClient(cast.ada)
    digest = AuthToken.objects.get().digest
    assert digest not in root.get(address(User, "change", cast.ada.pk)).content.decode()


def test_staff_cannot_make_themselves_or_others_powerful(cast: Cast) -> None:
    client = staff(
        cast.stella, "view_user", "change_user", "view_athlete", "change_athlete", "view_membership"
    )
    path = address(User, "change", cast.otto.pk)
    form = sent(client.get(path), is_staff="on", is_superuser="on", display_name="Otto O")
    assert client.post(path, form).status_code == 302
    otto = User.objects.get(pk=cast.otto.pk)
    assert (otto.display_name, otto.is_staff, otto.is_superuser) == ("Otto O", False, False)
    assert client.post(address(User, "change", cast.stella.pk), {"is_superuser": "on"}).status_code == 403


def test_staff_cannot_take_over_or_remove_a_powerful_account(cast: Cast) -> None:
    boss = create_person("boss", is_staff=True, is_superuser=True)
    everything = Permission.objects.filter(content_type__app_label__in=("athletes", "metrics", "coaching"))
    client = staff(cast.stella, *everything.values_list("codename", flat=True))
    assert client.get(reverse("admin:auth_user_password_change", args=[boss.pk])).status_code == 403
    assert client.post(address(User, "delete", boss.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [boss.pk, cast.otto.pk], "post": "yes"}
    assert client.post(address(User, "changelist"), chosen).status_code == 403
    assert User.objects.filter(pk__in=[boss.pk, cast.otto.pk]).count() == 2


def test_the_index_has_one_kind_of_groups_and_no_logs_that_are_empty(root: Client) -> None:
    html = root.get("/admin/").content.decode()
    assert html.count(">Groups</a>") == 1
    assert "Access attempts" in html
    assert "Access logs" not in html
