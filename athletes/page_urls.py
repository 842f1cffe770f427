"""Page addresses: sign-in, settings and clubs. Each page's name ends with `-page`."""

from django.urls import path

from athletes.access_log.pages import AccessLogPage
from athletes.accounts.pages.email_address import ConfirmAddressPage, EmailAddressPage
from athletes.accounts.pages.forgotten_password import ForgottenPasswordPage, NewPasswordPage
from athletes.accounts.pages.second_step import PasskeyOptionsPage, PasskeySignInPage, SecondFactorPage
from athletes.accounts.pages.security import (
    AppPage,
    FactorRemovalPage,
    PasskeyPage,
    RecoveryCodesPage,
    SecurityPage,
)
from athletes.accounts.pages.settings import (
    BrowserEndPage,
    PasswordPage,
    SettingsPage,
    SignOutEverywherePage,
    TokenEndPage,
    TokensPage,
)
from athletes.accounts.pages.sign_in import HomePage, SignInPage, SignOutPage
from athletes.notices.pages import (
    NoticePage,
    NoticeReadPage,
    NoticesPage,
    NoticesReadAllPage,
    NoticeSwitchesPage,
    UnsubscribePage,
)
from athletes.organizations.pages.bulk_actions import AssignCoachPage, AssignGroupPage, AssignLabelPage
from athletes.organizations.pages.coach_notes import CoachNotePage
from athletes.organizations.pages.consent import ConsentPage, LeaveOrganizationPage, SharingPage
from athletes.organizations.pages.groups import GroupsPage
from athletes.organizations.pages.join import InvitationPage, JoinEmailPage, JoinPage
from athletes.organizations.pages.management import (
    ConfirmApiKeyPage,
    CreateApiKeyPage,
    EndApiKeyPage,
    HandOverPage,
    InviteByEmailPage,
    InviteByLinkPage,
    ManageInvitationPage,
    ManageMemberPage,
    SecondFactorRulePage,
)
from athletes.organizations.pages.organization import OrganizationDetailPage
from athletes.organizations.pages.organizations import NewOrganizationPage, OrganizationListPage
from athletes.personal_data.pages import PersonalDataPage
from athletes.webhooks.pages import (
    OrganizationWebhookListPage,
    OrganizationWebhookPage,
    PersonWebhookListPage,
    PersonWebhookPage,
)

urlpatterns = [
    path("", HomePage.as_view(), name="home-page"),
    path("sign-in", SignInPage.as_view(), name="sign-in-page"),
    path("sign-out", SignOutPage.as_view(), name="sign-out-page"),
    path("sign-in/second-factor", SecondFactorPage.as_view(), name="second-factor-page"),
    path("sign-in/passkey/options", PasskeyOptionsPage.as_view(), name="passkey-options-page"),
    path("sign-in/passkey", PasskeySignInPage.as_view(), name="passkey-sign-in-page"),
    path("forgot-password", ForgottenPasswordPage.as_view(), name="forgot-password-page"),
    path("new-password", NewPasswordPage.as_view(), name="new-password-page"),
    path("confirm-address", ConfirmAddressPage.as_view(), name="confirm-address-page"),
    path("join/invitation", InvitationPage.as_view(), name="invitation-page"),
    path("join/email", JoinEmailPage.as_view(), name="join-email-page"),
    path("join", JoinPage.as_view(), name="join-page"),
    path("settings", SettingsPage.as_view(), name="settings-page"),
    path("settings/security", SecurityPage.as_view(), name="security-page"),
    path("settings/security/app", AppPage.as_view(), name="app-page"),
    path("settings/security/passkey", PasskeyPage.as_view(), name="passkey-page"),
    path("settings/security/remove", FactorRemovalPage.as_view(), name="factor-removal-page"),
    path("settings/security/codes", RecoveryCodesPage.as_view(), name="recovery-codes-page"),
    path("settings/email", EmailAddressPage.as_view(), name="email-page"),
    path("settings/password", PasswordPage.as_view(), name="password-page"),
    path("settings/sharing", SharingPage.as_view(), name="sharing-page"),
    path("settings/sharing/<str:org_id>", ConsentPage.as_view(), name="consent-page"),
    path("settings/sharing/<str:org_id>/leave", LeaveOrganizationPage.as_view(), name="leave-page"),
    path("settings/access-log", AccessLogPage.as_view(), name="access-log-page"),
    path("notices", NoticesPage.as_view(), name="notices-page"),
    path("notices/read-all", NoticesReadAllPage.as_view(), name="notices-read-all-page"),
    path("notices/unsubscribe/<str:token>", UnsubscribePage.as_view(), name="unsubscribe-page"),
    path("notices/<str:notice_id>", NoticePage.as_view(), name="notice-page"),
    path("notices/<str:notice_id>/read", NoticeReadPage.as_view(), name="notice-read-page"),
    path("settings/notices", NoticeSwitchesPage.as_view(), name="notice-settings-page"),
    path("settings/webhooks", PersonWebhookListPage.as_view(), name="webhooks-page"),
    path("settings/webhooks/<str:webhook_id>", PersonWebhookPage.as_view(), name="webhook-page"),
    path("settings/data", PersonalDataPage.as_view(), name="own-data-page"),
    path("settings/tokens", TokensPage.as_view(), name="tokens-page"),
    path("settings/tokens/browser", BrowserEndPage.as_view(), name="browser-end-page"),
    path("settings/tokens/end", TokenEndPage.as_view(), name="token-end-page"),
    path("settings/sign-out-everywhere", SignOutEverywherePage.as_view(), name="sign-out-everywhere-page"),
    path("coach/selection/coach", AssignCoachPage.as_view(), name="selection-coach-page"),
    path("coach/selection/group", AssignGroupPage.as_view(), name="selection-group-page"),
    path("coach/selection/label", AssignLabelPage.as_view(), name="selection-label-page"),
    path("coach/groups", GroupsPage.as_view(), name="groups-page"),
    path("coach/clubs/new", NewOrganizationPage.as_view(), name="club-new-page"),
    path("coach/clubs", OrganizationListPage.as_view(), name="clubs-page"),
    path("coach/club", OrganizationDetailPage.as_view(), name="club-page"),
    path("coach/club/members", ManageMemberPage.as_view(), name="club-member-page"),
    path("coach/club/invitations/link", InviteByLinkPage.as_view(), name="club-link-page"),
    path("coach/club/invitations/mail", InviteByEmailPage.as_view(), name="club-mail-page"),
    path("coach/club/invitations/one", ManageInvitationPage.as_view(), name="club-invitation-page"),
    path("coach/club/second-factor", SecondFactorRulePage.as_view(), name="club-second-factor-page"),
    path("coach/club/hand-over", HandOverPage.as_view(), name="club-hand-over-page"),
    path("coach/club/keys", CreateApiKeyPage.as_view(), name="club-key-page"),
    path("coach/club/keys/confirm", ConfirmApiKeyPage.as_view(), name="club-key-confirm-page"),
    path("coach/club/keys/end", EndApiKeyPage.as_view(), name="club-key-end-page"),
    path("coach/club/webhooks", OrganizationWebhookListPage.as_view(), name="club-webhooks-page"),
    path("coach/club/webhooks/<str:webhook_id>", OrganizationWebhookPage.as_view(), name="club-webhook-page"),
    path(
        "coach/athletes/<str:user_id>/notes/<str:org_id>", CoachNotePage.as_view(), name="athlete-notes-page"
    ),
]
