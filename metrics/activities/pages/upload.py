"""Recordings in: several files at once, each with its own result. Enters by the same door as the API's upload."""

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
from metrics.activities.ingest import Ingested, Upload, ingest_file
from metrics.activities.serializers import DAY_AHEAD
from metrics.files.errors import (
    FILE_TOO_LARGE,
    NO_TIME,
    NOT_AN_ACTIVITY,
    PARTIAL_RECORDING,
    UNREADABLE_FILE,
    FileRefused,
    too_large,
)
from metrics.files.read import ZIP_MAGIC
from metrics.models import Activity

FOUND = 20
UNPACK = "This is a ZIP archive. Unpack it, then choose the files in it: as many together as you like."
WHAT_TO_DO = {
    UNREADABLE_FILE: "Export it again as FIT, GPX or TCX.",
    NOT_AN_ACTIVITY: "Choose the recording of a training, not a course, a plan or settings.",
    NO_TIME: "A recording needs the time of day: export it from where it was recorded.",
    PARTIAL_RECORDING: "You can store the part that is readable.",
    FILE_TOO_LARGE: "Send it without what is not needed, or in parts.",
}


class UploadAddress(StrictSerializer):
    athlete = IdField(User.prefix, required=False, help_text="Whose recordings; default: yours.")
    search = TextField(required=False, help_text="Find somebody else by name or e-mail address.")


class UploadForm(StrictSerializer):
    accept_partial = ChoiceField(["on"], required=False, help_text="Store also recordings that break off.")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file: `outcome` is stored, there or refused; `code` and `message` say why it was refused."""

    filename: str
    outcome: str
    activities: tuple[Activity, ...] = ()
    code: str = ""
    message: str = ""

    @property
    def what_to_do(self) -> str:
        return WHAT_TO_DO.get(self.code, "")

    @property
    def breaks_off(self) -> bool:
        return self.code == PARTIAL_RECORDING


class UploadPage(ProtectedPage):
    template_name = "metrics/activities/upload.html"
    query_serializer_class = UploadAddress

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = self.parse_query()
        return self._form(self.permit.athlete(asked.get("athlete")), search=asked.get("search", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = UploadForm.parse(form_data(request))
        athlete = self.permit.athlete(self.parse_query().get("athlete"))
        files = cast("list[UploadedFile[bytes]]", request.FILES.getlist("files"))
        partial = "accept_partial" in asked
        results = [_result(athlete, file, accept_partial=partial) for file in files]
        return self._form(athlete, results=results, none_chosen=not files, accept_partial=partial)

    def _form(self, athlete: Athlete, search: str = "", **context: Any) -> HttpResponse:
        others = self.permit.athletes().select_related("user")
        found = list(others.matching(search).order_by("user__display_name", "pk")[:FOUND]) if search else []
        return self.page(
            athlete=athlete,
            own=athlete.pk == self.person.pk,
            search=search,
            found=found,
            most_mb=settings.UPLOAD_MAX_BYTES // 1_000_000,
            **context,
        )


def _result(athlete: Athlete, file: UploadedFile[bytes], *, accept_partial: bool) -> Result:
    name = file.name or "unnamed"
    if _starts_as(file, ZIP_MAGIC):
        return Result(name, "refused", message=UNPACK)
    try:
        ingested = _ingested(athlete, file, accept_partial=accept_partial)
    except FileRefused as refusal:
        return Result(name, "refused", code=refusal.code, message=refusal.message)
    return Result(name, "stored" if ingested.stored else "there", ingested.activities)


def _starts_as(file: UploadedFile[bytes], magic: bytes) -> bool:
    found: bool = file.read(len(magic)) == magic
    file.seek(0)
    return found


def _ingested(athlete: Athlete, file: UploadedFile[bytes], *, accept_partial: bool) -> Ingested:
    if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise too_large()
    not_after = timezone.now() + DAY_AHEAD
    return ingest_file(athlete, Upload(file.read(), file.name or "", None, accept_partial, not_after))
