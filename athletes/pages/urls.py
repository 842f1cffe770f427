"""Where people come in, and what they decide about themselves. Each page's name ends with `-page`."""

from django.urls import path

from athletes.pages.account import PasswordPage, SettingsPage, SignOutEverywherePage, TokenEndPage, TokensPage
from athletes.pages.entrance import HomePage, SignInPage, SignOutPage
from athletes.pages.joining import JoinPage
from athletes.pages.own_data import OwnDataPage
from athletes.pages.sharing import ConsentPage, LeavePage, SharingPage

urlpatterns = [
    path("", HomePage.as_view(), name="home-page"),
    path("sign-in", SignInPage.as_view(), name="sign-in-page"),
    path("sign-out", SignOutPage.as_view(), name="sign-out-page"),
    path("join", JoinPage.as_view(), name="join-page"),
    path("settings", SettingsPage.as_view(), name="settings-page"),
    path("settings/password", PasswordPage.as_view(), name="password-page"),
    path("settings/sharing", SharingPage.as_view(), name="sharing-page"),
    path("settings/sharing/<str:org_id>", ConsentPage.as_view(), name="consent-page"),
    path("settings/sharing/<str:org_id>/leave", LeavePage.as_view(), name="leave-page"),
    path("settings/data", OwnDataPage.as_view(), name="own-data-page"),
    path("settings/tokens", TokensPage.as_view(), name="tokens-page"),
    path("settings/tokens/end", TokenEndPage.as_view(), name="token-end-page"),
    path("settings/sign-out-everywhere", SignOutEverywherePage.as_view(), name="sign-out-everywhere-page"),
]
