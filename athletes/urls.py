"""API addresses: sign-in, athletes and organizations."""

from django.urls import URLPattern, path

from athletes.access_log.api import AccessLogView
from athletes.accounts.api import MeView, SecondFactorView, SignInView, SignOutEverywhereView, SignOutView
from athletes.notices.api import NoticeReadView, NoticesReadAllView, NoticeSwitchesView, NoticeViewSet
from athletes.organizations.api import OrganizationScopedViewSet, OrganizationViewSet, OwnMembershipViewSet
from athletes.organizations.api_keys_api import ApiKeyViewSet
from athletes.organizations.groups_api import GroupMemberViewSet, GroupViewSet
from athletes.organizations.invitations_api import AcceptInvitationView, InvitationViewSet
from athletes.organizations.members_api import MemberViewSet
from athletes.personal_data.api import DeletableAthleteViewSet, PersonalDataExportView
from athletes.webhooks.api import (
    OrganizationWebhookDeliveryViewSet,
    OrganizationWebhookViewSet,
    PersonWebhookDeliveryViewSet,
    PersonWebhookViewSet,
    WebhookDeliveryViewSetBase,
    WebhookViewSetBase,
)


def organization_path(
    address: str, view: type[OrganizationScopedViewSet], name: str, **actions: str
) -> URLPattern:
    return path(f"organizations/<str:org_id>{address}", view.as_view({**actions}), name=f"organization{name}")


def list_webhook_paths(
    address: str, view: type[WebhookViewSetBase], deliveries: type[WebhookDeliveryViewSetBase], name: str
) -> list[URLPattern]:
    """The addresses of one kind of owner."""
    one = f"{address}/<str:webhook_id>"
    return [
        path(address, view.as_view({"get": "list", "post": "create"}), name=f"{name}webhooks"),
        path(
            one,
            view.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
            name=f"{name}webhook",
        ),
        path(f"{one}/rotate_secret", view.as_view({"post": "rotate"}), name=f"{name}webhook-rotate-secret"),
        path(f"{one}/test", view.as_view({"post": "send_test"}), name=f"{name}webhook-test"),
        path(f"{one}/deliveries", deliveries.as_view({"get": "list"}), name=f"{name}webhook-deliveries"),
        path(
            f"{one}/deliveries/<str:delivery_id>/resend",
            deliveries.as_view({"post": "resend"}),
            name=f"{name}webhook-resend",
        ),
    ]


urlpatterns = [
    path("auth/login", SignInView.as_view(), name="auth-login"),
    path("auth/login/second_factor", SecondFactorView.as_view(), name="auth-login-second-factor"),
    path("auth/logout", SignOutView.as_view(), name="auth-logout"),
    path("auth/logout_all", SignOutEverywhereView.as_view(), name="auth-logout-all"),
    path("auth/me", MeView.as_view(), name="auth-me"),
    path(
        "athletes/<str:user_id>",
        DeletableAthleteViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="athlete",
    ),
    path("athletes/<str:user_id>/access_log", AccessLogView.as_view(), name="athlete-access-log"),
    path("athletes/<str:user_id>/export", PersonalDataExportView.as_view(), name="athlete-export"),
    path(
        "organizations", OrganizationViewSet.as_view({"get": "list", "post": "create"}), name="organizations"
    ),
    organization_path("", OrganizationViewSet, "", get="retrieve", patch="partial_update"),
    organization_path("/hand_over", OrganizationViewSet, "-hand-over", post="hand_over"),
    organization_path("/leave", OwnMembershipViewSet, "-leave", post="leave"),
    organization_path("/consent", OwnMembershipViewSet, "-consent", get="consent", put="change_consent"),
    organization_path("/members", MemberViewSet, "-members", get="list"),
    organization_path("/members/invite", InvitationViewSet, "-invite", post="invite"),
    organization_path(
        "/members/<str:user_id>",
        MemberViewSet,
        "-member",
        get="retrieve",
        patch="partial_update",
        delete="destroy",
    ),
    organization_path("/groups", GroupViewSet, "-groups", get="list", post="create"),
    organization_path(
        "/groups/<str:group_id>",
        GroupViewSet,
        "-group",
        get="retrieve",
        patch="partial_update",
        delete="destroy",
    ),
    organization_path(
        "/groups/<str:group_id>/members/<str:user_id>",
        GroupMemberViewSet,
        "-group-member",
        put="put_into",
        delete="take_out",
    ),
    organization_path("/invitations", InvitationViewSet, "-invitations", get="list", post="create"),
    organization_path("/invitations/<str:invitation_id>", InvitationViewSet, "-invitation", delete="destroy"),
    organization_path("/api_keys", ApiKeyViewSet, "-keys", get="list", post="create"),
    organization_path("/api_keys/<str:key_id>", ApiKeyViewSet, "-key", delete="destroy"),
    organization_path("/api_keys/<str:key_id>/confirm", ApiKeyViewSet, "-key-confirm", post="confirm"),
    path("invitations/accept", AcceptInvitationView.as_view(), name="invitation-accept"),
    *list_webhook_paths(
        "organizations/<str:org_id>/webhooks",
        OrganizationWebhookViewSet,
        OrganizationWebhookDeliveryViewSet,
        "organization-",
    ),
    path("notices", NoticeViewSet.as_view({"get": "list"}), name="notices"),
    path("notices/read_all", NoticesReadAllView.as_view(), name="notices-read-all"),
    path("notices/settings", NoticeSwitchesView.as_view(), name="notice-settings"),
    path("notices/<str:notice_id>/read", NoticeReadView.as_view(), name="notice-read"),
    *list_webhook_paths("webhooks", PersonWebhookViewSet, PersonWebhookDeliveryViewSet, ""),
]
