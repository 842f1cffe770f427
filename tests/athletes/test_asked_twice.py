"""Each layer refuses by itself, also what the layer before it has refused already."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from rest_framework.exceptions import PermissionDenied

from athletes.keys import KeyHolder
from athletes.models import Athlete, Membership, Organization
from athletes.permissions import permit
from athletes.rights import ARRANGE, READ, RECORD, Right, Scope
from tests.cast import Cast


def called(url_name: str, user: Any) -> Any:
    request = RequestFactory().get("/")
    request.user, request.resolver_match = user, SimpleNamespace(url_name=url_name)  # type: ignore[assignment]
    return request


@pytest.mark.parametrize("right", [RECORD, ARRANGE])
def test_a_key_that_only_reads_reaches_nobody_to_write_for(cast: Cast, right: Right):
    key = KeyHolder(cast.harbour.pk, frozenset({Scope.READ}))
    for rows in (Athlete.objects.all(), Membership.objects.all(), Organization.objects.all()):
        assert not rows.reached_by(key, right).exists()
        assert rows.reached_by(key, READ).exists()


def test_who_was_switched_off_reaches_nothing(cast: Cast):
    cast.hanna.is_active = False
    for rows in (Athlete.objects.all(), Membership.objects.all(), Organization.objects.all()):
        assert not rows.reached_by(cast.hanna, READ).exists()


def test_there_is_no_permit_without_a_row_or_without_the_right(cast: Cast):
    assert permit(called("athlete", cast.ada)).viewer == cast.ada
    for refused in (called("no-such-endpoint", cast.hanna), called("athlete", AnonymousUser())):
        with pytest.raises(PermissionDenied):
            permit(refused)
