"""Coming in and going out."""

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
from astral.http.pages import NextUrlForm, errors_by_field, form_data, safe_redirect_url
from athletes.access.page_user import PageUser
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.serializers import SignInRequest
from athletes.accounts.sign_in import authenticate_account, sign_out


class HomePage(ProtectedPage):
    """`/`: leads coaches to their roster, athletes to themselves, and everybody else to the sign-in page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(_first_page(self.page_user) if self.page_user.signed_in else "sign-in-page")


def _first_page(visitor: PageUser) -> str:
    """The address of the first page there is for them; those of the apps above are known by name only."""
    names = ("roster-page", "own-page", "upload-page")[0 if visitor.is_coach else 1 :]
    for name in names:
        with suppress(NoReverseMatch):
            return reverse(name)
    raise NoReverseMatch(names)


class SignInForm(SignInRequest, NextUrlForm):
    """The sign-in call's fields, and where to go then."""


class SignInPage(ProtectedPage):
    template_name = "athletes/accounts/sign_in.html"
    query_serializer_class = NextUrlForm

    def get(self, request: HttpRequest) -> HttpResponse:
        way_back = safe_redirect_url(request, self.parse_query().get("next", ""), reverse("home-page"))
        if self.page_user.signed_in:
            return redirect(way_back)
        return self.page(next=way_back)

    def post(self, request: HttpRequest) -> HttpResponse:
        """The same answer, but for the address that was typed, whether there is such an account or not."""
        fields = form_data(request)
        try:
            asked = SignInForm.parse(fields)
            user = authenticate_account(request, asked["email"], asked["password"])
        except ValidationError as error:
            return self._render_again(request, errors_by_field(error.detail))
        except ApiError as refusal:
            return self._render_again(request, {"form": str(refusal.detail)})
        login(request, user)
        return redirect(safe_redirect_url(request, asked.get("next", ""), reverse("home-page")))

    def _render_again(self, request: HttpRequest, errors: Mapping[str, str]) -> HttpResponse:
        fields = form_data(request)
        way_back = safe_redirect_url(request, fields.get("next", ""), reverse("home-page"))
        return self.page(next=way_back, email=fields.get("email", "")[:254], errors=errors)


class SignOutPage(ProtectedPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        sign_out(request, None)
        messages.success(request, "You are signed out.")
        return redirect("sign-in-page")
