"""The address /mcp: assistants call tools with the token of a person or the key of a club."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.views import ApiView
from athletes.access.permissions import get_permit
from athletes.accounts.limits.rate_limits import READS, CredentialThrottle
from athletes.models import ApiKey
from coaching.assistants.assistant_call import AssistantCall
from coaching.assistants.exchange import run_exchange
from coaching.assistants.server import SERVER

MAX_MESSAGE_BYTES = 200_000  # a comment or a session has a few kilobytes


class MessageParser(BaseParser):
    """Gives the bytes of a message: the protocol's own library reads them, and names their faults."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(MAX_MESSAGE_BYTES + 1)
        if len(raw) > MAX_MESSAGE_BYTES:
            raise RequestDataTooBig
        return raw


class AssistantThrottle(CredentialThrottle):
    """Each exchange is a read. A tool that writes counts a write, too."""

    def find_kind(self, request: Request) -> str:
        return READS


class AssistantView(ApiView):
    """Streamable HTTP without sessions: each POST is one message, and its answer is JSON."""

    throttle_classes = (AssistantThrottle,)
    parser_classes = (MessageParser,)

    @extend_schema(exclude=True)  # the protocol describes its tools itself
    def post(self, request: Request) -> Response:
        """Answer one message of the Model Context Protocol."""
        _check_origin(request._request)
        sent: Any = request.data
        body = sent if isinstance(sent, bytes) else b""  # REST framework parses no empty body
        credential = request.auth
        key_name = credential.name if isinstance(credential, ApiKey) else ""
        call = AssistantCall(get_permit(request).viewer, key_name, timezone.now())
        return run_exchange(SERVER, request._request, body, call)


def _check_origin(request: HttpRequest) -> None:
    """Refuse a browser that shows a page of another server, as the protocol demands.

    Programs send no Origin. Raises PermissionDenied.
    """
    origin = request.headers.get("Origin")
    own = f"{request.scheme}://{request.get_host()}"
    if origin is not None and origin not in (own, *settings.CSRF_TRUSTED_ORIGINS):
        raise PermissionDenied
