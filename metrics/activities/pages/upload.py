"""Upload page: several files at once, each with its own result. Uses `ingest_file`, as the API does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.forms import FileInput
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from astral.http.fields import ChoiceField, IdField, StrictSerializer, TextField
from astral.http.forms import CheckboxField, InputField, SerializerForm
from astral.http.pages import FormPage
from athletes.access.protected_page import OneAthletePage
from athletes.models import Athlete, User
from metrics.activities.actors import name_actor
from metrics.activities.ingest import IngestResult, Upload, ingest_file
from metrics.activities.recording_places import IngestOutcome
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
from metrics.storage.quotas import QuotaReached

MAX_FOUND_ATHLETES = 20
MAX_FILES_PER_FORM = 10  # each of the largest allowed size
MAX_FILE_MB = settings.UPLOAD_MAX_BYTES // 1_000_000
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


class UploadPageRequest(StrictSerializer):
    accept_partial = ChoiceField(
        ["on"], required=False, help_text="Import incomplete files as far as possible."
    )


class MultipleFileInput(FileInput):
    allow_multiple_selected = True


class FilesField(InputField):
    """The page reads the files themselves from the request."""

    widget_class = MultipleFileInput


class UploadForm(SerializerForm):
    is_saved_once = False  # a file that arrives twice is stored once
    serializer_class = UploadPageRequest
    files = FilesField(  # type: ignore[assignment]  # Django takes fields off the class
        "Files",
        hint=f"FIT, GPX or TCX files, plain or compressed (.gz), at most {MAX_FILE_MB} MB each. "
        "You can choose many at once. Unpack ZIP archives first.",
        required=True,
        multiple=True,
        accept=".fit,.gpx,.tcx,.gz",
        id="files",
    )
    accept_partial = CheckboxField("Import incomplete files as far as possible")


@dataclass(frozen=True, slots=True)
class UploadResult:
    """The result of one file. `code` and `message` say why it was refused.

    `outcome`: "stored", "there" (it was already stored before), "second" (another recording of a stored
    activity) or "refused". `activities`: each with whether the file is another recording of it.
    """

    filename: str
    outcome: str
    activities: tuple[tuple[Activity, bool], ...] = ()
    code: str = ""
    message: str = ""

    @property
    def what_to_do(self) -> str:
        return ADVICE_BY_CODE.get(self.code, "")

    @property
    def is_partial(self) -> bool:
        return self.code == PARTIAL_RECORDING


class UploadPage(OneAthletePage, FormPage):
    template_name = "metrics/activities/upload.html"
    max_form_bytes = MAX_FILES_PER_FORM * settings.UPLOAD_MAX_BYTES
    query_serializer_class = UploadPageQuery
    form_class = UploadForm

    def load_target(self) -> None:
        self.athlete = self.permit.athlete(self.parse_query().get("athlete"))

    def save(self, values: dict[str, Any]) -> HttpResponse:
        """Store the files; the page shows the result of each, with the form for more."""
        files = cast("list[UploadedFile[bytes]]", self.request.FILES.getlist("files"))
        if not files:
            raise ValidationError({"files": ["Choose at least one file."]})
        partial = "accept_partial" in values
        added_by = name_actor(self.permit.viewer, self.athlete.pk)
        results = [_store_file(self.athlete, file, partial, added_by) for file in files]
        initial = {"accept_partial": "on"} if partial else {}
        return self._render_upload(UploadForm(initial=initial), results)

    def render_form(self, form: SerializerForm) -> HttpResponse:
        return self._render_upload(form, ())

    def _render_upload(self, form: SerializerForm, results: Sequence[UploadResult]) -> HttpResponse:
        search = self.parse_query().get("search", "")
        return self.page(
            form=form,
            results=results,
            section="upload",
            search=search,
            found=self._find_athletes(search) if search else (),
        )

    def _find_athletes(self, search: str) -> Sequence[Athlete]:
        others = self.permit.athletes().select_related("user")
        return list(others.matching(search).order_by("user__display_name", "pk")[:MAX_FOUND_ATHLETES])


def _store_file(
    athlete: Athlete, file: UploadedFile[bytes], accept_partial: bool, added_by: str
) -> UploadResult:
    name = file.name or "unnamed"
    if _starts_with(file, ZIP_MAGIC):
        return UploadResult(name, "refused", message=UNPACK_MESSAGE)
    try:
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise file_too_large_error()
        not_after = timezone.now() + MAX_START_AHEAD
        upload = Upload(file.read(), file.name or "", None, accept_partial, not_after, added_by)
        return _build_result(name, ingest_file(athlete, upload))
    except FileError as error:
        return UploadResult(name, "refused", code=error.code, message=error.message)
    except QuotaReached as error:
        return UploadResult(name, "refused", message=str(error.detail))


def _build_result(filename: str, ingested: IngestResult) -> UploadResult:
    pairs = zip(ingested.activities, ingested.outcomes, strict=True)
    activities = tuple((activity, outcome is IngestOutcome.SECOND_RECORDING) for activity, outcome in pairs)
    if ingested.stored_count:
        return UploadResult(filename, "stored", activities)
    return UploadResult(filename, "second" if ingested.second_count else "there", activities)


def _starts_with(file: UploadedFile[bytes], magic: bytes) -> bool:
    found: bool = file.read(len(magic)) == magic
    file.seek(0)
    return found
