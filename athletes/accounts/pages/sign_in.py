"""Pages: sign in, sign out and the redirect at `/`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse

from astral.http.forms import InputField, SerializerForm
from astral.http.pages import FormPage, NextUrlFields, safe_redirect_url
from athletes.access.page_user import PageUser
from athletes.access.protected_page import ProtectedPage
from athletes.accounts.pages.fields import CurrentPasswordField
from athletes.accounts.second_factor.requirement import is_setup_session
from athletes.accounts.second_factor.steps import begin_second_step
from athletes.accounts.serializers import SignInRequest
from athletes.accounts.sign_in import authenticate_account, sign_out


class HomePage(ProtectedPage):
    """`/`: redirects coaches to the roster, athletes to their page, and others to the sign-in page.

    Who may have a club to set up goes to the checklist first, until it is complete or closed.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.page_user.signed_in:
            return redirect("sign-in-page")
        if self.page_user.leads_or_is_staff and self.person.setup_closed_at is None:
            with suppress(NoReverseMatch):
                return redirect(f"{reverse('start-page')}?skip_done=1")
        return redirect(_start_address(self.page_user))


def _start_address(user: PageUser) -> str:
    """The first existing page for this user.

    Higher apps define these pages, so they are found by name only.
    """
    names = ("roster-page", "own-page", "upload-page")[0 if user.is_coach else 1 :]
    for name in names:
        with suppress(NoReverseMatch):
            return reverse(name)
    raise NoReverseMatch(names)


class SignInPageRequest(SignInRequest, NextUrlFields):
    """The fields of the sign-in call and the address to open afterwards."""


class SignInForm(SerializerForm):
    is_saved_once = False  # it creates nothing, and failed tries must be counted
    serializer_class = SignInPageRequest
    extra_fields = ("next",)
    email = InputField("E-mail address", type="email", required=True, max_length=254, autocomplete="username")
    password = CurrentPasswordField("Password")


class SignInPage(ProtectedPage, FormPage):
    """The error does not reveal whether the account exists."""

    template_name = "athletes/accounts/sign_in.html"
    query_serializer_class = NextUrlFields
    form_class = SignInForm

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        if is_setup_session(request):
            messages.warning(request, "Your account needs a second factor. Add one to go on.")
            return redirect("security-page")
        if self.page_user.signed_in:
            return redirect(self._get_next_url(self.parse_query()))
        return super().get(request, **address)

    def save(self, values: dict[str, Any]) -> HttpResponse:
        person = authenticate_account(self.request, values["email"], values["password"])
        next_url = self._get_next_url(values)
        if begin_second_step(self.request, person):
            return redirect(f"{reverse('second-factor-page')}?{urlencode({'next': next_url})}")
        return redirect(next_url)

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self.page(
            form=form, next=self._get_next_url(form.sent if form.is_bound else self.parse_query())
        )

    def _get_next_url(self, values: Mapping[str, Any]) -> str:
        return safe_redirect_url(self.request, values.get("next", ""), reverse("home-page"))


class SignOutPage(ProtectedPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        sign_out(request, None)
        messages.success(request, "You have signed out.")
        return redirect("sign-in-page")
