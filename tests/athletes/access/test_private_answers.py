"""No cache on the way may keep an answer of the API.

The authorization matrix checks all endpoints; here are the rest.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from astral.http.middleware.private_answers import VARY
from tests.athletes.access.matrix import is_private
from tests.support.cast import PASSWORD, ApiClient, Cast


def test_the_answer_with_a_new_token_is_private(cast: Cast):
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    account = {"email": cast.ada.email, "password": PASSWORD}
    answer = Client().post("/api/v1/auth/login", account, content_type="application/json")
    assert answer.status_code == 200
    assert is_private(answer, VARY)


@pytest.mark.parametrize("path", ["/api/nowhere", "/api/v1/activities", "/api/v1/auth/login"])
def test_refusals_are_private(cast: Cast, path: str):
    assert is_private(Client().get(path), VARY)


def test_an_analytics_answer_keeps_its_own_rule(cast: Cast):
    answer: Any = ApiClient(cast.ada).get(
        "/api/v1/analytics/athlete_profile", {"user_id": cast.ada.public_id}
    )
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Vary"] == ", ".join(VARY)
