"""Runs one HTTP request through the streamable HTTP transport of the protocol's own library.

The library is asynchronous. The event loop lives as long as the request; tools run in the thread of the
request, with its database connection.
"""

from __future__ import annotations

from typing import Any

import orjson
from asgiref.sync import async_to_sync
from django.http import HttpRequest
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from rest_framework.response import Response

from astral.logs import name_subject
from coaching.assistants.assistant_call import AssistantCall

CALL = "astral.call"  # where the tools find the call, in the scope of the request
JSON = b"application/json"
ACCEPT = b"application/json, text/event-stream"


class CollectedAnswer:
    """The ASGI messages of one answer."""

    def __init__(self) -> None:
        self.status, self.headers, self.content = 500, dict[bytes, bytes](), b""

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = int(message["status"]), dict(message.get("headers", ()))
        else:
            self.content += message.get("body", b"")

    def to_response(self) -> Response:
        """A refusal of the transport that is no JSON is answered by its status alone."""
        is_json = self.headers.get(b"content-type", b"").startswith(JSON) and self.content
        return Response(orjson.loads(self.content) if is_json else None, self.status)


def run_exchange(server: Server[Any], request: HttpRequest, body: bytes, call: AssistantCall) -> Response:
    """Answer one message. Raises what a tool raised unexpectedly: it is logged and answered as ever."""
    readable = body if _is_strict_json(body) else b""
    answer = async_to_sync(_answer_message)(server, _build_scope(request, call), readable)
    if call.trace.athlete_id:
        name_subject(call.trace.athlete_id)
    if call.trace.failure:
        raise call.trace.failure
    return answer.to_response()


def _is_strict_json(body: bytes) -> bool:
    """The library also reads half a surrogate pair, which no answer can repeat."""
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True


async def _answer_message(server: Server[Any], scope: dict[str, Any], body: bytes) -> CollectedAnswer:
    """Each request has a session manager of its own: nothing outlives the request."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    # Host and Origin are checked before: the settings of this server know them.
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
    answer = CollectedAnswer()
    async with manager.run():
        await manager.handle_request(scope, receive, answer.send)
    return answer


def _build_scope(request: HttpRequest, call: AssistantCall) -> dict[str, Any]:
    """The ASGI scope of a request. Credentials stay out of it.

    The library wants to read in Accept that JSON and event streams are welcome. The answer is always JSON,
    and REST framework has negotiated that.
    """
    omitted = {"authorization", "x-api-key", "cookie", "accept"}
    names = [name for name in request.headers if name.lower() not in omitted]
    headers = [(name.lower().encode(), request.headers[name].encode("latin-1")) for name in names]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": request.path,
        "query_string": b"",
        "headers": [*headers, (b"accept", ACCEPT)],
        CALL: call,
    }
