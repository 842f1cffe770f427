"""Pages: sign in, sign out and the redirect at `/`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from rest_framework.exceptions import ValidationError

from astral.http.errors import ApiError
from astral.http.forms import form_data
from astral.http.pages import NextUrlForm, errors_by_field, safe_redirect_url
from athletes.access.page_user import PageUser
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.serializers import SignInRequest
from athletes.accounts.sign_in import authenticate_account, sign_out


class HomePage(ProtectedPage):
    """`/`: redirects coaches to the roster, athletes to their page, and others to the sign-in page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(_start_address(self.page_user) if self.page_user.signed_in else "sign-in-page")


def _start_address(user: PageUser) -> str:
    """The first existing page for this user.

    Higher apps define these pages, so they are found by name only.
    """
    names = ("roster-page", "own-page", "upload-page")[0 if user.is_coach else 1 :]
    for name in names:
        with suppress(NoReverseMatch):
            return reverse(name)
    raise NoReverseMatch(names)


class SignInForm(SignInRequest, NextUrlForm):
    """The fields of the sign-in call and the address to open afterwards."""


class SignInPage(ProtectedPage):
    template_name = "athletes/accounts/sign_in.html"
    query_serializer_class = NextUrlForm

    def get(self, request: HttpRequest) -> HttpResponse:
        next_address = safe_redirect_url(request, self.parse_query().get("next", ""), reverse("home-page"))
        if self.page_user.signed_in:
            return redirect(next_address)
        return self.page(next=next_address)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign in. The error does not reveal whether the account exists."""
        fields = form_data(request)
        try:
            form = SignInForm.parse(fields)
            user = authenticate_account(request, form["email"], form["password"])
        except ValidationError as error:
            return self._render_again(request, errors_by_field(error.detail))
        except ApiError as error:
            return self._render_again(request, {"form": str(error.detail)})
        login(request, user)
        return redirect(safe_redirect_url(request, form.get("next", ""), reverse("home-page")))

    def _render_again(self, request: HttpRequest, errors: Mapping[str, str]) -> HttpResponse:
        fields = form_data(request)
        next_address = safe_redirect_url(request, fields.get("next", ""), reverse("home-page"))
        return self.page(next=next_address, email=fields.get("email", "")[:254], errors=errors)


class SignOutPage(ProtectedPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        sign_out(request, None)
        messages.success(request, "You have signed out.")
        return redirect("sign-in-page")
