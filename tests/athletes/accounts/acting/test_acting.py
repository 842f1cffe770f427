"""Staff act as a person: with a reason, for half an hour, without the health data of others."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from athletes.access.acting import REFUSED_CLUB_PAGES, opens_while_acting
from athletes.access.policy import load_policy
from athletes.accounts.acting.support import change_support_consent
from athletes.looks.buffer import look_buffer
from athletes.models import ActingSession, ChangeEntry, Membership, SupportConsent, Threshold, User
from athletes.rights import COMMENT, ERASE, OWN
from athletes.roles import Role
from coaching.models import Plan, Race
from metrics.models import Activity, HealthDay
from tests.support.cast import NOON, ApiClient, Cast, create_member, create_run

REASON = "Ticket 7: the plan is missing"


def act_as(person: User, staff: User) -> Client:
    browser = Client()
    browser.force_login(staff)
    answer = browser.post(f"/admin/athletes/user/{person.pk}/act-as/", {"reason": REASON})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/settings/sharing")
    return browser


def test_begins_at_the_staff_page_of_the_person_with_a_reason(cast: Cast, staff: User):
    browser = Client()
    browser.force_login(staff)
    address = f"/admin/athletes/user/{cast.ada.pk}/act-as/"
    assert address in browser.get(f"/admin/athletes/user/{cast.ada.pk}/change/").content.decode()
    assert "reason" in browser.get(address).content.decode()
    for reason in ("", "short", "x" * 301, "with a\x00zero byte"):
        assert browser.post(address, {"reason": reason}).status_code == 200
    assert not ActingSession.objects.exists()
    assert browser.post(address, {"reason": REASON}).status_code == 302
    page = browser.get("/settings/sharing").content.decode()
    assert "you act as <strong><bdi>Ada</bdi></strong>" in page
    assert reverse("stop-acting-page") in page


def test_every_page_has_the_banner_until_stop(cast: Cast, staff: User):
    browser = act_as(cast.hanna, staff)
    shown = ("/coach/", "/coach/club", "/coach/plans", "/settings/sharing")
    for address in (*shown, "/settings/password", "/nowhere"):
        assert "you act as" in browser.get(address).content.decode(), address
    answer = browser.post("/acting/stop")
    assert answer.headers["Location"] == f"/admin/athletes/user/{cast.hanna.pk}/change/"
    assert browser.get(answer.headers["Location"]).status_code == 200
    assert "you act as" not in browser.get("/settings/sharing").content.decode()
    assert ActingSession.objects.get().ended_at is not None
    assert browser.post("/acting/stop").headers["Location"] == "/"


def test_ends_by_itself_after_half_an_hour(cast: Cast, staff: User):
    with time_machine.travel(NOON, tick=False) as clock:
        browser = act_as(cast.ada, staff)
        clock.shift(timedelta(minutes=29))
        assert "you act as" in browser.get("/settings/sharing").content.decode()
        clock.shift(timedelta(minutes=1))
        page = browser.get("/settings").content.decode()
    assert "You act as yourself again" in page
    assert "Stella" in page
    assert ActingSession.objects.get().ended_at == NOON + timedelta(minutes=30)


@pytest.mark.parametrize("change", ["staff", "superuser", "closed", "myself"])
def test_nobody_acts_as_staff_or_a_closed_account(cast: Cast, staff: User, change: str):
    person = staff if change == "myself" else cast.ada
    fields = {
        "staff": {"is_staff": True},
        "superuser": {"is_superuser": True},
        "closed": {"is_active": False},
    }
    User.objects.filter(pk=person.pk).update(**fields.get(change, {}))
    browser = Client()
    browser.force_login(staff)
    address = f"/admin/athletes/user/{person.pk}/act-as/"
    assert browser.post(address, {"reason": REASON}).status_code == 403
    assert address not in browser.get(f"/admin/athletes/user/{person.pk}/change/").content.decode()
    assert not ActingSession.objects.exists()


def test_only_staff_with_the_permission_may(cast: Cast, staff: User):
    User.objects.filter(pk=staff.pk).update(is_superuser=False)  # staff without a permission
    for user in (staff, cast.hanna):
        browser = Client()
        browser.force_login(user)
        answer = browser.post(f"/admin/athletes/user/{cast.ada.pk}/act-as/", {"reason": REASON})
        assert answer.status_code == (403 if user == staff else 302)  # 302: to the sign-in
    assert not ActingSession.objects.exists()


@pytest.mark.parametrize("change", ["person became staff", "staff no more", "closed"])
def test_ends_at_once_when_it_is_not_allowed_any_more(cast: Cast, staff: User, change: str):
    browser = act_as(cast.ada, staff)
    if change == "staff no more":
        User.objects.filter(pk=staff.pk).update(is_staff=False)
    else:
        closed = change == "closed"
        User.objects.filter(pk=cast.ada.pk).update(is_staff=not closed, is_active=not closed)
    assert "you act as" not in browser.get("/settings/sharing").content.decode()
    assert ActingSession.objects.get().ended_at is not None


def test_does_not_nest(cast: Cast, staff: User):
    browser = act_as(cast.ada, staff)
    answer = browser.post(f"/admin/athletes/user/{cast.ben.pk}/act-as/", {"reason": REASON})
    assert answer.status_code == 302  # to the sign-in of the staff pages: Ada is no staff
    assert browser.get("/admin/").status_code == 302
    assert ActingSession.objects.count() == 1


REFUSED = (
    "/settings", "/settings/password", "/settings/email", "/settings/security", "/settings/security/app",
    "/settings/tokens", "/settings/data", "/settings/webhooks", "/settings/thresholds",
    "/settings/access-log", "/settings/changes", "/settings/calendar", "/comments", "/upload",
    "/coach/club/webhooks", "/join", "/forgot-password", "/coach/clubs/new",
)  # fmt: skip


def test_pages_of_the_account_secrets_and_own_words_are_refused(cast: Cast, staff: User):
    browser = act_as(cast.hanna, staff)
    for address in (*REFUSED, reverse("usefulness-page")):
        answer = browser.get(address)
        assert answer.status_code == 403, address
        assert "not possible while you act as somebody" in answer.content.decode()
    forms = (
        reverse("leave-page", args=[cast.harbour.public_id]),
        reverse("consent-page", args=[cast.harbour.public_id]),
        *map(reverse, ("support-consent-page", "sign-out-everywhere-page", "sign-out-page", "password-page")),
        *(reverse(name) for name in sorted(REFUSED_CLUB_PAGES - {"club-webhook-page", "usefulness-page"})),
    )
    for address in forms:
        assert browser.post(address, {}).status_code == 403, address
    assert not ChangeEntry.objects.filter(kind="acting_request").exists()


def test_the_rows_of_steps_open_with_the_forms_that_load_them(cast: Cast, staff: User):
    browser = act_as(cast.carl, staff)
    answer = browser.get(reverse("step-rows-page"), {"line": "10 km", "sport": "run"})
    assert (answer.status_code, "step-row" in answer.content.decode()) == (200, True)


def test_the_api_is_closed_in_such_a_session(cast: Cast, staff: User):
    browser = act_as(cast.hanna, staff)
    for path in ("auth/me", "races", f"organizations/{cast.harbour.public_id}", "analytics/athlete_profile"):
        answer = browser.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["details"]["code"]) == (403, "ACTING"), path


def test_no_row_of_the_policy_opens_what_only_the_person_decides():
    for name, rows in load_policy().items():
        for row in rows.values():
            if row.right in (OWN, ERASE, COMMENT) and opens_while_acting(name, row, may_see_own=True):
                assert row.over == "yourself", name
            if not name.endswith("-page"):
                assert not opens_while_acting(name, row, may_see_own=True), name
            if name.startswith("import"):
                assert not opens_while_acting(name, row), name


@pytest.fixture
def _health_of_ada(cast: Cast) -> None:
    HealthDay.objects.create(
        athlete=cast.ada.athlete, date=NOON.date(), source="manual", hrv_rmssd_ms=61, resting_hr_bpm=47
    )
    Threshold.objects.create(athlete=cast.ada.athlete, kind="hr_rest", value=47, valid_from=NOON.date())
    create_run(cast.ada, pain_score=7, pain_where="left knee", private_note="nobody reads this")
    Race.objects.create(athlete=cast.ada.athlete, name="Ten", date=NOON.date(), distance_m=10_000)


@pytest.mark.usefixtures("_health_of_ada")
def test_own_activities_and_health_open_only_with_the_persons_permission(cast: Cast, staff: User):
    run = Activity.objects.get()
    with time_machine.travel(NOON, tick=False):
        browser = act_as(cast.ada, staff)
        own = f"/athletes/{cast.ada.public_id}"
        profile, calendar = (
            reverse(name, args=[cast.ada.public_id]) for name in ("athlete-page", "athlete-calendar-page")
        )
        withheld = (
            profile,
            calendar,
            "/home",
            "/home/calendar",
            f"/activities/{run.public_id}",
            "/activities",
            f"{own}/health-days",
        )
        for address in withheld:
            answer = browser.get(address)
            assert answer.status_code == 403, address
            assert "left knee" not in answer.content.decode()
        assert browser.get(f"{own}/races").status_code == 200
        change_support_consent(cast.ada.athlete, True, NOON)
        page = browser.get(f"/activities/{run.public_id}").content.decode()
        assert "left knee" in page
        assert "nobody reads this" not in page
        assert [browser.get(address).status_code for address in ("/home", profile, calendar)] == [200] * 3
        change_support_consent(cast.ada.athlete, False, NOON)
        assert browser.get(f"/activities/{run.public_id}").status_code == 403


@pytest.mark.usefixtures("_health_of_ada")
def test_the_health_of_coached_athletes_is_withheld_also_where_the_coach_sees_it(cast: Cast, staff: User):
    run = Activity.objects.get()
    with time_machine.travel(NOON, tick=False):
        coach = Client()
        coach.force_login(cast.hanna)
        address = f"/activities/{run.public_id}"
        assert "left knee" in coach.get(address).content.decode()
        change_support_consent(cast.hanna.athlete, True, NOON)  # hers is not that of her athletes
        browser = act_as(cast.hanna, staff)
        assert "left knee" not in browser.get(address).content.decode()
        health = f"/athletes/{cast.ada.public_id}/health-days"
        assert coach.get(health).status_code == 200
        assert browser.get(health).status_code == 403
        profile = reverse("athlete-page", args=[cast.ada.public_id])
        assert "HRV" in coach.get(profile).content.decode()
        assert browser.get(profile).status_code == 200
        assert "61 ms" not in browser.get(profile).content.decode()
        assert browser.get("/coach/").status_code == 200


def test_the_person_reads_who_when_and_why(cast: Cast, staff: User):
    browser = act_as(cast.ada, staff)
    browser.get(f"/athletes/{cast.ada.public_id}/races")
    look_buffer.flush()
    rows = ApiClient(cast.ada).get(f"/api/v1/athletes/{cast.ada.public_id}/access_log").json()["data"]
    assert {(row["viewer_kind"], row["viewer_name"], row["door"]) for row in rows} == {
        ("staff", "Stella", "acting")
    }
    assert ["goals_and_plans"] in [row["categories"] for row in rows]
    runner = Client()
    runner.force_login(cast.ada)
    page = runner.get("/settings/access-log").content.decode()
    assert "Staff who acted as you" in page
    assert REASON in page


def test_what_they_change_is_marked_in_the_change_history(cast: Cast, staff: User):
    browser = act_as(cast.hanna, staff)
    club = {"org_id": cast.harbour.public_id}
    answer = browser.post("/coach/plans", {"name": "Base", "weeks": "4"}, query_params=club)
    assert answer.status_code == 302
    [plan] = ChangeEntry.objects.filter(kind="plan")
    assert (plan.author_kind, plan.author, plan.acted_as) == ("staff", staff.pk, cast.hanna.pk)
    lines = ChangeEntry.objects.filter(athlete=cast.hanna.pk, kind__startswith="acting").order_by("number")
    assert [(line.kind, line.action, line.author) for line in lines] == [
        ("acting", "created", staff.pk), ("acting_request", "created", staff.pk),
    ]  # fmt: skip
    assert lines[1].after == {"page": "plans-page"}
    assert Plan.objects.get().created_by == staff  # not Hanna
    reader = Client()
    reader.force_login(cast.hanna)
    page = reader.get("/settings/changes").content.decode()
    assert REASON in page
    assert "acting as Hanna" in reader.get("/coach/club/changes").content.decode()


def test_permission_is_given_for_a_week_and_taken_back_on_the_page(cast: Cast):
    runner = Client()
    runner.force_login(cast.ada)
    with time_machine.travel(NOON, tick=False):
        assert runner.post("/settings/sharing/staff", {"do": "allow"}).status_code == 302
        assert SupportConsent.objects.get().until == NOON + timedelta(days=7)
        assert "Allowed until" in runner.get("/settings/sharing").content.decode()
    assert "Allow it for seven days" in runner.get("/settings/sharing").content.decode()  # it has ended
    runner.post("/settings/sharing/staff", {"do": "end"})
    assert not SupportConsent.objects.exists()
    entries = ChangeEntry.objects.filter(kind="support_consent").order_by("number")
    assert [(entry.action, entry.athlete, entry.author) for entry in entries] == [
        ("created", cast.ada.pk, cast.ada.pk), ("deleted", cast.ada.pk, cast.ada.pk),
    ]  # fmt: skip


def test_members_keep_their_rights_over_athletes_only_as_the_person_has_them(cast: Cast, staff: User):
    """Staff see every club. While they act as a coach of one, they do not."""
    create_member(cast.otto, cast.hill, Role.COACH)
    browser = act_as(cast.otto, staff)
    assert browser.get(reverse("athlete-page", args=[cast.zoe.public_id])).status_code == 200
    assert browser.get(reverse("athlete-page", args=[cast.ada.public_id])).status_code == 403
    assert browser.get(f"/coach/club?org_id={cast.harbour.public_id}").status_code == 403
    assert Membership.objects.filter(user=staff).count() == 0
