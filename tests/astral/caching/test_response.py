"""Responses from the cache: headers, and 304 for an answer that the caller has already."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from astral.caching import cached_response
from tests.astral.caching.computations import KEY, CountedComputation


def respond(compute: CountedComputation, if_none_match: str | None = None, *, refresh: bool = False) -> Any:
    headers = {} if if_none_match is None else {"If-None-Match": if_none_match}
    request = Request(RequestFactory().get("/", headers=headers))
    return cached_response(request, KEY, 300, compute, refresh=refresh)


@pytest.mark.parametrize(
    ("if_none_match", "status"),
    [
        (KEY.etag, 304),
        (f'"{KEY.digest}"', 304),
        (f'W/"other",  {KEY.etag} , "third"', 304),
        ("*", 200),
        (None, 200),
        ("", 200),
        (KEY.digest, 200),
        ('W/"other"', 200),
        (f'W/"{KEY.digest}x"', 200),
        (",,,", 200),
        ("\x00é", 200),
    ],
)
def test_response_is_304_when_an_etag_matches(if_none_match: str | None, status: int):
    compute = CountedComputation()
    response = respond(compute, if_none_match)
    assert (response.status_code, compute.calls) == (status, int(status == 200))
    assert response.content == (b"" if status == 304 else b'{"value":"sum"}')
    assert response.headers["ETag"] == KEY.etag
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["Vary"] == "Authorization, Cookie, X-API-Key, Accept"


def test_refresh_is_computed_and_sent_when_the_etag_matches():
    compute = CountedComputation()
    response = respond(compute, KEY.etag, refresh=True)
    assert (response.status_code, response.headers["X-Cache"], compute.calls) == (200, "refresh", 1)


def test_response_headers_say_where_the_answer_comes_from():
    compute = CountedComputation()
    headers = [respond(compute).headers for _ in range(2)]
    assert [(sent["X-Cache"], sent["Age"]) for sent in headers] == [("miss", "0"), ("hit", "0")]
    assert {sent["Content-Type"] for sent in headers} == {"application/json"}
