"""Pages of imports: the list, and one import with its progress, its report and its actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from astral.http.fields import ChoiceField, IdField, StrictSerializer, WholeNumberField
from astral.http.forms import capitalize_labels
from astral.http.pages import ActionPage, ConfirmedActionPage
from astral.http.pagination import PageQuery
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.models import User
from metrics.imports.control import (
    cancel_import,
    name_unknown_sport,
    request_undo,
    retry_refused_files,
    start_import,
)
from metrics.imports.counts import WAITING, ImportCounts, load_import_counts
from metrics.imports.makers import find_import, take_over_import
from metrics.imports.pages.report_rows import build_report_rows, order_by_outcome
from metrics.imports.pages.words import OUTCOME_WORDS, ImportCard, build_import_card, name_outcome
from metrics.imports.report_csv import build_report_response
from metrics.imports.serializers import FILE_STATUSES
from metrics.models import Activity, Import, ImportedActivity, ImportedDay, ImportFile

FILES_PER_PAGE = 100
IMPORTS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import in the list. `for_name`: the athlete, if that is another person."""

    parent: Import
    card: ImportCard
    counts: ImportCounts
    for_name: str


class ImportsPageQuery(StrictSerializer):
    athlete = IdField(User.prefix, required=False, help_text="Only imports of this athlete.")
    page = WholeNumberField(default=1, min_value=1, max_value=1_000_000, help_text="The page, from 1.")


class ImportsPage(ProtectedPage):
    """Imports of your own data, and those that you made for others; newest first."""

    template_name = "metrics/imports/imports.html"
    query_serializer_class = ImportsPageQuery

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.parse_query()
        page, athlete_id = query["page"], query.get("athlete")
        start = (page - 1) * IMPORTS_PER_PAGE
        athletes = [self.permit.athlete(athlete_id).pk] if athlete_id else self.permit.athletes()
        visible = Import.objects.made_or_owned_by(self.person).filter(athlete__in=athletes)
        imports = list(visible.select_related("athlete__user")[start : start + IMPORTS_PER_PAGE + 1])
        self.permit.note_shown({row.athlete_id for row in imports})
        counts = load_import_counts(imports[:IMPORTS_PER_PAGE])
        rows = [
            ImportRow(
                parent,
                build_import_card(parent, counts[parent.pk]),
                counts[parent.pk],
                "" if parent.athlete_id == self.person.pk else str(parent.athlete.user),
            )
            for parent in imports[:IMPORTS_PER_PAGE]
        ]
        return self.page(
            section="upload",
            rows=rows,
            previous=self._build_page_url(page - 1) if page > 1 else "",
            following=self._build_page_url(page + 1) if len(imports) > IMPORTS_PER_PAGE else "",
        )

    def _build_page_url(self, page: int) -> str:
        return f"?{urlencode(self.given().dict() | {'page': page})}"


class OneImportPage(ProtectedPage):
    """A page about the import in the address."""

    parent: Import

    def load_target(self) -> None:
        self.parent = find_import(self.permit, parse_id(Import.prefix, self.kwargs["import_id"], "import_id"))

    def context(self) -> dict[str, Any]:
        own = self.parent.athlete_id == self.person.pk
        return super().context() | {
            "section": "upload",
            "parent": self.parent,
            "own": own,
            "name": "" if own else str(self.parent.athlete.user),
        }

    def build_return_url(self) -> str:
        return reverse("import-page", args=[self.parent.public_id])


class ImportPageQuery(PageQuery):
    status = ChoiceField(FILE_STATUSES, required=False, help_text="Only files with this outcome.")


class ImportPage(OneImportPage):
    template_name = "metrics/imports/import.html"
    query_serializer_class = ImportPageQuery

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        query = self.parse_query()
        status, page, parent = query.get("status", ""), query["page"], self.parent
        counts = load_import_counts([parent])[parent.pk]
        files = ImportFile.objects.filter(parent=parent).without_content()
        if status:
            files = files.filter(status="" if status == WAITING else status)
        start = (page - 1) * FILES_PER_PAGE
        shown = list(order_by_outcome(files)[start : start + FILES_PER_PAGE])
        total = counts.outcomes[status] if status else counts.outcomes.total()
        is_sport_named = bool(counts.unknown_sports and parent.activity_type_if_unknown)
        return self.page(
            card=build_import_card(parent, counts),
            counts=counts,
            is_working=parent.is_active or is_sport_named,
            asks_sport=counts.unknown_sports and not is_sport_named and not parent.undo_state,
            tabs=_build_tabs(counts, status, parent.is_dry_run),
            rows=build_report_rows(parent, shown, self.page_user.units),
            sports=capitalize_labels(Activity.Type.choices),
            here=request.get_full_path(),
            first=start + 1,
            last=start + len(shown),
            total=total,
            previous=_build_page_url(status, page - 1) if page > 1 else "",
            following=_build_page_url(status, page + 1) if start + FILES_PER_PAGE < total else "",
        )


@dataclass(frozen=True, slots=True)
class OutcomeTab:
    words: str
    number: int
    url: str
    is_current: bool


def _build_tabs(counts: ImportCounts, chosen: str, is_dry_run: bool) -> list[OutcomeTab]:
    """All files, and each outcome that there is."""
    found = [
        OutcomeTab(
            name_outcome("" if status == WAITING else status, is_dry_run)[0],
            counts.outcomes[status],
            f"?status={status}",
            status == chosen,
        )
        for status in OUTCOME_WORDS
        if counts.outcomes[status] or status == chosen
    ]
    return [OutcomeTab("All", counts.outcomes.total(), "?", not chosen), *found]


def _build_page_url(status: str, page: int) -> str:
    return "?" + urlencode({"page": page} | ({"status": status} if status else {}))


class ImportReportPage(OneImportPage):
    """The report as CSV."""

    def get(self, request: HttpRequest, **address: str) -> HttpResponseBase:
        return build_report_response(self.parent, timezone.now())


class ImportCancelPage(OneImportPage, ActionPage):
    def apply_change(self, values: dict[str, Any]) -> str:
        cancel_import(self.parent, timezone.now())
        return "Cancelled. What is stored stays; you can go on, or undo it."


class ImportStartPage(OneImportPage, ActionPage):
    def apply_change(self, values: dict[str, Any]) -> str:
        take_over_import(self.permit, self.parent)
        start_import(self.parent)
        return "The import goes on."


class RetryFields(StrictSerializer):
    accept_partial = ChoiceField(
        ["on"], required=False, help_text="Import incomplete files as far as possible."
    )


class ImportRetryPage(OneImportPage, ActionPage):
    serializer_class = RetryFields

    def apply_change(self, values: dict[str, Any]) -> str:
        take_over_import(self.permit, self.parent)
        retry_refused_files(self.parent, "accept_partial" in values or None)
        return "The refused files are read again."


class SportFields(StrictSerializer):
    activity_type = ChoiceField(Activity.Type.choices, help_text="The sport of recordings that name none.")


class ImportSportPage(OneImportPage, ActionPage):
    serializer_class = SportFields

    def apply_change(self, values: dict[str, Any]) -> str:
        name_unknown_sport(self.parent, values["activity_type"])
        return "Thank you. All of them get this sport."


class ImportUndoPage(OneImportPage, ConfirmedActionPage):
    template_name = "metrics/imports/undo.html"

    def get(self, request: HttpRequest, **address: str) -> HttpResponse:
        brought = ImportedActivity.objects.filter(file__parent=self.parent)
        outcomes = ImportedActivity.Outcome
        return self.page(
            activities=brought.filter(outcome=outcomes.STORED).count(),
            recordings=brought.filter(outcome=outcomes.SECOND_RECORDING).count(),
            days=ImportedDay.objects.filter(file__parent=self.parent).count(),
        )

    def apply_change(self, values: dict[str, Any]) -> str:
        request_undo(self.parent)
        return "The import is being undone."
