"""The base of pages: strict query strings, error pages, safe redirects, no caching."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.test import Client, RequestFactory

from astral.http.pages import safe_redirect_url
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
def test_redirect_url_accepts_pages_of_this_server(address: str):
    assert safe_redirect_url(request(), address, "/other") == address


@pytest.mark.parametrize(
    "address",
    ["", "upload", "//evil.example", "https://evil.example/", "/\\evil.example", "/api/v1/auth/me", "/a\nb",
     "javascript:alert(1)", "/" + "a" * 1_000],
)  # fmt: skip
def test_redirect_url_refuses_other_addresses(address: str):
    assert safe_redirect_url(request(), address, "/other") == "/other"


@pytest.mark.parametrize(
    ("query", "word"), [("color=red", "color"), ("athlete=me", "athlete"), ("search=%00", "UTF-8")]
)
def test_invalid_address_gives_an_error_page(cast: Cast, query: str, word: str):
    answer = browser(cast.ada).get(f"/upload?{query}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/html")
    assert word in answer.content.decode()


def test_invisible_and_unknown_athletes_give_the_same_page(cast: Cast):
    pages = [
        browser(cast.ada).get("/upload", {"athlete": who})
        for who in (cast.zoe.public_id, encode("usr", new_id()))
    ]
    assert [page.status_code for page in pages] == [403, 403]
    contents = [remove_form_token(page.content) for page in pages]
    assert contents[0] == contents[1]


def test_wrong_method_gives_a_405_page(cast: Cast):
    assert browser(cast.ada).put("/upload").status_code == 405
    answer = browser(cast.ada).get("/sign-out")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_htmx_error_replaces_the_whole_page(cast: Cast):
    answer = browser(cast.ada).get("/upload?color=red", headers={"HX-Request": "true"})
    assert answer.status_code == 400
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reselect"]) == ("body", "body")


def test_anonymous_visitor_is_redirected_to_sign_in(db: None):
    answer = browser().get("/upload?search=ada")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=%2Fupload%3Fsearch%3Dada")
    swap = browser().get("/upload", headers={"HX-Request": "true"})
    assert (swap.status_code, swap.headers["HX-Redirect"]) == (204, "/sign-in?next=%2Fupload")


def test_token_does_not_open_pages(cast: Cast):
    answer = Client(headers={"Authorization": "Bearer x"}).get("/upload")
    assert answer.status_code == 302


def test_pages_are_not_cached(cast: Cast):
    for answer in (browser(cast.ada).get("/upload"), browser().get("/upload"), browser().get("/nowhere")):
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in browser(cast.ada).get("/upload").headers["Vary"]


def test_form_from_another_site_is_refused(cast: Cast):
    answer = browser(cast.ada, enforce_csrf_checks=True).post("/settings", {"timezone": "UTC"})
    assert answer.status_code == 403
    assert "<h1>Please send it again</h1>" in answer.content.decode()
    assert "Go back" in answer.content.decode()


def test_too_large_form_is_413(cast: Cast):
    form = "multipart/form-data; boundary=x"
    answer = browser(cast.ada).post("/upload", b"--x--", content_type=form, CONTENT_LENGTH="3000000000")
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path", ["/sign-in", "/join", "/settings", "/settings/tokens", "/upload", "/nowhere"]
)
def test_page_has_no_inline_code_and_no_foreign_links(cast: Cast, path: str):
    page = browser(cast.ada if path not in ("/sign-in", "/join") else None).get(path).content.decode()
    assert "<style" not in page
    assert not re.search(r"\s(style|on\w+)=", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    links = re.findall(r'(?:src|href|action)="([^"]+)"', page)
    assert links
    assert [address for address in links if not address.startswith(("/", "#"))] == []
    for address in links:
        if address.startswith(settings.STATIC_URL):
            assert finders.find(address.removeprefix(settings.STATIC_URL)), address
