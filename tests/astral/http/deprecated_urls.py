"""The project's URLs, and a view with deprecations, for tests."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from astral import urls
from astral.http.deprecation import Deprecation
from astral.http.fields import StrictSerializer, TextField
from astral.http.views import ApiView, success


class WordQuery(StrictSerializer):
    word = TextField(required=False, help_text="A word.")
    text = TextField(required=False, help_text="A text.")


class OldWordView(ApiView):
    permission_classes = (AllowAny,)
    authentication_classes = ()
    query_serializer_class = WordQuery
    deprecated_methods: ClassVar = {
        "post": Deprecation(date(2026, 1, 1), "Use GET.", sunset=date(2026, 7, 1)),
    }
    deprecated_parameters: ClassVar = {
        "word": Deprecation(date(2026, 3, 1), "Send text.", address="/words"),
    }

    @extend_schema(parameters=[WordQuery], responses=None, operation_id="words_retrieve")
    def get(self, request: Request) -> Response:
        """A word."""
        return success(self.parse_query())

    @extend_schema(request=None, responses=None, operation_id="words_create")
    def post(self, request: Request) -> Response:
        """Another word."""
        return success({}, 201)


urlpatterns = [path("api/v1/words", OldWordView.as_view()), *urls.urlpatterns]
