"""Astral's own addresses and the floor beside them: a view that knows who asks and has nothing to say."""

from __future__ import annotations

from django.urls import path
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from astral.http.parsers import UploadParser
from astral.urls import handler400, handler403, handler404, handler500
from astral.urls import urlpatterns as own

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class EmptyView(APIView):
    permission_classes = (IsAuthenticated,)
    parser_classes = (UploadParser,)

    def get(self, request: Request) -> Response:
        return Response({})

    def post(self, request: Request) -> Response:
        """Takes a file as an upload does, and forgets it."""
        request.FILES["file"].read()
        return Response({})


urlpatterns = [path("api/bench/empty", EmptyView.as_view()), *own]
