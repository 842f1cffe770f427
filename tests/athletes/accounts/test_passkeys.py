"""Passkeys without a browser: faulty answers are refused alike, and a challenge works once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.support.cast import Cast

UNKNOWN = "This passkey is unknown here, or it took too long. Try again."


def encode_answer(user_handle: str = "", **response: str) -> str:
    names = ("clientDataJSON", "authenticatorData", "signature")
    return json.dumps(
        {
            "id": "AAAA",
            "rawId": "AAAA",
            "type": "public-key",
            "response": dict.fromkeys(names, "AAAA") | {"userHandle": user_handle} | response,
            "clientExtensionResults": {},
        }
    )


FAULTY_ANSWERS = ["x", "{}", "[]", "null", '"x"', "[" * 5_000, encode_answer(), encode_answer("AAAA")]


@pytest.mark.parametrize("answer", FAULTY_ANSWERS)
def test_faulty_sign_in_is_refused_with_the_same_text(cast: Cast, answer: str):
    browser = Client()
    browser.post("/sign-in/passkey/options")
    page: Any = browser.post("/sign-in/passkey", {"credential": answer}, follow=True)
    assert page.redirect_chain[-1][0] == "/sign-in"
    assert UNKNOWN in page.content.decode()


@pytest.mark.parametrize("answer", FAULTY_ANSWERS)
def test_faulty_new_passkey_is_refused(cast: Cast, answer: str):
    browser = Client()
    browser.force_login(cast.ada)
    browser.get("/settings/security/passkey")
    page = browser.post("/settings/security/passkey", {"name": "x", "credential": answer}).content.decode()
    assert "This passkey could not be added." in page
    assert not Authenticator.objects.exists()


def test_form_without_the_browser_s_answer_is_refused(cast: Cast):
    browser = Client()
    browser.force_login(cast.ada)
    page = browser.post("/settings/security/passkey", {"name": "x", "credential": ""}).content.decode()
    assert "Your browser made no passkey." in page


def test_challenge_names_no_account_and_differs_each_time(cast: Cast):
    challenges = [Client().post("/sign-in/passkey/options").json() for _ in range(2)]
    assert challenges[0]["challenge"] != challenges[1]["challenge"]
    assert all(not options.get("allowCredentials") for options in challenges)
    assert {options["userVerification"] for options in challenges} == {"required"}


def test_refused_passkey_uses_up_its_challenge(cast: Cast):
    browser = Client()
    browser.post("/sign-in/passkey/options")
    assert "mfa.webauthn.state" in browser.session
    browser.post("/sign-in/passkey", {"credential": encode_answer(cast.ada.pk.hex)})
    assert "mfa.webauthn.state" not in browser.session
