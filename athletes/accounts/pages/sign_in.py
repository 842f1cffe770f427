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

from astral.http.errors import Refused
from astral.http.pages import WayBack, faults_by_field, own_address, sent
from athletes.access.page_user import Visitor
from athletes.access.protected_page import AdmittedPage
from athletes.accounts.serializers import SignInQuestion
from athletes.accounts.sign_in import account_of, sign_out


class HomePage(AdmittedPage):
    """`/`: leads coaches to their roster, athletes to themselves, and everybody else to the sign-in page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(_first_page(self.visitor) if self.visitor.signed_in else "sign-in-page")


def _first_page(visitor: Visitor) -> str:
    """The address of the first page there is for them; those of the apps above are known by name only."""
    names = ("roster-page", "own-page", "upload-page")[0 if visitor.is_coach else 1 :]
    for name in names:
        with suppress(NoReverseMatch):
            return reverse(name)
    raise NoReverseMatch(names)


class SignInForm(SignInQuestion, WayBack):
    """The sign-in call's fields, and where to go then."""


class SignInPage(AdmittedPage):
    template_name = "athletes/accounts/sign_in.html"
    question_class = WayBack

    def get(self, request: HttpRequest) -> HttpResponse:
        way_back = own_address(request, self.asked().get("next", ""), reverse("home-page"))
        if self.visitor.signed_in:
            return redirect(way_back)
        return self.page(next=way_back)

    def post(self, request: HttpRequest) -> HttpResponse:
        """The same answer, but for the address that was typed, whether there is such an account or not."""
        fields = sent(request)
        try:
            asked = SignInForm.asked(fields)
            user = account_of(request, asked["email"], asked["password"])
        except ValidationError as error:
            return self._again(request, faults_by_field(error.detail))
        except Refused as refusal:
            return self._again(request, {"form": str(refusal.detail)})
        login(request, user)
        return redirect(own_address(request, asked.get("next", ""), reverse("home-page")))

    def _again(self, request: HttpRequest, errors: Mapping[str, str]) -> HttpResponse:
        fields = sent(request)
        way_back = own_address(request, fields.get("next", ""), reverse("home-page"))
        return self.page(next=way_back, email=fields.get("email", "")[:254], errors=errors)


class SignOutPage(AdmittedPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        sign_out(request, None)
        messages.success(request, "You are signed out.")
        return redirect("sign-in-page")
