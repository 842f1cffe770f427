"""/api/schema and /api/docs. They are API views, so their errors have the same shape."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from django.http import HttpResponse
from django.utils.http import parse_etags
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from astral.http.fields import StrictSerializer, TextField
from astral.http.renderers import JSONRenderer, dumps
from astral.http.views import ApiView

_GENERATOR_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class SchemaDocument:
    """The OpenAPI document as JSON, plain and compressed. The ETags are strong: one for each form."""

    body: bytes
    gzip_body: bytes
    etag: str
    gzip_etag: str


def get_schema_document() -> SchemaDocument:
    """The document of this process: the first caller makes it, the others wait.

    drf-spectacular shares one generator object for each view class, so two threads must not generate at once.
    """
    with _GENERATOR_LOCK:
        return _build_schema_document()


@cache
def _build_schema_document() -> SchemaDocument:
    """Generate without a request, so nothing of a caller or a host is in it."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    body = dumps(generator.get_schema(request=None, public=True))  # type: ignore[no-untyped-call]
    digest = hashlib.sha256(body).hexdigest()[:32]
    return SchemaDocument(body, gzip.compress(body, mtime=0), f'"{digest}"', f'"{digest}-gzip"')


class SchemaView(ApiView, SpectacularAPIView):
    """The OpenAPI document, as JSON."""

    renderer_classes = [JSONRenderer]  # noqa: RUF012

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        document = get_schema_document()
        is_gzip = _accepts_gzip(request)
        etag = document.gzip_etag if is_gzip else document.etag
        headers = {"ETag": etag, "Cache-Control": "public, no-cache", "Vary": "Accept-Encoding"}
        known = {known.removeprefix("W/") for known in parse_etags(request.headers.get("If-None-Match", ""))}
        if not known.isdisjoint({etag, "*"}):
            return HttpResponse(status=304, headers=headers)
        headers["Content-Disposition"] = 'inline; filename="Astral.json"'
        if is_gzip:
            headers["Content-Encoding"] = "gzip"
        body = document.gzip_body if is_gzip else document.body
        return HttpResponse(body, content_type="application/json", headers=headers)


def _accepts_gzip(request: Request) -> bool:
    """Whether the caller lists gzip without a weight. Everybody else gets the plain form."""
    names = request.headers.get("Accept-Encoding", "").split(",")
    return "gzip" in {name.strip().lower() for name in names}


class DocumentationQuery(StrictSerializer):
    script = TextField(required=False, allow_blank=True, help_text="The page's script instead of the page.")


class DocumentationView(ApiView, SpectacularSwaggerSplitView):
    """Swagger UI. Its script has its own address, because the CSP allows no inline script."""

    query_serializer_class = DocumentationQuery

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if response.exception:
            request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)
