"""/api/schema and /api/docs. They are API views, so their errors have the same shape."""

from __future__ import annotations

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import StrictSerializer, TextField
from astral.http.renderers import JSONRenderer
from astral.http.views import ApiView


class SchemaView(ApiView, SpectacularAPIView):
    """The OpenAPI document, as JSON."""

    renderer_classes = [JSONRenderer]  # noqa: RUF012


class DocumentationQuery(StrictSerializer):
    script = TextField(required=False, allow_blank=True, help_text="The page's script instead of the page.")


class DocumentationView(ApiView, SpectacularSwaggerSplitView):
    """Swagger UI. Its script has its own address, because the CSP allows no inline script."""

    query_serializer_class = DocumentationQuery

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if response.exception:
            request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)
