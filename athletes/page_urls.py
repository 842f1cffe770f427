"""Page addresses: sign-in, settings and clubs. Each page's name ends with `-page`."""

from django.urls import path

from athletes.accounts.pages.settings import (
    PasswordPage,
    SettingsPage,
    SignOutEverywherePage,
    TokenEndPage,
    TokensPage,
)
from athletes.accounts.pages.sign_in import HomePage, SignInPage, SignOutPage
from athletes.organizations.pages.bulk_actions import CoachPage, GroupPage, LabelPage
from athletes.organizations.pages.coach_notes import NotesPage
from athletes.organizations.pages.consent import ConsentPage, LeaveOrganizationPage, SharingPage
from athletes.organizations.pages.groups import GroupsPage
from athletes.organizations.pages.join import JoinPage
from athletes.organizations.pages.management import (
    HandOverPage,
    InvitationPage,
    KeyEndPage,
    KeyPage,
    LinkPage,
    MailPage,
    MemberPage,
)
from athletes.organizations.pages.organization import ClubPage
from athletes.organizations.pages.organizations import ClubsPage
from athletes.personal_data.pages import PersonalDataPage

urlpatterns = [
    path("", HomePage.as_view(), name="home-page"),
    path("sign-in", SignInPage.as_view(), name="sign-in-page"),
    path("sign-out", SignOutPage.as_view(), name="sign-out-page"),
    path("join", JoinPage.as_view(), name="join-page"),
    path("settings", SettingsPage.as_view(), name="settings-page"),
    path("settings/password", PasswordPage.as_view(), name="password-page"),
    path("settings/sharing", SharingPage.as_view(), name="sharing-page"),
    path("settings/sharing/<str:org_id>", ConsentPage.as_view(), name="consent-page"),
    path("settings/sharing/<str:org_id>/leave", LeaveOrganizationPage.as_view(), name="leave-page"),
    path("settings/data", PersonalDataPage.as_view(), name="own-data-page"),
    path("settings/tokens", TokensPage.as_view(), name="tokens-page"),
    path("settings/tokens/end", TokenEndPage.as_view(), name="token-end-page"),
    path("settings/sign-out-everywhere", SignOutEverywherePage.as_view(), name="sign-out-everywhere-page"),
    path("coach/selection/coach", CoachPage.as_view(), name="selection-coach-page"),
    path("coach/selection/group", GroupPage.as_view(), name="selection-group-page"),
    path("coach/selection/label", LabelPage.as_view(), name="selection-label-page"),
    path("coach/groups", GroupsPage.as_view(), name="groups-page"),
    path("coach/clubs", ClubsPage.as_view(), name="clubs-page"),
    path("coach/club", ClubPage.as_view(), name="club-page"),
    path("coach/club/members", MemberPage.as_view(), name="club-member-page"),
    path("coach/club/invitations/link", LinkPage.as_view(), name="club-link-page"),
    path("coach/club/invitations/mail", MailPage.as_view(), name="club-mail-page"),
    path("coach/club/invitations/one", InvitationPage.as_view(), name="club-invitation-page"),
    path("coach/club/hand-over", HandOverPage.as_view(), name="club-hand-over-page"),
    path("coach/club/keys", KeyPage.as_view(), name="club-key-page"),
    path("coach/club/keys/end", KeyEndPage.as_view(), name="club-key-end-page"),
    path("coach/athletes/<str:user_id>/notes/<str:org_id>", NotesPage.as_view(), name="athlete-notes-page"),
]
