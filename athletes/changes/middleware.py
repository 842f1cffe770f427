"""Names the caller of each request as the author of its changes."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from astral.http.errors import is_api_request
from astral.http.middleware.caller import find_loaded_user
from athletes.changes.author import AuthorOfRequest, EntryAuthor, open_change_author
from athletes.models import ChangeEntry

STAFF_PAGES = "/admin/"


class ChangeAuthorMiddleware:
    """Middleware. It must come after the one that sets `request.user`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))
        author = AuthorOfRequest(lambda: _find_author(request), _find_door(request), request_id)
        with open_change_author(author):
            return self.get_response(request)


def _find_author(request: HttpRequest) -> EntryAuthor:
    """Makes no SQL statement. A request that nobody signed in for has a person without a name."""
    user = find_loaded_user(request)
    if user is None or not user.is_authenticated:
        return EntryAuthor(ChangeEntry.AuthorKind.PERSON, None)
    kind, identifier, _ = user.log_identity
    return EntryAuthor(kind, identifier, user.pk if user.acting else None)


def _find_door(request: HttpRequest) -> str:
    if is_api_request(request):
        return "api"
    return "admin" if request.path.startswith(STAFF_PAGES) else "page"
