"""Webhooks reach the public internet only: a table of addresses that must not be connected to."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athletes.webhooks.addresses import is_public_address
from athletes.webhooks.sending import post_message
from athletes.webhooks.targets import TargetRefused, TargetRules, WebhookTarget, parse_target, resolve_target

RULES = TargetRules()
REFUSED_ADDRESSES = [
    # IPv4: this host, private, shared, loopback, link-local, documentation, multicast, reserved
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.254",
    "127.0.0.1", "127.1.2.3", "127.255.255.254", "168.63.129.16", "169.254.0.1", "169.254.169.254",
    "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.0.192", "192.0.2.1",
    "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "192.175.48.1",
    "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255",
    # IPv6: unspecified, loopback, mapped, compatible, translated, NAT64, discard, local, multicast
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:10.0.0.1",
    "::127.0.0.1", "::8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1", "100::1",
    "5f00::1", "fc00::1", "fd00:ec2::254", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    "ff0e::1",
    # IPv6 inside 2000::/3: Teredo, ORCHID, protocols, documentation, 6to4, AS112, ISATAP
    "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:20::1", "2001:1::1", "2001:2::1",
    "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1", "2620:4f:8000::1", "3fff::1",
    "2a00:1450::5efe:10.0.0.1", "2a00:1450::200:5efe:7f00:1",
]  # fmt: skip
PUBLIC_ADDRESSES = [
    "1.1.1.1", "8.8.8.8", "9.9.9.9", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1",
    "198.17.255.255", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888",
]  # fmt: skip
# What a URL may call this machine or a neighbour: names, short and octal and hexadecimal forms, one number.
REFUSED_URLS = [
    "https://localhost/", "https://127.1/", "https://0/", "https://2130706433/", "https://0x7f000001/",
    "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://[::1]/", "https://[::ffff:169.254.169.254]/",
    "https://[fe80::1]/", "https://169.254.169.254/latest/meta-data/",
]  # fmt: skip
WRONG_URLS = {
    "http://example.org/": "SCHEME_REFUSED",
    "ftp://example.org/": "SCHEME_REFUSED",
    "file:///etc/passwd": "URL_INVALID",
    "//example.org/": "SCHEME_REFUSED",
    "https:///x": "URL_INVALID",
    "https://example.org:22/": "PORT_REFUSED",
    "https://example.org:80/": "PORT_REFUSED",
    "https://example.org:0/": "URL_INVALID",
    "https://example.org:99999/": "URL_INVALID",
    "https://example.org:x/": "URL_INVALID",
    "https://user@example.org/": "CREDENTIALS_REFUSED",
    "https://user:word@example.org/": "CREDENTIALS_REFUSED",
    "https://example.org@127.0.0.1/": "CREDENTIALS_REFUSED",
    "https://example.org/#part": "URL_INVALID",
    "https://example.org/a b": "URL_INVALID",
    "https://example.org/\r\nHost: other": "URL_INVALID",
    "https://example.org\\@127.0.0.1/": "URL_INVALID",
    "https://[::1/": "URL_INVALID",
    "https://a..b/": "URL_INVALID",
    "https://exämple.org/": "URL_INVALID",
    f"https://example.org/{'x' * 500}": "URL_INVALID",
    f"https://{'x' * 64}.org/": "URL_INVALID",
}


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The connections that were tried; none is made."""
    tried: list[Any] = []

    def refuse_connection(address: Any, *_: Any, **__: Any) -> Any:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse_connection)
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: refuse_connection(address))
    return tried


def let_host_be(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name has these addresses. Returns the names that are looked up."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_the_table_has_more_than_60_addresses():
    assert len(set(REFUSED_ADDRESSES)) > 60


@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
def test_a_name_with_a_refused_address_is_never_connected_to(
    address: str, connections: list[Any], monkeypatch: pytest.MonkeyPatch
):
    assert not is_public_address(address)
    let_host_be(monkeypatch, address)
    outcome = post_message("https://hooks.example.org/", {}, b"{}", RULES)
    assert (outcome.status, outcome.error, connections) == (None, "ADDRESS_REFUSED", [])


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_a_name_with_a_public_address_is_connected_to_at_that_address(
    address: str, connections: list[Any], monkeypatch: pytest.MonkeyPatch
):
    asked = let_host_be(monkeypatch, address)
    outcome = post_message("https://hooks.example.org/", {}, b"{}", RULES)
    assert (outcome.error, connections) == ("UNREACHABLE", [(address, 443)])
    assert asked == ["hooks.example.org"]  # asked once: a second answer could differ


def test_one_refused_address_among_public_ones_is_enough(
    connections: list[Any], monkeypatch: pytest.MonkeyPatch
):
    let_host_be(monkeypatch, "1.1.1.1", "10.0.0.1")
    assert post_message("https://hooks.example.org/", {}, b"{}", RULES).error == "ADDRESS_REFUSED"
    assert connections == []


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_other_spellings_of_a_local_address_are_refused(url: str, connections: list[Any]):
    outcome = post_message(url, {}, b"{}", RULES)
    assert outcome.error in ("ADDRESS_REFUSED", "HOST_UNKNOWN")
    assert connections == []


@pytest.mark.parametrize(("url", "code"), WRONG_URLS.items())
def test_a_wrong_url_is_refused_without_a_look_up(url: str, code: str, monkeypatch: pytest.MonkeyPatch):
    asked = let_host_be(monkeypatch, "1.1.1.1")
    assert post_message(url, {}, b"{}", RULES).error == code
    assert asked == []


def test_a_url_keeps_its_host_port_path_and_query():
    target = parse_target("https://Hooks.example.org:8443/a/b?c=d&e", RULES)
    assert target == WebhookTarget("hooks.example.org", 8443, True, "/a/b?c=d&e")
    assert target.host_header == "hooks.example.org:8443"
    assert parse_target("https://[2606:4700:4700::1111]", RULES).host_header == "[2606:4700:4700::1111]"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/", "http://localhost:1234/x", "http://[::1]:9/"])
def test_only_a_setting_for_tests_allows_loopback(url: str):
    with pytest.raises(TargetRefused):
        parse_target(url, RULES)
    local = TargetRules(allows_loopback=True)
    assert resolve_target(parse_target(url, local), local) in ("127.0.0.1", "::1")


@pytest.mark.parametrize("url", ["http://example.org/", "https://10.0.0.1/", "http://169.254.169.254/"])
def test_the_setting_for_tests_allows_nothing_but_loopback(url: str):
    with pytest.raises(TargetRefused):
        parse_target(url, TargetRules(allows_loopback=True))


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_that_python_calls_private_is_public(address: Any):
    if address.is_private or address.is_multicast or address.is_reserved or address.is_link_local:
        assert not is_public_address(str(address))


@given(st.ip_addresses(v=6))
def test_an_ipv6_address_that_contains_an_ipv4_address_is_not_public(address: Any):
    if address.ipv4_mapped or address.sixtofour or address.teredo or address.is_private:
        assert not is_public_address(str(address))


@given(st.text(max_size=40))
def test_no_text_makes_the_check_fail(text: str):
    assert is_public_address(text) in (True, False)
