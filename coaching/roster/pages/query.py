"""The query string of the roster page: organization, filters, order, page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django_filters.utils import translate_validation

from astral.http.fields import ChoiceField, TextField
from athletes.models import Membership
from coaching.models.roster_views import MAX_VIEW_NAME_LENGTH
from coaching.roster.filters import RosterFilter
from coaching.roster.pages.kept_places import MAX_KEPT_LENGTH, KeptPlace, KeptPlacesField
from coaching.roster.serializers import RosterOrderQuery

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


class RosterPageQuery(RosterOrderQuery):
    """The parameters of the page; `queue=all` shows the whole queue; `kept`: see `KeptPlace`."""

    queue = ChoiceField([WHOLE_QUEUE], required=False, help_text="all: show all athletes who need attention.")
    view = TextField(required=False, max_length=MAX_VIEW_NAME_LENGTH, help_text="Your saved view.")
    kept = KeptPlacesField(
        required=False, max_length=MAX_KEPT_LENGTH, help_text="Athletes who keep their place in the queue."
    )


ROSTER_PARAMETERS = (*RosterFilter.base_filters, *RosterPageQuery._declared_fields)


@dataclass(frozen=True, slots=True)
class RosterQuery:
    """Validated parameters.

    `parameters`: of RosterPageQuery; `filters`: a valid filter; `given`: raw text.
    """

    path: str
    given: Mapping[str, str]
    parameters: Mapping[str, Any]
    filters: RosterFilter

    @property
    def filter_values(self) -> Mapping[str, Any]:
        """The filters' values: ids, flags and texts; None if not given."""
        values: Mapping[str, Any] = self.filters.form.cleaned_data
        return values

    @property
    def given_filters(self) -> Sequence[tuple[str, str]]:
        """The filters that are set, as sent."""
        values = self.filter_values
        return [(name, self.given[name]) for name in RosterFilter.base_filters if values.get(name)]

    @property
    def whole_queue(self) -> bool:
        return self.parameters.get("queue") == WHOLE_QUEUE

    @property
    def kept_places(self) -> Sequence[KeptPlace]:
        places: Sequence[KeptPlace] = self.parameters.get("kept", ())
        return places

    @property
    def is_filtered(self) -> bool:
        return any(self.filter_values.values())

    def url_with(self, *without: str, path: str = "", **changes: str) -> str:
        """This URL with parameters changed or removed; always the first page, and the queue in order."""
        dropped = (*without, "page", "kept")
        remaining = {name: value for name, value in self.given.items() if name not in dropped}
        query = urlencode(remaining | changes)
        return f"{path or self.path}?{query}" if query else path or self.path


def parse_roster_query(request: HttpRequest, given: QueryDict) -> RosterQuery:
    """Raises ValidationError like the API."""
    known = {name: given[name] for name in given if name in RosterPageQuery._declared_fields}
    parameters = RosterPageQuery.parse(known)
    filters = RosterFilter(given, queryset=Membership.objects.none(), request=request)
    if not filters.is_valid():
        raise translate_validation(filters.errors)
    return RosterQuery(
        request.path, {name: values[-1] for name, values in given.lists()}, parameters, filters
    )


def list_page_sizes(now: int) -> Iterable[int]:
    return sorted({*PAGE_SIZES, now})
