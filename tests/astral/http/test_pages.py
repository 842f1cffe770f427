"""The base of pages: strict query strings, error pages, safe redirects, no caching."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from rest_framework.exceptions import PermissionDenied, ValidationError

from astral.http.errors import ApiError
from astral.http.fields import StrictSerializer, TextField
from astral.http.forms import InputField, SerializerForm
from astral.http.pages import ActionPage, FormTargetPage, NextUrlFields, Page, safe_redirect_url
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
            assert finders.find(address.removeprefix(settings.STATIC_URL).partition("#")[0]), address


class NameRequest(StrictSerializer):
    name = TextField(max_length=10)


class NameForm(SerializerForm):
    serializer_class = NameRequest
    name = InputField("Name")


class ShoePage(Page):
    """Open to everybody. `is_missing`: the address names nothing. `refusal`: what a change raises."""

    is_missing = False
    refusal: Exception | None = None

    def check_access(self, request: HttpRequest) -> None:
        return None

    def load_target(self) -> None:
        if self.is_missing:
            raise ApiError("NOT_FOUND", "There is no such shoe.", 404)

    def change_name(self) -> None:
        if self.refusal:
            raise self.refusal


class ShoeFormPage(ShoePage, FormTargetPage):
    form_class = NameForm

    def save(self, values: dict[str, Any]) -> HttpResponse:
        self.change_name()
        return HttpResponse(f"{values['name']} is saved.")

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return HttpResponse(str(form))


class ShoeActionPage(ShoePage, ActionPage):
    serializer_class = NextUrlFields

    def apply_change(self, values: dict[str, Any]) -> str:
        self.change_name()
        return "The name is changed."

    def build_return_url(self) -> str:
        return "/shoes"


def post(page: type[ShoePage], sent: HttpRequest, **options: Any) -> HttpResponse:
    sent._messages = CookieStorage(sent)  # type: ignore[attr-defined]  # as the middleware does
    answer = page.as_view(**options)(sent)
    assert isinstance(answer, HttpResponse)
    return answer


def read_messages(sent: HttpRequest) -> list[tuple[str, str]]:
    return [(message.level_tag, message.message) for message in messages.get_messages(sent)]


@pytest.mark.parametrize("page", [ShoeFormPage, ShoeActionPage])
def test_target_is_loaded_before_the_body_is_read(page: type[ShoePage]):
    sent = RequestFactory().post("/", {"color": "red"})
    assert post(page, sent, is_missing=True).status_code == 404
    assert b"red" in sent.read()


def test_valid_form_is_saved_and_an_invalid_one_is_shown():
    assert post(ShoeFormPage, RequestFactory().post("/", {"name": "Fast"})).content == b"Fast is saved."
    assert b'id="error-name"' in post(ShoeFormPage, RequestFactory().post("/", {"name": ""})).content


@pytest.mark.parametrize(
    "refusal",
    [ApiError("TAKEN", "It is taken.", field="name"), ValidationError({"name": ["It is taken."]})],
)
def test_refused_form_keeps_what_was_typed(refusal: Exception):
    answer = post(ShoeFormPage, RequestFactory().post("/", {"name": "Fast"}), refusal=refusal)
    text = answer.content.decode()
    assert (answer.status_code, 'value="Fast"' in text) == (200, True)
    assert '<p class="field-error" id="error-name">It is taken.</p>' in text


@pytest.mark.parametrize(
    ("next_address", "shown"), [("/upload", "/upload"), ("https://evil.example/", "/shoes"), ("", "/shoes")]
)
def test_action_returns_to_a_page_of_this_server_with_a_notice(next_address: str, shown: str):
    sent = RequestFactory().post("/", {"next": next_address})
    answer = post(ShoeActionPage, sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, shown)
    assert read_messages(sent) == [("success", "The name is changed.")]


def test_refused_action_returns_with_a_warning():
    sent = RequestFactory().post("/", {"next": "/upload"})
    answer = post(ShoeActionPage, sent, refusal=ApiError("TAKEN", "It is taken."))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/upload")
    assert read_messages(sent) == [("warning", "It is taken.")]


@pytest.mark.parametrize(
    ("refusal", "status"), [(PermissionDenied(), 403), (ApiError("GONE", "It is gone.", 404), 404)]
)
def test_forbidden_action_is_an_error_page_and_no_warning(refusal: Exception, status: int):
    sent = RequestFactory().post("/", {"next": "/upload"})
    assert post(ShoeActionPage, sent, refusal=refusal).status_code == status
    assert read_messages(sent) == []


def test_page_of_one_athlete_knows_whose_it_is(cast: Cast):
    address = reverse("athlete-thresholds-page", args=[cast.ada.public_id])
    for user, own, section in ((cast.ada, True, "settings"), (cast.carl, False, "roster")):
        shown = browser(user).get(address).context
        assert (shown["athlete"].pk, shown["name"]) == (cast.ada.pk, "Ada")
        assert (shown["own"], shown["section"]) == (own, section)


def test_page_of_one_athlete_refuses_before_it_reads_the_form(cast: Cast):
    for user_id in (cast.zoe.public_id, encode("usr", new_id())):
        address = reverse("athlete-thresholds-page", args=[user_id])
        assert browser(cast.ada).post(address, {"color": "red"}).status_code == 403
