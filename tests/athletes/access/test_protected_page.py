"""Which organization a page is about: the one in the address, the one looked at last, or the first."""

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

READS = "/api/v1/organizations"  # a row that takes the right to read


def page(user: User, session: SessionStore | None = None) -> ProtectedPage:
    request = RequestFactory().get(READS)
    request.resolver_match = resolve(READS)
    request.user = user
    request.session = SessionStore() if session is None else session
    opened = ProtectedPage()
    opened.setup(request)
    return opened


def test_who_coaches_in_several_organizations_sees_the_one_looked_at_last(cast: Cast):
    create_member(cast.carl, cast.hill, Role.COACH)
    session = SessionStore()
    assert page(cast.carl, session).organization(None) == cast.harbour  # the first by name
    assert page(cast.carl, session).organization(cast.hill.pk) == cast.hill
    assert page(cast.carl, session).organization(None) == cast.hill


def test_an_organization_left_meanwhile_is_looked_at_no_more(cast: Cast):
    membership, session = create_member(cast.carl, cast.hill, Role.COACH), SessionStore()
    page(cast.carl, session).organization(cast.hill.pk)
    membership.delete()
    assert page(cast.carl, session).organization(None) == cast.harbour


def test_the_organization_of_others_is_out_of_reach(cast: Cast):
    with pytest.raises((PermissionDenied, Forbidden)):
        page(cast.carl).organization(cast.hill.pk)


def test_who_coaches_nowhere_is_told_so(cast: Cast):
    with pytest.raises(ApiError, match="no organization") as told:
        page(cast.ada).organization(None)
    assert told.value.status_code == 404


def test_a_visitor_coaches_only_where_the_role_is_active(cast: Cast):
    coach = load_page_user(cast.carl)
    assert [club.name for club in coach.coaches] == ["Harbour Runners"]
    assert not coach.runs_in
    assert not load_page_user(cast.sam).runs_in  # suspended
    cast.carl.memberships.update(status="suspended")
    assert not load_page_user(User.objects.get(pk=cast.carl.pk)).is_coach
    assert Organization.objects.count() == 2
