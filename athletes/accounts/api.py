"""API: sign in, sign out, and the signed-in user."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.views import ApiView
from athletes.accounts.serializers import (
    MeSerializer,
    SecondFactorRequest,
    SignInRequest,
    TokenSerializer,
    serialize_me,
)
from athletes.accounts.sign_in import sign_in, sign_in_with_code, sign_out, sign_out_everywhere
from athletes.accounts.unread import load_unread_counter
from athletes.models import User


class AuthView(ApiView):
    """Answers of the auth calls are not wrapped in `data`."""

    enveloped = False
    tag = "auth"


class SignInView(AuthView):
    permission_classes = (AllowAny,)
    authentication_classes = ()
    further_statuses = (401, 403, 409, 429)

    @extend_schema(request=SignInRequest, responses=TokenSerializer, operation_id="auth_login")
    def post(self, request: Request) -> Response:
        """Sign in and get a new token.

        If the account has a second factor, the answer is 401 SECOND_FACTOR_REQUIRED. Then send a code with
        `details.challenge` to `auth/login/second_factor`.

        The number of failed attempts is limited. So are the tokens of an account: those that are valid (409
        TOO_MANY_TOKENS) and the new ones of an hour (429 LIMIT_REACHED). The answer is not wrapped in `data`.
        """
        credentials = SignInRequest.parse(request.data)
        user, token, expires_at = sign_in(
            request._request, credentials["email"], credentials["password"], timezone.now()
        )
        return Response(_serialize_token(user, token, expires_at))


class SecondFactorView(AuthView):
    permission_classes = (AllowAny,)
    authentication_classes = ()
    further_statuses = (401, 403, 409, 429)

    @extend_schema(
        request=SecondFactorRequest, responses=TokenSerializer, operation_id="auth_login_second_factor"
    )
    def post(self, request: Request) -> Response:
        """The second step of a sign-in: a code of your authenticator app or a recovery code.

        Each code works once. The number of wrong codes is limited. Passkeys work on pages only. The answer is
        not wrapped in `data`.
        """
        step = SecondFactorRequest.parse(request.data)
        user, token, expires_at = sign_in_with_code(
            request._request, step["challenge"], step["code"], timezone.now()
        )
        return Response(_serialize_token(user, token, expires_at))


class SignOutView(AuthView):
    @extend_schema(request=None, responses={204: None}, operation_id="auth_logout", summary="Sign out")
    def post(self, request: Request) -> Response:
        """End the token or browser session that this request uses."""
        sign_out(request._request, request.auth)
        return Response(status=204)


class SignOutEverywhereView(AuthView):
    @extend_schema(
        request=None, responses={204: None}, operation_id="auth_logout_all", summary="Sign out everywhere"
    )
    def post(self, request: Request) -> Response:
        """End all your tokens and browser sessions."""
        sign_out_everywhere(cast(User, request.user))
        return Response(status=204)


class MeView(AuthView):
    @extend_schema(responses=MeSerializer, operation_id="auth_me")
    def get(self, request: Request) -> Response:
        """Your account and your organizations. The answer is not wrapped in `data`."""
        user = cast(User, request.user)
        return Response(serialize_me(user, load_unread_counter()(user, timezone.now())))


def _serialize_token(user: User, token: str, expires_at: datetime) -> dict[str, Any]:
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_at": expires_at,
        "user_id": user.public_id,
    }
