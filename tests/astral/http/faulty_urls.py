"""The project's URLs, and views that fail, for tests."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from astral import urls
from astral.http.views import ApiView, success


class PublicView(ApiView):
    permission_classes = (AllowAny,)
    authentication_classes = ()


class BrokenView(PublicView):
    def get(self, request: Request) -> Response:
        raise ZeroDivisionError("a secret in the message")


class LostConnectionView(PublicView):
    """PostgreSQL ends its database connection, as in a restart."""

    def get(self, request: Request) -> Response:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return success({})


class EchoView(PublicView):
    def post(self, request: Request) -> Response:
        return success({"given": request.data})


def broken_page(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("a secret in the message")


def lost_connection_page(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse()


class DiskFullView(PublicView):
    def get(self, request: Request) -> Response:
        raise_disk_full()
        return success({})


def disk_full_page(request: HttpRequest) -> HttpResponse:
    raise_disk_full()
    return HttpResponse()


def raise_disk_full() -> None:
    """Raise the error that PostgreSQL raises when its disk is full."""
    with connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'could not extend' USING ERRCODE = '53100'; END $$")


def suspicious_page(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("a secret in the message")


urlpatterns: list[Any] = [
    path("api/broken", BrokenView.as_view()),
    path("api/broken_page", broken_page),
    path("api/disk_full", DiskFullView.as_view()),
    path("api/disk_full_page", disk_full_page),
    path("disk_full_page", disk_full_page),
    path("api/severed", LostConnectionView.as_view()),
    path("api/severed_page", lost_connection_page),
    path("api/suspicious_page", suspicious_page),
    path("api/echo", EchoView.as_view()),
    path("broken_page", broken_page),
    path("severed_page", lost_connection_page),
    path("suspicious_page", suspicious_page),
    *urls.urlpatterns,
]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)
