"""The frame of pages: strict addresses, errors in plain words, no way to anybody else, nothing kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, QueryDict
from django.test import Client, RequestFactory

from astral.http.pages import errors_by_field, remove_empty_fields, safe_redirect_url
from astral.ids import encode, new_id
from tests.support.cast import Cast
from tests.support.compare_pages import remove_form_token


def browser(user: Any = None, **options: Any) -> Client:
    client = Client(raise_request_exception=False, **options)
    if user is not None:
        client.force_login(user)
    return client


def request(**extra: Any) -> HttpRequest:
    return RequestFactory().get("/", **extra)


@pytest.mark.parametrize("address", ["/upload", "/upload?athlete=x&y=%C3%A4", "/"])
def test_the_way_back_leads_to_a_page_of_this_server(address: str):
    assert safe_redirect_url(request(), address, "/other") == address


@pytest.mark.parametrize(
    "address",
    ["", "upload", "//evil.example", "https://evil.example/", "/\\evil.example", "/api/v1/auth/me", "/a\nb",
     "javascript:alert(1)", "/" + "a" * 1_000],
)  # fmt: skip
def test_a_way_back_to_anywhere_else_is_not_taken(address: str):
    assert safe_redirect_url(request(), address, "/other") == "/other"


def test_what_a_form_leaves_empty_is_not_asked():
    kept = remove_empty_fields(QueryDict("search=&label=a&label=&group=b"))
    assert dict(kept.lists()) == {"label": ["a"], "group": ["b"]}


def test_faults_stand_beside_their_fields():
    assert errors_by_field({"a": ["One.", "Two."], "non_field_errors": ["Three."]}) == {
        "a": "One. Two.",
        "form": "Three.",
    }


@pytest.mark.parametrize(
    ("query", "word"), [("color=red", "color"), ("athlete=me", "athlete"), ("search=%00", "UTF-8")]
)
def test_an_address_that_means_nothing_is_a_page_that_says_so(cast: Cast, query: str, word: str):
    answer = browser(cast.ada).get(f"/upload?{query}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/html")
    assert word in answer.content.decode()


def test_what_you_may_not_see_is_the_same_page_whether_or_not_it_exists(cast: Cast):
    pages = [
        browser(cast.ada).get("/upload", {"athlete": who})
        for who in (cast.zoe.public_id, encode("usr", new_id()))
    ]
    assert [page.status_code for page in pages] == [403, 403]
    told = [remove_form_token(page.content) for page in pages]
    assert told[0] == told[1]


def test_another_method_is_a_page_too(cast: Cast):
    assert browser(cast.ada).put("/upload").status_code == 405
    answer = browser(cast.ada).get("/sign-out")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_an_error_during_a_swap_takes_the_whole_page(cast: Cast):
    answer = browser(cast.ada).get("/upload?color=red", headers={"HX-Request": "true"})
    assert answer.status_code == 400
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reselect"]) == ("body", "body")


def test_who_is_not_signed_in_is_led_to_the_sign_in_page_and_back(db: None):
    answer = browser().get("/upload?search=ada")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=%2Fupload%3Fsearch%3Dada")
    swap = browser().get("/upload", headers={"HX-Request": "true"})
    assert (swap.status_code, swap.headers["HX-Redirect"]) == (204, "/sign-in?next=%2Fupload")


def test_a_token_opens_no_page(cast: Cast):
    answer = Client(headers={"Authorization": "Bearer x"}).get("/upload")
    assert answer.status_code == 302


def test_pages_are_kept_by_nobody(cast: Cast):
    for answer in (browser(cast.ada).get("/upload"), browser().get("/upload"), browser().get("/nowhere")):
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in browser(cast.ada).get("/upload").headers["Vary"]


def test_a_form_from_another_site_is_refused_on_a_page(cast: Cast):
    answer = browser(cast.ada, enforce_csrf_checks=True).post("/settings", {"timezone": "UTC"})
    assert answer.status_code == 403
    assert "<h1>Please send it again</h1>" in answer.content.decode()
    assert "Go back" in answer.content.decode()


def test_a_form_that_is_far_too_large_is_refused_before_it_is_read(cast: Cast):
    form = "multipart/form-data; boundary=x"
    answer = browser(cast.ada).post("/upload", b"--x--", content_type=form, CONTENT_LENGTH="3000000000")
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path", ["/sign-in", "/join", "/settings", "/settings/tokens", "/upload", "/nowhere"]
)
def test_a_page_holds_nothing_inline_and_asks_nobody_else(cast: Cast, path: str):
    page = browser(cast.ada if path not in ("/sign-in", "/join") else None).get(path).content.decode()
    assert "<style" not in page
    assert not re.search(r"\s(style|on\w+)=", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    asked = re.findall(r'(?:src|href|action)="([^"]+)"', page)
    assert asked
    assert [address for address in asked if not address.startswith(("/", "#"))] == []
    for address in asked:
        if address.startswith(settings.STATIC_URL):
            assert finders.find(address.removeprefix(settings.STATIC_URL)), address
