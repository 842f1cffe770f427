"""Page with the usefulness of each signal to a club."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from astral.http.fields import IdField, StrictSerializer
from athletes.models import Organization
from athletes.organizations.pages.organizations import OrganizationPage
from coaching.attention import RULES_BY_CODE
from coaching.attention.causes import CAUSE_BY_DOMAIN, CAUSE_TITLES, SignalCause
from coaching.signal_history.serializers import UsefulnessQuery, choose_range
from coaching.signal_history.usefulness import SignalUsefulness, load_usefulness

UsefulnessPageQuery: type[StrictSerializer] = type(
    "UsefulnessPageQuery",
    (UsefulnessQuery,),
    {
        "__doc__": "The club and the days on which signals were raised.",
        "org_id": IdField(Organization.prefix, required=False, help_text="The club, org_…."),
    },
)


@dataclass(frozen=True, slots=True)
class UsefulnessRow:
    """A signal in words, with its counts."""

    description: str
    cause: str
    counts: SignalUsefulness


class UsefulnessPage(OrganizationPage):
    """Two statements besides those for the page user and the club's right: the club and the counts."""

    template_name = "coaching/signal_history/usefulness.html"
    query_serializer_class = UsefulnessPageQuery

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.parse_query()
        first, last = choose_range(query, timezone.now().date())
        club = self.organization(query.get("org_id"))
        members = self.permit.members(club).active().athletes()
        rows = load_usefulness(club, members, first, last)
        return self.page(
            section="roster", club=club, rows=_build_rows(rows), first=first, last=last, org_id=club.public_id
        )


def _build_rows(rows: Sequence[SignalUsefulness]) -> list[UsefulnessRow]:
    return [
        UsefulnessRow(rule.description, CAUSE_TITLES[_find_cause(row.code)], row)
        for row in rows
        for rule in (RULES_BY_CODE[row.code],)
    ]


def _find_cause(code: str) -> SignalCause:
    return CAUSE_BY_DOMAIN[RULES_BY_CODE[code].domain]
