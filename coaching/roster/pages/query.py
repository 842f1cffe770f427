"""What the address of a roster says: which club, who of it, in which order, which page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django_filters.utils import translate_validation

from astral.http.fields import ChoiceField
from athletes.models import Membership
from coaching.roster.filters import RosterFilter
from coaching.roster.serializers import RosterListQuery

SORT_LABELS = (
    ("attention", "Most urgent first"),
    ("name", "Name, A to Z"),
    ("-load", "Most load this week"),
    ("load", "Least load this week"),
    ("-distance", "Most distance in 7 days"),
    ("distance", "Least distance in 7 days"),
    ("-last_activity", "Active last"),
    ("last_activity", "Inactive longest"),
    ("-attention", "Least urgent first"),
    ("-name", "Name, Z to A"),
)
PAGE_SIZES = (25, 50, 100, 200)
WHOLE_QUEUE = "all"


class RosterPageQuery(RosterListQuery):
    """As the API is asked, without its cache; `queue=all` shows more of the queue."""

    refresh = None  # type: ignore[assignment]  # how a serializer takes a field out
    queue = ChoiceField([WHOLE_QUEUE], required=False, help_text="all: everybody who needs attention.")


ROSTER_PARAMETERS = (*RosterFilter.base_filters, *RosterPageQuery._declared_fields)


@dataclass(frozen=True, slots=True)
class RosterQuery:
    """One valid question. `question`: RosterAddress; `filters`: RosterFilter, valid; `given`: as it was spelled."""

    path: str
    given: Mapping[str, str]
    parameters: Mapping[str, Any]
    filters: RosterFilter

    @property
    def filter_values(self) -> Mapping[str, Any]:
        """The filters' values: ids, flags and texts; None where it was not asked."""
        told: Mapping[str, Any] = self.filters.form.cleaned_data
        return told

    @property
    def whole_queue(self) -> bool:
        return self.parameters.get("queue") == WHOLE_QUEUE

    @property
    def is_filtered(self) -> bool:
        return any(self.filter_values.values())

    def url_with(self, *without: str, path: str = "", **changes: str) -> str:
        """The same address with these parameters changed or left out; from the first page on."""
        left = {name: value for name, value in self.given.items() if name not in (*without, "page")}
        query = urlencode(left | changes)
        return f"{path or self.path}?{query}" if query else path or self.path


def parse_roster_query(request: HttpRequest, given: QueryDict) -> RosterQuery:
    """Raises ValidationError, of the question or of the filters, as the API does."""
    ours = {name: given[name] for name in given if name in RosterPageQuery._declared_fields}
    question = RosterPageQuery.parse(ours)
    filters = RosterFilter(given, queryset=Membership.objects.none(), request=request)
    if not filters.is_valid():
        raise translate_validation(filters.errors)
    return RosterQuery(request.path, {name: values[-1] for name, values in given.lists()}, question, filters)


def list_page_sizes(now: int) -> Iterable[int]:
    return sorted({*PAGE_SIZES, now})
