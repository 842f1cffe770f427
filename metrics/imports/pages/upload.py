"""Upload page: it takes everything. A few recordings are stored at once; anything else becomes an import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.forms import FileInput
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from astral.http.fields import ChoiceField, IdField, StrictSerializer, TextField
from astral.http.forms import CheckboxField, InputField, SerializerForm
from astral.http.pages import FormPage
from astral.http.parsers import MAX_FORM_FIELD_BYTES
from athletes.access.protected_page import OneAthletePage
from athletes.accounts.limits.use_limits import IMPORTS, count_use
from athletes.models import Athlete, User
from metrics.activities.ingest import IngestResult, Upload, ingest_file
from metrics.activities.pages.felt import FeltForm, build_felt_form
from metrics.activities.recording_places import IngestOutcome
from metrics.activities.serializers import MAX_START_AHEAD
from metrics.files.errors import PARTIAL_RECORDING, FileError, file_too_large_error
from metrics.imports.create import ImportOptions, create_import
from metrics.imports.makers import build_import_options
from metrics.imports.pages.sniffing import HEAD_BYTES, is_for_import
from metrics.imports.pages.words import ADVICE_BY_CODE
from metrics.imports.refused_uploads import keep_refused_upload
from metrics.imports.serializers import MAX_FILES
from metrics.models import Activity, Import
from metrics.storage.quotas import QuotaReached

MAX_FOUND_ATHLETES = 20
MAX_STORED_AT_ONCE = 10  # files of one form; more become an import, so that nobody waits


class UploadPageQuery(StrictSerializer):
    athlete = IdField(User.prefix, required=False, help_text="The athlete; default: you.")
    search = TextField(required=False, help_text="Find another athlete by name or e-mail address.")


class UploadPageRequest(StrictSerializer):
    accept_partial = ChoiceField(
        ["on"], required=False, help_text="Import incomplete files as far as possible."
    )
    dry_run = ChoiceField(["on"], required=False, help_text="Only say what would come.")


class MultipleFileInput(FileInput):
    allow_multiple_selected = True


class FilesField(InputField):
    """The page reads the files themselves from the request."""

    widget_class = MultipleFileInput


class UploadForm(SerializerForm):
    is_saved_once = False  # a file that arrives twice is stored once
    serializer_class = UploadPageRequest
    # No `accept`: phones hide what it does not name.
    files = FilesField(  # type: ignore[assignment]  # Django takes fields off the class
        "Files",
        hint="Recordings (FIT, GPX, TCX); the export of Strava, Garmin, Apple Health or Astral, as the ZIP "
        "that you got; tables of health data. You can choose many at once.",
        required=True,
        multiple=True,
        id="files",
    )
    accept_partial = CheckboxField("Import incomplete files as far as possible")
    dry_run = CheckboxField("Look first: say what would come, and store nothing yet")


class UploadedActivity(NamedTuple):
    """An activity of a file. `felt`: the form that asks the athlete how it was, None for others."""

    activity: Activity
    is_second: bool
    felt: FeltForm | None


@dataclass(frozen=True, slots=True)
class UploadResult:
    """The result of one file. `code` and `message` say why it was refused; `report` keeps it.

    `outcome`: "stored", "there" (it was already stored before), "second" (another recording of a stored
    activity) or "refused".
    """

    filename: str
    outcome: str
    activities: tuple[UploadedActivity, ...] = ()
    code: str = ""
    message: str = ""
    report: Import | None = None

    @property
    def what_to_do(self) -> str:
        return ADVICE_BY_CODE.get(self.code, "")

    @property
    def is_partial(self) -> bool:
        return self.code == PARTIAL_RECORDING


class UploadPage(OneAthletePage, FormPage):
    template_name = "metrics/imports/upload.html"
    max_form_bytes = settings.IMPORT_MAX_BYTES + MAX_FORM_FIELD_BYTES
    query_serializer_class = UploadPageQuery
    form_class = UploadForm

    def load_target(self) -> None:
        self.athlete = self.permit.athlete(self.parse_query().get("athlete"))

    def save(self, values: dict[str, Any]) -> HttpResponse:
        """Store the files and show the result of each, or show the page of their import."""
        files = cast("list[UploadedFile[bytes]]", self.request.FILES.getlist("files"))
        if not files:
            raise ValidationError({"files": ["Choose at least one file."]})
        now, partial, dry_run = timezone.now(), "accept_partial" in values, "dry_run" in values
        options = build_import_options(self.permit, self.athlete, accept_partial=partial, is_dry_run=dry_run)
        if dry_run or len(files) > MAX_STORED_AT_ONCE or any(map(_is_for_import, files)):
            count_use(self.person.pk, IMPORTS, now)
            return redirect("import-page", create_import(self.athlete, files, options).public_id)
        results = [_store_file(self.athlete, file, options, now, self.own) for file in files]
        return self._render_upload(UploadForm(initial={"accept_partial": "on"} if partial else {}), results)

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
            max_files=MAX_FILES,
            max_recording_bytes=settings.UPLOAD_MAX_BYTES,
        )

    def _find_athletes(self, search: str) -> Sequence[Athlete]:
        others = self.permit.athletes().select_related("user")
        return list(others.matching(search).order_by("user__display_name", "pk")[:MAX_FOUND_ATHLETES])


def _store_file(
    athlete: Athlete, file: UploadedFile[bytes], options: ImportOptions, now: datetime, own: bool
) -> UploadResult:
    name, partial, latest = file.name or "unnamed", options.accept_partial, now + MAX_START_AHEAD
    if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
        return _build_refusal(name, file_too_large_error())
    upload = Upload(file.read(), name, None, partial, latest, options.added_by)
    try:
        return _build_result(name, ingest_file(athlete, upload), own)
    except FileError as error:
        return _build_refusal(name, error, keep_refused_upload(athlete, upload, error, options, now))
    except QuotaReached as error:
        return UploadResult(name, "refused", message=str(error.detail))


def _build_refusal(filename: str, error: FileError, report: Import | None = None) -> UploadResult:
    return UploadResult(filename, "refused", code=error.code, message=error.message, report=report)


def _build_result(filename: str, ingested: IngestResult, own: bool) -> UploadResult:
    """`own`: the athlete sent the file, and is asked how it was."""
    activities = tuple(
        UploadedActivity(
            activity,
            outcome is IngestOutcome.SECOND_RECORDING,
            build_felt_form(activity).use_id_prefix(f"felt-{activity.pk.hex}-") if own else None,
        )
        for activity, outcome in zip(ingested.activities, ingested.outcomes, strict=True)
    )
    if ingested.stored_count:
        return UploadResult(filename, "stored", activities)
    return UploadResult(filename, "second" if ingested.second_count else "there", activities)


def _is_for_import(file: UploadedFile[bytes]) -> bool:
    head: bytes = file.read(HEAD_BYTES)
    file.seek(0)
    return is_for_import(head)
