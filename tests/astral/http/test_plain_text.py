"""Names have no characters that hide others; long texts may have them, where a language needs them."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.exceptions import ValidationError

from astral.http.fields import StrictSerializer, TextField
from astral.http.plain_text import is_plain_name, is_plain_text
from athletes.models import User
from tests.support.cast import ApiClient, Cast
from tests.support.error_shape import assert_error

HIDDEN = [
    "\u200b", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u2028", "\u2029", "\u180e", "\u2061",
    "\u3164", "\u115f", "\u2800", "\u034f", "\U000e0041", "\u200c", "\u200d",
]  # fmt: skip
NAMES = [
    "Ada", "Zoë Ångström", "علی\u200cرضا", "ශ්\u200dරී", "क\u094d\u200dष", "Runner 👩\u200d🚀", "👩🏽\u200d🚀",
    "🏳️\u200d🌈", "李雷", "Ελένη", "O’Brien", "Team ♥",
]  # fmt: skip


@pytest.mark.parametrize("letter", HIDDEN)
def test_a_name_with_a_letter_that_nobody_sees_is_refused(letter: str):
    for name in (f"A{letter}da", f"{letter}Ada", f"Ada{letter}", letter):
        assert not is_plain_name(name), name.encode("unicode_escape")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_and_with_emoji_is_taken(name: str):
    assert is_plain_name(name)


@pytest.mark.parametrize("name", ["علی\u200c", "\u200dक", "👩\u200d", "علی\u200c رضا"])
def test_a_joiner_that_joins_nothing_is_refused(name: str):
    assert not is_plain_name(name)


def test_a_long_text_may_have_them():
    text = "اول\u200c: a soft\u00adhyphen, \u200emarks and 👩\u200d🚀"
    assert is_plain_text(text)


class TextsRequest(StrictSerializer):
    name = TextField(required=False)
    notes = TextField(required=False, multiline=True)
    password = TextField(required=False, trim_whitespace=False)


def test_a_field_of_one_line_is_a_name_and_passwords_and_long_texts_are_not():
    hidden = "A\u200bda"
    assert TextsRequest.parse({"notes": hidden, "password": hidden}) == {"notes": hidden, "password": hidden}
    with pytest.raises(ValidationError, match="not_plain"):
        TextsRequest.parse({"name": hidden})


def test_the_api_refuses_such_a_name_of_a_club(cast: Cast):
    answer = ApiClient(cast.otto).send_json(
        "post", "/api/v1/organizations", {"name": "Harbour\u200b Runners"}
    )
    assert_error(answer, 400, "NOT_PLAIN", "name")


def test_the_admin_refuses_such_a_name_of_a_person(cast: Cast, admin_client: Any):
    person: User = cast.ada
    page = f"/admin/athletes/user/{person.pk}/change/"
    form = {"email": person.email, "username": "ada", "display_name": "A\u200bda"}
    assert "invisible" in admin_client.post(page, form).content.decode()
