"""Pages that put blocks side by side: two of one athlete, or the same of up to four athletes of a club."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from astral.dates.local_time import format_date
from astral.ids import encode
from athletes.access.permissions import parse_id
from athletes.access.protected_page import OneAthletePage, ProtectedPage
from athletes.looks.collector import PROFILE, get_look_collector
from athletes.models import Organization, User
from athletes.rights import Visibility
from athletes.search import normalize_search_text
from coaching.comparison.blocks import MAX_BLOCK_WEEKS, WEEK_D, TrainingBlock, compare_blocks
from coaching.comparison.club_athletes import find_club_athletes
from coaching.comparison.pages.charts import build_block_charts, build_figure_rows
from coaching.comparison.pages.queries import ATHLETE_FIELDS, ClubCompareQuery, ComparePageQuery
from coaching.comparison.params import DEFAULT_WEEKS, choose_athlete_block, choose_blocks
from coaching.comparison.reader import load_blocks
from coaching.models import Race

WITHHELD_TEXTS = {
    "activities": "activities",
    "health": "health",
    "goals_and_plans": "goals and plans",
}


class ComparePage(OneAthletePage):
    """Two blocks of one athlete."""

    template_name = "coaching/comparison/compare.html"
    query_serializer_class = ComparePageQuery
    visibility: Visibility

    def load_target(self) -> None:
        identifier = parse_id(User.prefix, self.kwargs["user_id"], "user_id")
        self.athlete, self.visibility = self.permit.athlete_and_visibility(identifier)

    def get(self, request: HttpRequest, user_id: str) -> HttpResponse:
        query = self.parse_query()
        blocks = load_blocks(choose_blocks(query, self.athlete, self.visibility, self.today))
        races = self._load_races() if self.visibility.goals_and_plans else []
        return self.page(
            weeks=query.get("weeks", DEFAULT_WEEKS),
            chosen_races=[encode(Race.prefix, pk) for pk in query.get("races", [])] or _suggest_races(races),
            block_days=[block.choice for block in blocks],
            races=races,
            **build_comparison_context(blocks, [_name_days(block) for block in blocks], self.page_user.units),
        )

    def _load_races(self) -> list[Race]:
        """The races that the weeks before can be compared of, newest first; one statement."""
        until = self.today + timedelta(days=WEEK_D * MAX_BLOCK_WEEKS)
        return list(
            Race.objects.filter(athlete=self.athlete.pk, date__lte=until).order_by("-date", "pk")[:50]
        )


class ClubComparePage(ProtectedPage):
    """The same block of up to four athletes of a club."""

    template_name = "coaching/comparison/athletes.html"
    query_serializer_class = ClubCompareQuery

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.parse_query()
        club, ids = self.organization(query.get("org_id")), query["athletes"]
        public_ids = [encode(User.prefix, pk) for pk in ids]
        choices = zip_longest(ATHLETE_FIELDS, public_ids, fillvalue="")
        return self.page(
            section="roster",
            club=club,
            weeks=query.get("weeks", DEFAULT_WEEKS),
            members=self._list_members(club),
            choices=list(choices),
            is_chosen=len(ids) > 1,
            **(self._compare(club, ids, query) if len(ids) > 1 else {}),
        )

    def _compare(self, club: Organization, ids: Sequence[UUID], query: dict[str, Any]) -> dict[str, Any]:
        """Raises Http404 if one of them is no active athlete of the club."""
        now = timezone.now()
        chosen = find_club_athletes(self.permit, club, ids)
        blocks = load_blocks(
            [
                choose_athlete_block(query, athlete, chosen.visibilities[athlete.pk], athlete.local_date(now))
                for athlete in chosen.athletes
            ]
        )
        labels = [block.choice.label for block in blocks]
        return build_comparison_context(blocks, labels, self.page_user.units)

    def _list_members(self, club: Organization) -> list[tuple[str, str]]:
        """Name and id of the active athletes, by name; one statement. The access log gets a look at each."""
        rows = list(self.permit.members(club).active().athletes().select_related("user"))
        for row in rows:
            get_look_collector().add(self.permit.viewer, row.user_id, (PROFILE,), self.permit.row.door)
        named = [(str(row.user), row.user.public_id) for row in rows]
        return sorted(named, key=lambda member: (normalize_search_text(member[0]), member[1]))


def _suggest_races(races: Sequence[Race]) -> list[str]:
    """The last two, the earlier one first."""
    return [race.public_id for race in reversed(races[:2])]


def build_comparison_context(
    blocks: Sequence[TrainingBlock], labels: Sequence[str], units: str
) -> dict[str, Any]:
    return {
        "labels": list(labels),
        "charts": build_block_charts(blocks, labels, units) if any(block.weeks for block in blocks) else [],
        "figures": build_figure_rows(compare_blocks(blocks), units),
        "hidden": [
            (label, ", ".join(WITHHELD_TEXTS[name] for name in block.choice.visibility.withheld))
            for label, block in zip(labels, blocks, strict=True)
            if block.choice.visibility.withheld
        ],
        "spans": [_name_span(block) for block in blocks],
    }


def _name_days(block: TrainingBlock) -> str:
    """The race that the block ends with, or its days."""
    return f"To {block.choice.label}" if block.choice.label else _name_span(block)


def _name_span(block: TrainingBlock) -> str:
    return f"{format_date(block.choice.first)} – {format_date(block.choice.last)}"
