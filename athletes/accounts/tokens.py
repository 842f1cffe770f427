"""Bearer tokens.

A user can have several. They are stored as digests and expire. Ending one takes effect at once.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.authentication import get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from astral.http.errors import ApiError
from astral.precompiled_queries import PrecompiledQuery
from athletes.accounts.limits.use_limits import TOKENS, count_use
from athletes.models import User


@transaction.atomic
def create_token(user: User, now: datetime) -> tuple[AuthToken, str]:
    """Create a token. Returns its row and its secret, which is not stored.

    Raises 409 TOO_MANY_TOKENS if the account has as many valid ones as it may have, and 429 LIMIT_REACHED
    after too many in an hour.
    """
    # Calls at once wait for each other.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    most = settings.TOKENS_PER_ACCOUNT
    if AuthToken.objects.filter(user=user, expiry__gt=now).count() >= most:
        raise ApiError(
            "TOO_MANY_TOKENS",
            f"An account has at most {most} valid tokens, and you have as many. End some in the settings,"
            " or all with POST /api/v1/auth/logout_all.",
            409,
        )
    count_use(user.pk, TOKENS, now)
    row, token = AuthToken.objects.create(user)
    return row, token


class BearerAuthentication(TokenAuthentication):  # type: ignore[misc]
    """knox tokens. One SQL statement finds token, user and athlete (knox itself makes two)."""

    def authenticate(self, request: Request) -> tuple[User, AuthToken] | None:
        scheme, *rest = get_authorization_header(request).split() or [b""]
        if scheme.lower() != b"bearer":
            return None
        if len(rest) != 1:
            raise AuthenticationFailed(
                "The Authorization header must have the form: Bearer <token>.", "invalid_token"
            )
        return self.authenticate_credentials(rest[0])

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        found = _find_live_token(token)
        if found is None:
            raise AuthenticationFailed("This token is unknown, expired or ended.", "invalid_token")
        return found.user, found


def _find_live_token(token: bytes) -> AuthToken | None:
    try:
        digest = hash_token(token.decode("ascii"))
    except UnicodeDecodeError:
        return None
    return _LIVE_TOKEN_QUERY.first(digest=digest, now=timezone.now())


def _build_live_token_query(digest: str, now: datetime) -> Any:
    live = AuthToken.objects.filter(digest=digest, expiry__gt=now, user__is_active=True)
    return live.select_related("user__athlete")


# Every call of the API runs this: 0.4 ms compiled, 1.0 ms as a queryset.
_LIVE_TOKEN_QUERY = PrecompiledQuery(
    _build_live_token_query, digest="the digest", now=datetime.max.replace(tzinfo=UTC)
)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The OpenAPI description of bearer tokens."""

    target_class = "athletes.accounts.tokens.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The access_token of POST /api/v1/auth/login.",
        }
