"""Who: signing in and the athletes."""

from django.urls import path

from athletes.api import Athletes, Me, SignIn, SignOut, SignOutEverywhere

urlpatterns = [
    path("auth/login", SignIn.as_view(), name="auth-login"),
    path("auth/logout", SignOut.as_view(), name="auth-logout"),
    path("auth/logout_all", SignOutEverywhere.as_view(), name="auth-logout-all"),
    path("auth/me", Me.as_view(), name="auth-me"),
    path(
        "athletes/<str:user_id>",
        Athletes.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="athlete",
    ),
]
