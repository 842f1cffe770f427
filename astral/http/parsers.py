"""Parsers of request bodies: strict JSON, and forms with a file. Both have size limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser

MAX_FORM_FIELD_BYTES = 1_000_000  # for the other fields of a form with a file


class JSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        limit = (parser_context or {})["view"].max_json_bytes
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise RequestDataTooBig
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError as error:  # also for more than 1,024 levels and for invalid UTF-8
            raise ParseError(f"The body is not valid JSON: {error.msg}.", "INVALID_JSON") from error


class UploadParser(MultiPartParser):
    """A form with a file. It is refused before it is read if its Content-Length is too large."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        declared = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if declared.isdigit() and int(declared) > settings.UPLOAD_MAX_BYTES + MAX_FORM_FIELD_BYTES:
            raise RequestDataTooBig
        return super().parse(stream, media_type, parser_context)
