"""The proxy configurations of `deploy/`, with the real nginx and Caddy. Run by `make test-ops`.

A cache in nginx stands for every shared cache between people and Astral.
"""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode

import pytest

from athletes.access.policy import find_policy_row
from athletes.access.policy_document import PolicyEndpoint, list_endpoints
from tests.athletes.access.expected_access import Owner, list_owners, list_visible_names
from tests.athletes.access.matrix import CANARY_PATTERN, PUBLIC_ENDPOINTS, build_request_data
from tests.athletes.access.world import World, make_world
from tests.ops.servers import (
    CADDY,
    HOST,
    NGINX,
    Served,
    open_connection,
    serve_astral,
    serve_caddy,
    serve_nginx,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not NGINX, reason="nginx is not installed (Debian: apt-get install nginx-light)"),
]
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
CALLERS = [("hanna", "zora"), ("key-read", "key-of-another")]
SLOW_CLIENTS = 40
SLOW_REQUESTS = [
    "GET / HTTP/1.1\r\nHost: {}\r\nX-Slow: ",
    "POST / HTTP/1.1\r\nHost: {}\r\nContent-Length: 99\r\n\r\n",
]
GET_ENDPOINTS = [
    endpoint
    for endpoint in list_endpoints()
    if not endpoint.is_page
    and endpoint.name not in PUBLIC_ENDPOINTS
    and find_policy_row(endpoint.name, "GET")
]


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world of the authorization matrix, committed: another process serves it."""
    with django_db_blocker.unblock():
        yield make_world()


@pytest.fixture(scope="module")
def served(crowd: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Served]]:
    """Astral behind nginx, behind nginx with a cache, and behind Caddy if it is installed."""
    folder = tmp_path_factory.mktemp("ops")
    with ExitStack() as stack:
        port, log = stack.enter_context(serve_astral(folder))
        ports = {
            "nginx": stack.enter_context(serve_nginx(folder / "plain", port, caches=False)),
            "caching": stack.enter_context(serve_nginx(folder / "caching", port, caches=True)),
        }
        if CADDY:
            ports["caddy"] = stack.enter_context(serve_caddy(folder / "caddy", port))
        yield {name: Served(port, proxy, log) for name, proxy in ports.items()}


class Answer:
    """Status, headers and body of one answer."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.content = response.status, response.headers, response.read()


def ask(
    served: Served, path: str, headers: dict[str, str] | None = None, method: str = "GET", body: bytes = b""
) -> Answer:
    client = http.client.HTTPConnection(HOST, timeout=30)
    client.sock = open_connection(served.proxy_port)
    try:
        client.request(method, path, body or None, headers or {})
        return Answer(client.getresponse())
    finally:
        client.close()


def get_credentials(world: World, persona: str) -> dict[str, str]:
    defaults = world.clients[persona].defaults
    names = {"HTTP_AUTHORIZATION": "Authorization", "HTTP_X_API_KEY": "X-API-Key"}
    return {names[name]: value for name, value in defaults.items() if name in names}


def list_addresses(world: World, endpoint: PolicyEndpoint, persona: str) -> Iterator[str]:
    """The addresses of an endpoint that this persona would call."""
    row = find_policy_row(endpoint.name, "GET")
    assert row
    owners: list[Owner] = list(list_owners(endpoint, row, persona))
    for owner in owners:
        path, query = build_request_data(world, endpoint, "GET", owner)
        yield f"{path}?{urlencode(query)}" if query else path


@pytest.mark.parametrize("endpoint", GET_ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_cache_gives_no_answer_to_another_caller(
    crowd: World, served: dict[str, Served], endpoint: PolicyEndpoint
):
    wrong = []
    for first, second in CALLERS:
        for address in list_addresses(crowd, endpoint, first):
            for persona in (first, second):
                answer = ask(served["caching"], address, get_credentials(crowd, persona))
                shown = {name.decode() for name in CANARY_PATTERN.findall(answer.content)}
                assert answer.headers["X-Proxy-Cache"], "the cache was not asked"
                if shown - list_visible_names(persona) or answer.headers["X-Proxy-Cache"] == "HIT":
                    wrong.append((persona, address, shown))
    assert wrong == []


def test_an_etag_gives_304_to_its_caller_and_nothing_to_others(crowd: World, served: dict[str, Served]):
    address = f"/api/v1/analytics/athlete_profile?user_id={crowd.user_id('ada')}"
    # A cache asks without If-None-Match, and its nginx does not compare answers that it may not store.
    for name, known in (("nginx", 304), ("caching", 200)):
        hanna, zora = get_credentials(crowd, "hanna"), get_credentials(crowd, "zora")
        etag = ask(served[name], address, hanna).headers["ETag"]
        callers = [who | {"If-None-Match": etag} for who in (hanna, zora, {}, hanna)]
        statuses = [ask(served[name], address, who).status for who in callers]
        assert statuses == [known, 403, 401, known]


def find_stylesheet(served: Served) -> str:
    found = re.search(rb'href="(/static/[^"]+\.css)"', ask(served, "/sign-in").content)
    assert found
    return found[1].decode()


def test_static_files_are_cached_and_have_the_security_headers(served: dict[str, Served]):
    path = find_stylesheet(served["caching"])
    answers = [ask(served["caching"], path) for _ in range(2)]
    assert [answer.headers["X-Proxy-Cache"] for answer in answers] == ["MISS", "HIT"]
    for answer in answers:
        assert answer.status == 200
        assert "max-age=315360000" in answer.headers["Cache-Control"]
        assert "public" in answer.headers["Cache-Control"]
        assert_security_headers(answer)


def assert_security_headers(answer: Answer) -> None:
    """Each header exactly once."""
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers.get_all(name) == [value]
    assert len(answer.headers.get_all("Content-Security-Policy") or ()) == 1


@pytest.mark.parametrize(
    ("status", "path", "headers", "method", "size"),
    [
        (200, "/healthz", {}, "GET", 0),
        (401, "/api/v1/activities", {}, "GET", 0),
        (414, f"/healthz?{'x' * 5_000}", {}, "GET", 0),
        (414, f"/healthz?{'x' * 9_000}", {}, "GET", 0),
        (431, "/healthz", {"X-Long": "x" * 9_000}, "GET", 0),
        (413, "/api/v1/health/days", {}, "PUT", 3_500_000),
        (413, "/api/v1/activities/upload", {}, "POST", 27_500_000),
    ],
)
def test_answers_and_refusals_have_the_security_headers_once(
    served: dict[str, Served], status: int, path: str, headers: dict[str, str], method: str, size: int
):
    answer = ask(served["nginx"], path, headers, method, b"x" * size)
    assert answer.status == status
    assert_security_headers(answer)


def test_address_that_a_client_claims_is_not_believed(served: dict[str, Served]):
    for name in served.keys() - {"caddy"}:
        ask(served[name], f"/claimed-{name}", {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"})
    log = served["nginx"].log.read_text()
    lines = [line for line in log.splitlines() if "/claimed-" in line]
    assert len(lines) == 2
    assert all('"address": "127.0.0.1"' in line or '"address":"127.0.0.1"' in line for line in lines)
    assert "203.0.113.9" not in log


@pytest.mark.parametrize("sent", SLOW_REQUESTS, ids=["head", "body"])
@pytest.mark.parametrize("name", ["nginx", "caddy", "astral"])
def test_slow_clients_stop_nobody(served: dict[str, Served], name: str, sent: str):
    if name == "caddy" and not CADDY:
        pytest.skip("caddy is not installed (Debian: apt-get install caddy)")
    at = served["nginx"] if name == "astral" else served[name]
    port, tls = (at.astral_port, False) if name == "astral" else (at.proxy_port, name == "nginx")
    with ExitStack() as stack:
        for _ in range(SLOW_CLIENTS):
            stack.enter_context(open_connection(port, tls=tls)).sendall(sent.format(HOST).encode())
        started_s = time.monotonic()
        with open_connection(port, tls=tls) as probe:
            probe.sendall(f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
            assert probe.recv(100).startswith(b"HTTP/1.1 200")
        assert time.monotonic() - started_s < 2


@pytest.mark.skipif(not CADDY, reason="caddy is not installed (Debian: apt-get install caddy)")
def test_caddy_passes_answers_on_with_each_header_once(served: dict[str, Served]):
    with open_connection(served["caddy"].proxy_port, tls=False) as client:
        client.sendall(f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        response = http.client.HTTPResponse(client)
        response.begin()
        answer = Answer(response)
    assert answer.status == 200
    assert_security_headers(answer)
