"""The client of the protocol's own library talks to a server over HTTP, in both eras of the protocol."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from anyio.from_thread import start_blocking_portal
from knox.models import AuthToken
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, ListToolsResult
from pytest_django.live_server_helper import LiveServer

from athletes.looks.buffer import look_buffer
from athletes.models import AccessLogEntry
from tests.coaching.training_fixtures import stop_running
from tests.support.cast import Cast, make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("live_server")]


@pytest.fixture
def crowd(live_server: LiveServer) -> Cast:
    cast = make_cast()
    stop_running(cast.ben, 12, datetime.now(UTC))
    return cast


async def ask_server(
    address: str, token: str, mode: str, tool: str, arguments: dict[str, Any]
) -> tuple[ListToolsResult, CallToolResult]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as http,
        Client(streamable_http_client(address, http_client=http), mode=mode) as client,
    ):
        return await client.list_tools(), await client.call_tool(tool, arguments)


def ask(
    live_server: LiveServer, token: str, mode: str, tool: str, **arguments: Any
) -> tuple[ListToolsResult, CallToolResult]:
    """In a thread: the event loop must not be that of the test."""
    with start_blocking_portal() as portal:
        answers: tuple[ListToolsResult, CallToolResult] = portal.call(
            ask_server, f"{live_server.url}/mcp", token, mode, tool, arguments
        )
    return answers


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_who_needs_me_today_and_why(live_server: LiveServer, crowd: Cast, mode: str):
    """The client checks the answer against the schema of the tool."""
    token = AuthToken.objects.create(crowd.carl)[1]
    tools, result = ask(live_server, token, mode, "list_roster")
    assert "list_roster" in {tool.name for tool in tools.tools}
    assert not result.is_error
    assert result.structured_content is not None
    first = result.structured_content["athletes"][0]
    assert (first["name_text"], first["signals"][0]["code"]) == ("Ben", "INACTIVITY")
    text = result.content[0].text  # type: ignore[union-attr]
    assert first["signals"][0]["message_text"] in text
    look_buffer.flush()
    entry = AccessLogEntry.objects.get()
    assert (entry.door, entry.viewer, entry.viewer_kind) == ("assistant", crowd.carl.pk, "person")
    assert set(entry.athlete_ids) == {crowd.ada.pk, crowd.ben.pk}
    _, result = ask(live_server, token, mode, "get_athlete", user_id=crowd.zoe.public_id)
    assert (result.is_error, result.content[0].text) == (True, "There is no such athlete.")  # type: ignore[union-attr]
