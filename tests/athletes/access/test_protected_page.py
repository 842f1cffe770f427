"""The organization of a page: the one in the address, the last one opened, or the first."""

from __future__ import annotations

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import PermissionDenied as Forbidden
from django.test import RequestFactory
from django.urls import resolve
from rest_framework.exceptions import PermissionDenied

from astral.http.errors import ApiError
from athletes.access.page_user import load_page_user
from athletes.access.protected_page import ProtectedPage
from athletes.models import Organization, User
from athletes.roles import Role
from tests.support.cast import Cast, create_member

PATH_WITH_READ = "/api/v1/organizations"  # its policy row needs the right READ


def open_page(user: User, session: SessionStore | None = None) -> ProtectedPage:
    request = RequestFactory().get(PATH_WITH_READ)
    request.resolver_match = resolve(PATH_WITH_READ)
    request.user = user
    request.session = SessionStore() if session is None else session
    page = ProtectedPage()
    page.setup(request)
    return page


def test_page_opens_the_last_organization_of_the_session(cast: Cast):
    create_member(cast.carl, cast.hill, Role.COACH)
    session = SessionStore()
    assert open_page(cast.carl, session).organization(None) == cast.harbour  # the first by name
    assert open_page(cast.carl, session).organization(cast.hill.pk) == cast.hill
    assert open_page(cast.carl, session).organization(None) == cast.hill


def test_page_does_not_reopen_an_organization_the_coach_has_left(cast: Cast):
    membership, session = create_member(cast.carl, cast.hill, Role.COACH), SessionStore()
    open_page(cast.carl, session).organization(cast.hill.pk)
    membership.delete()
    assert open_page(cast.carl, session).organization(None) == cast.harbour


def test_page_refuses_an_organization_of_others(cast: Cast):
    with pytest.raises((PermissionDenied, Forbidden)):
        open_page(cast.carl).organization(cast.hill.pk)


def test_page_is_404_for_a_user_who_coaches_nowhere(cast: Cast):
    with pytest.raises(ApiError, match="not a coach of any organization") as error:
        open_page(cast.ada).organization(None)
    assert error.value.status_code == 404


def test_page_user_lists_only_active_memberships(cast: Cast):
    coach = load_page_user(cast.carl)
    assert [club.name for club in coach.coaches] == ["Harbour Runners"]
    assert not coach.runs_in
    assert not load_page_user(cast.sam).runs_in  # suspended
    cast.carl.memberships.update(status="suspended")
    assert not load_page_user(User.objects.get(pk=cast.carl.pk)).is_coach
    assert Organization.objects.count() == 2
