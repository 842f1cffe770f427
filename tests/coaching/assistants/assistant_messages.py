"""Messages of the Model Context Protocol, sent with Django's test client."""

from __future__ import annotations

from typing import Any

from django.test import Client

ADDRESS = "/mcp"
HEADERS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}


def send_message(client: Client, method: str, params: Any = None, **headers: str) -> Any:
    """The HTTP answer to one request."""
    message = {"jsonrpc": "2.0", "id": 7, "method": method} | ({"params": params} if params else {})
    return client.post(ADDRESS, message, content_type="application/json", headers=HEADERS | headers)


def call_tool(client: Client, tool: str, **arguments: Any) -> Any:
    """The result of a tool: `content`, `isError`, and `structuredContent` if it succeeded."""
    answer = send_message(client, "tools/call", {"name": tool, "arguments": arguments})
    assert answer.status_code == 200, answer.content
    return answer.json()["result"]


def read_tool(client: Client, tool: str, **arguments: Any) -> Any:
    """The structured content of a tool that succeeds."""
    result = call_tool(client, tool, **arguments)
    assert not result["isError"], result
    return result["structuredContent"]


def read_tool_error(client: Client, tool: str, **arguments: Any) -> str:
    """The sentence of a tool that refuses."""
    result = call_tool(client, tool, **arguments)
    assert result["isError"], result
    assert "structuredContent" not in result
    text: str = result["content"][0]["text"]
    return text
