"""Secrets that somebody types or sends stay out of the database and the log."""

from __future__ import annotations

from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client

from tests.support.cast import PASSWORD, Cast

CANARY = "canary-of-a-secret"
EMAIL = "ada@example.test"


def stored_rows_with(text: str) -> list[str]:
    """`table.column` of every stored value that contains the text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY')"
        )
        found = []
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text LIKE %s', [f"%{text}%"])
            found += [f"{table}.{column}"] if cursor.fetchone()[0] else []
    return found


@pytest.fixture
def ada(cast: Cast) -> Client:
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    browser = Client()
    browser.force_login(cast.ada, backend="django.contrib.auth.backends.ModelBackend")
    return browser


SECRET_FORMS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "sign-in page": ("form", "/sign-in", {"email": EMAIL, "password": CANARY}),
    "current password": ("form", "/settings/password", {"current_password": CANARY, "password": CANARY}),
    "deleting data": ("form", "/settings/data", {"password": CANARY}),
    "a link for a password": ("form", "/new-password", {"token": CANARY, "password": CANARY}),
    "a link for an address": ("form", "/confirm-address", {"token": CANARY}),
    "a join link": ("form", f"/join?token={CANARY}", {"token": CANARY, "password": CANARY}),
    "a token to end": ("form", "/settings/tokens/end", {"token_key": CANARY}),
    "admin": ("form", "/admin/login/", {"username": EMAIL, "password": CANARY}),
    "sign-in call": ("json", "/api/v1/auth/login", {"email": EMAIL, "password": CANARY}),
    "invitation": ("json", "/api/v1/invitations/accept", {"token": CANARY, "password": CANARY}),
}


@pytest.mark.parametrize("case", SECRET_FORMS)
def test_a_secret_is_neither_stored_nor_logged(
    ada: Client, case: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    kind, path, fields = SECRET_FORMS[case]
    body: dict[str, Any] = (
        {"data": fields} if kind == "form" else {"data": fields, "content_type": "application/json"}
    )
    for _ in range(2):  # django-axes joins the forms of repeated failures
        assert ada.post(path, **body).status_code < 500
    assert stored_rows_with(CANARY) == []
    assert CANARY not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_a_wrong_credential_is_not_logged(cast: Cast, header: str, capfd: pytest.CaptureFixture[str]):
    value = f"Bearer {CANARY}" if header == "Authorization" else f"astral_live_{CANARY}"
    assert Client().get("/api/v1/auth/me", headers={header: value}).status_code == 401
    assert CANARY not in "".join(capfd.readouterr())


def test_a_failed_sign_in_is_counted_without_its_form(ada: Client):
    ada.post("/settings/password", {"current_password": CANARY, "password": CANARY})
    attempt = AccessAttempt.objects.get()
    assert (attempt.username, attempt.failures_since_start) == (EMAIL, 1)
    assert (attempt.get_data, attempt.post_data.strip()) == ("", "")
