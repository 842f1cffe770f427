"""Upload page: several files at once, each with its own result. Uses `ingest_file`, as the API does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from astral.http.fields import ChoiceField, IdField, StrictSerializer, TextField
from astral.http.pages import form_data
from athletes.access.protected_page import ProtectedPage
from athletes.models import Athlete, User
from metrics.activities.ingest import IngestResult, Upload, ingest_file
from metrics.activities.serializers import MAX_START_AHEAD
from metrics.files.errors import (
    FILE_TOO_LARGE,
    NO_TIME,
    NOT_AN_ACTIVITY,
    PARTIAL_RECORDING,
    UNREADABLE_FILE,
    FileError,
    file_too_large_error,
)
from metrics.files.read import ZIP_MAGIC
from metrics.models import Activity

MAX_FOUND_ATHLETES = 20
MAX_FILES_PER_FORM = 10  # each of the largest allowed size
UNPACK_MESSAGE = "This is a ZIP archive. Unpack it, then choose its files. You can choose many at once."
ADVICE_BY_CODE = {
    UNREADABLE_FILE: "Export it again as FIT, GPX or TCX.",
    NOT_AN_ACTIVITY: "Choose a recorded activity, not a course, a plan or settings.",
    NO_TIME: "A recording needs timestamps. Export it from the service that recorded it.",
    PARTIAL_RECORDING: "You can import the readable part.",
    FILE_TOO_LARGE: "Send a smaller file, or split it.",
}


class UploadPageQuery(StrictSerializer):
    athlete = IdField(User.prefix, required=False, help_text="The athlete; default: you.")
    search = TextField(required=False, help_text="Find another athlete by name or e-mail address.")


class UploadForm(StrictSerializer):
    accept_partial = ChoiceField(
        ["on"], required=False, help_text="Import incomplete files as far as possible."
    )


@dataclass(frozen=True, slots=True)
class UploadResult:
    """The result of one file: `outcome` is stored, there or refused; `code` and `message` say why."""

    filename: str
    outcome: str
    activities: tuple[Activity, ...] = ()
    code: str = ""
    message: str = ""

    @property
    def what_to_do(self) -> str:
        return ADVICE_BY_CODE.get(self.code, "")

    @property
    def is_partial(self) -> bool:
        return self.code == PARTIAL_RECORDING


class UploadPage(ProtectedPage):
    template_name = "metrics/activities/upload.html"
    max_form_bytes = MAX_FILES_PER_FORM * settings.UPLOAD_MAX_BYTES
    query_serializer_class = UploadPageQuery

    def get(self, request: HttpRequest) -> HttpResponse:
        params = self.parse_query()
        return self._render_form(self.permit.athlete(params.get("athlete")), search=params.get("search", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        params = UploadForm.parse(form_data(request))
        athlete = self.permit.athlete(self.parse_query().get("athlete"))
        files = cast("list[UploadedFile[bytes]]", request.FILES.getlist("files"))
        partial = "accept_partial" in params
        results = [_store_file(athlete, file, accept_partial=partial) for file in files]
        return self._render_form(athlete, results=results, none_chosen=not files, accept_partial=partial)

    def _render_form(self, athlete: Athlete, search: str = "", **context: Any) -> HttpResponse:
        others = self.permit.athletes().select_related("user")
        found = (
            list(others.matching(search).order_by("user__display_name", "pk")[:MAX_FOUND_ATHLETES])
            if search
            else []
        )
        return self.page(
            athlete=athlete,
            own=athlete.pk == self.person.pk,
            search=search,
            found=found,
            most_mb=settings.UPLOAD_MAX_BYTES // 1_000_000,
            **context,
        )


def _store_file(athlete: Athlete, file: UploadedFile[bytes], *, accept_partial: bool) -> UploadResult:
    name = file.name or "unnamed"
    if _starts_with(file, ZIP_MAGIC):
        return UploadResult(name, "refused", message=UNPACK_MESSAGE)
    try:
        ingested = _ingest_upload(athlete, file, accept_partial=accept_partial)
    except FileError as error:
        return UploadResult(name, "refused", code=error.code, message=error.message)
    return UploadResult(name, "stored" if ingested.stored_count else "there", ingested.activities)


def _starts_with(file: UploadedFile[bytes], magic: bytes) -> bool:
    found: bool = file.read(len(magic)) == magic
    file.seek(0)
    return found


def _ingest_upload(athlete: Athlete, file: UploadedFile[bytes], *, accept_partial: bool) -> IngestResult:
    if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise file_too_large_error()
    not_after = timezone.now() + MAX_START_AHEAD
    return ingest_file(athlete, Upload(file.read(), file.name or "", None, accept_partial, not_after))
