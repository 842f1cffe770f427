"""Who: signing in, the athletes, and the organizations they belong to."""

from django.urls import URLPattern, path

from athletes.accounts.api import Me, SignIn, SignOut, SignOutEverywhere
from athletes.organizations.api import InOrganization, Organizations, OwnMembership
from athletes.organizations.api_keys_api import Keys
from athletes.organizations.groups_api import GroupMembers, Groups
from athletes.organizations.invitations_api import Accept, Invitations
from athletes.organizations.members_api import Members
from athletes.personal_data.api import Athletes, OwnArchive


def in_organization(address: str, view: type[InOrganization], name: str, **actions: str) -> URLPattern:
    return path(f"organizations/<str:org_id>{address}", view.as_view({**actions}), name=f"organization{name}")


urlpatterns = [
    path("auth/login", SignIn.as_view(), name="auth-login"),
    path("auth/logout", SignOut.as_view(), name="auth-logout"),
    path("auth/logout_all", SignOutEverywhere.as_view(), name="auth-logout-all"),
    path("auth/me", Me.as_view(), name="auth-me"),
    path(
        "athletes/<str:user_id>",
        Athletes.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="athlete",
    ),
    path("athletes/<str:user_id>/export", OwnArchive.as_view(), name="athlete-export"),
    path("organizations", Organizations.as_view({"get": "list", "post": "create"}), name="organizations"),
    in_organization("", Organizations, "", get="retrieve", patch="partial_update"),
    in_organization("/hand_over", Organizations, "-hand-over", post="hand_over"),
    in_organization("/leave", OwnMembership, "-leave", post="leave"),
    in_organization("/consent", OwnMembership, "-consent", get="consent", put="change_consent"),
    in_organization("/members", Members, "-members", get="list"),
    in_organization("/members/invite", Invitations, "-invite", post="invite"),
    in_organization(
        "/members/<str:user_id>", Members, "-member", get="retrieve", patch="partial_update", delete="destroy"
    ),
    in_organization("/groups", Groups, "-groups", get="list", post="create"),
    in_organization(
        "/groups/<str:group_id>", Groups, "-group", get="retrieve", patch="partial_update", delete="destroy"
    ),
    in_organization(
        "/groups/<str:group_id>/members/<str:user_id>",
        GroupMembers,
        "-group-member",
        put="put_into",
        delete="take_out",
    ),
    in_organization("/invitations", Invitations, "-invitations", get="list", post="create"),
    in_organization("/invitations/<str:invitation_id>", Invitations, "-invitation", delete="destroy"),
    in_organization("/api_keys", Keys, "-keys", get="list", post="create"),
    in_organization("/api_keys/<str:key_id>", Keys, "-key", delete="destroy"),
    path("invitations/accept", Accept.as_view(), name="invitation-accept"),
]
