"""Long bodies hold a thread while they arrive, so a process takes only some at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client, RequestFactory

from astral.http.middleware.body_limits import BUSY, MAX_LONG_BODIES, BodyLimitMiddleware
from astral.http.parsers import NoDiskRoom, check_disk_room
from astral.server.arrival import BODY_BYTES
from tests.support.cast import Cast
from tests.support.error_shape import assert_error

IMPORTS, UPLOAD = "/api/v1/imports", "/upload"


def build_request(path: str, length: int) -> HttpRequest:
    return RequestFactory().post(
        path, content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(length)
    )


@pytest.mark.parametrize("path", [IMPORTS, UPLOAD])
def test_too_many_long_bodies_at_once_are_refused(path: str):
    answers: list[Any] = []
    arriving = [build_request(path, BODY_BYTES + 1) for _ in range(MAX_LONG_BODIES)]

    def send_another(request: HttpRequest) -> HttpResponseBase:
        """While one body arrives, the next one comes."""
        if arriving:
            answers.append(middleware(arriving.pop()))
        return HttpResponse()

    middleware = BodyLimitMiddleware(send_another)
    assert middleware(build_request(path, BODY_BYTES + 1)).status_code == 200
    [refused] = [answer for answer in answers if answer.status_code == 503]
    assert refused.headers["Retry-After"] == "60"
    assert BUSY.encode() in refused.content
    assert middleware(build_request(path, BODY_BYTES + 1)).status_code == 200  # all have ended


def test_short_bodies_are_not_counted():
    middleware = BodyLimitMiddleware(lambda request: HttpResponse())
    for _ in range(MAX_LONG_BODIES):
        middleware.long_bodies.acquire()
    assert middleware(build_request(IMPORTS, BODY_BYTES)).status_code == 200


def test_a_form_that_the_disk_has_no_room_for_is_refused_before_it_is_read():
    check_disk_room(0)
    with pytest.raises(NoDiskRoom) as refusal:
        check_disk_room(10**15)
    assert refusal.value.status_code == 503


@pytest.mark.django_db
def test_a_browser_session_sends_long_bodies_only_to_imports(cast: Cast):
    browser = Client(raise_request_exception=False)
    browser.force_login(cast.ada)
    content_type = "multipart/form-data; boundary=x"
    address = "/api/v1/activities/upload"
    answer = browser.post(address, b"--x--", content_type, CONTENT_LENGTH=str(BODY_BYTES + 1))
    assert_error(answer, 413, "TOO_LARGE")
