"""API keys of organizations: create and authenticate.

A key may do what a coach of its organization may do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import resolve
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from astral.logs import log_event
from astral.precompiled_queries import PrecompiledQuery
from athletes.access.policy import find_policy_row
from athletes.models import ApiKey, Organization, User
from athletes.rights import CacheScope, Scope
from athletes.roles import Role
from athletes.secret_tokens import generate_secret, hash_secret

SECRET_PREFIX = "astral_live_"
SHOWN_SECRET_LENGTH = len(SECRET_PREFIX) + 6
LAST_USE_INTERVAL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ApiKeyUser:
    """`request.user` of a call with an API key. It is no person, so the call must name the athlete."""

    organization_id: UUID
    scopes: frozenset[str]
    key_id: UUID | None = field(default=None, compare=False)  # for the access log

    pk = None
    is_authenticated = True
    is_active = True
    is_anonymous = False
    is_staff = False
    acting = None

    @property
    def cache_scope(self) -> CacheScope:
        return CacheScope(organization_id=self.organization_id)

    @property
    def query_id(self) -> UUID:
        return self.organization_id

    @property
    def log_identity(self) -> tuple[str, UUID | None, UUID | None]:
        return ("key", self.key_id, self.organization_id)

    def with_query_id(self, identifier: UUID) -> ApiKeyUser:
        return ApiKeyUser(identifier, self.scopes)

    def has_scope(self, scope: str | None) -> bool:
        return scope in self.scopes or (scope == Scope.READ and Scope.WRITE in self.scopes)

    def organization_ids(self, roles: frozenset[Role]) -> QuerySet[Organization, UUID]:
        organizations = Organization.objects.all() if Role.COACH in roles else Organization.objects.none()
        return organizations.filter(pk=self.organization_id).values_list("pk", flat=True)


def create_api_key(
    organization: Organization,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime,
    by: User,
    secret: str = "",
) -> tuple[ApiKey, str]:
    """Create a key. Returns the key and its secret, which is not stored; by default a new one."""
    secret = secret or generate_secret(SECRET_PREFIX)
    key = ApiKey.objects.create(
        organization=organization,
        name=name,
        digest=hash_secret(secret),
        shown_prefix=secret[:SHOWN_SECRET_LENGTH],
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
        created_by=by,
    )
    log_event("api_key_created", key=key.pk, organization=organization.pk, by=by.pk)
    return key, secret


def end_api_key(key: ApiKey, by: User) -> None:
    """Delete a key; its next call is 401."""
    log_event("api_key_ended", key=key.pk, organization=key.organization_id, by=by.pk)
    key.delete()


def confirm_api_key(key: ApiKey, by: User) -> ApiKey:
    """Keep a key whose maker no longer leads the organization: `by` is its maker from now on."""
    log_event("api_key_confirmed", key=key.pk, organization=key.organization_id, by=by.pk)
    key.created_by = by
    key.save(update_fields=["created_by"])
    return key


class ApiKeyAuthentication(BaseAuthentication):
    """Accepts `X-API-Key: astral_live_…` or the same secret as a Bearer token.

    Makes one SQL statement, and once a minute a second one to store `last_used_at`.
    """

    def authenticate(self, request: Request) -> tuple[ApiKeyUser, ApiKey] | None:
        secret = _read_secret(request)
        if secret is None:
            return None
        now = timezone.now()
        key = _LIVE_KEY_QUERY.first(digest=hash_secret(secret), now=now)
        if key is None:
            raise AuthenticationFailed("This key is unknown, expired, ended or not confirmed.", "invalid_key")
        _record_use(key, now)
        return ApiKeyUser(key.organization_id, frozenset(key.scopes), key.pk), key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _build_live_key_query(digest: str, now: datetime) -> QuerySet[ApiKey]:
    return ApiKey.objects.live(now).filter(digest=digest)


# Every call with a key runs this.
_LIVE_KEY_QUERY = PrecompiledQuery(
    _build_live_key_query, digest="the digest", now=datetime.max.replace(tzinfo=UTC)
)


def _read_secret(request: Request) -> str | None:
    """The secret of the request, or None.

    Raises 401 if both headers are sent, because it is unclear which one counts.
    """
    authorization = get_authorization_header(request)
    scheme, _, bearer = authorization.decode("latin-1").partition(" ")
    header = request.headers.get("X-API-Key")
    if header is not None and authorization:
        raise AuthenticationFailed("Send X-API-Key or Authorization, not both.", "invalid_key")
    if header is None and scheme.lower() == "bearer" and bearer.strip().startswith(SECRET_PREFIX):
        return bearer.strip()
    return header


def _record_use(key: ApiKey, now: datetime) -> None:
    before = now - LAST_USE_INTERVAL
    if key.last_used_at is None or key.last_used_at < before:
        outdated = Q(last_used_at=None) | Q(
            last_used_at__lt=before
        )  # so only one of many concurrent calls writes
        ApiKey.objects.filter(outdated, pk=key.pk).update(last_used_at=now)


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The OpenAPI description of API keys."""

    target_class = "athletes.organizations.api_keys.ApiKeyAuthentication"
    name = "api_key"

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """Only for calls that an API key may make."""
        row = find_policy_row(resolve(auto_schema.path).url_name or "", auto_schema.method)
        return [{self.name: []}] if row and row.right.scope else []

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-API-Key",
            "description": "The API key of an organization, astral_live_…. It also works as a Bearer token.",
        }
