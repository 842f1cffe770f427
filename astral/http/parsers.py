"""Parsers of request bodies: strict JSON, and forms with files. All have size limits."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import IO, Any, cast

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser as FormParser
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from astral.http.errors import DISK_FULL_SENTENCE, ApiError

MAX_FORM_FIELD_BYTES = 1_000_000  # for the other fields of a form with a file
SPARE_DISK_BYTES = 500_000_000  # beside a large form: for work folders, and for PostgreSQL on the same disk


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


class NoDiskRoom(ApiError):
    """503: the disk is nearly full."""

    retry_after = timedelta(minutes=10)

    def __init__(self) -> None:
        super().__init__("NO_ROOM", DISK_FULL_SENTENCE, 503)


def check_disk_room(size_bytes: int) -> None:
    """Refuse a large form before it is read if the disk has no room for it. Raises 503 NO_ROOM."""
    if shutil.disk_usage(settings.IMPORTS_DIR).free < size_bytes + SPARE_DISK_BYTES:
        raise NoDiskRoom


class LargeFileHandler(TemporaryFileUploadHandler):
    """Writes each file to disk. Before the first one, it shows the fields that came before it."""

    form: Any = None

    def __init__(self, request: HttpRequest, check_fields: Callable[[QueryDict], None]) -> None:
        super().__init__(request)
        self.check_fields = check_fields
        self.is_checked = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if not self.is_checked:
            self.check_fields(self.form._post)  # Django's parser collects the fields here
            self.is_checked = True
        super().new_file(*args, **kwargs)


class LargeUploadParser(MultiPartParser):
    """A form with files up to IMPORT_MAX_BYTES, which are never in memory.

    The view's `check_fields` gets the fields before the first file, so that it can refuse the caller before
    the files are read. It is not asked if the CSRF check of a browser session has already read the form.
    """

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        view, request = (parser_context or {})["view"], (parser_context or {})["request"]
        declared = request.META.get("CONTENT_LENGTH") or "0"
        if declared.isdigit() and int(declared) > settings.IMPORT_MAX_BYTES + MAX_FORM_FIELD_BYTES:
            raise RequestDataTooBig
        check_disk_room(int(declared) if declared.isdigit() else 0)
        handler = LargeFileHandler(request, view.check_fields)
        meta = request.META | {"CONTENT_TYPE": media_type}
        try:
            handler.form = FormParser(meta, cast(Any, stream), [handler], settings.DEFAULT_CHARSET)
            return DataAndFiles(*handler.form.parse())
        except MultiPartParserError as error:
            raise ParseError(f"The form is not valid: {error}") from error
