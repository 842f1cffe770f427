"""Astral's URLs and the floor: a view that signs the user in and returns {}."""

from __future__ import annotations

from django.urls import path
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from astral.http.parsers import UploadParser
from astral.urls import handler400, handler403, handler404, handler500
from astral.urls import urlpatterns as astral_urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class EmptyView(APIView):
    permission_classes = (IsAuthenticated,)
    parser_classes = (UploadParser,)

    def get(self, request: Request) -> Response:
        return Response({})

    def post(self, request: Request) -> Response:
        """Read a file as an upload does, and store nothing."""
        request.FILES["file"].read()
        return Response({})


urlpatterns = [path("api/bench/empty", EmptyView.as_view()), *astral_urlpatterns]
