"""Athletes as one viewer sees them: who they are, their numbers of today, how they stand.

What the athlete withholds is not in it, and whatever is computed is computed without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject
from orjson import loads

from astral.ids import encode
from astral.precompiled_queries import AnyOf, PrecompiledRowsQuery
from athletes.access.viewer_queries import ViewerQuery
from athletes.models import Athlete, User
from athletes.rights import Viewer
from coaching.assessments.acknowledgements import Told, acknowledged_for, told
from coaching.assessments.current import seen_assessments
from coaching.assessments.staleness import STAMPS, Stamps, lookups, renew_behind
from coaching.insights.llm.rewording import endpoint, wordings_of
from coaching.models import Acknowledgement
from coaching.profile.current_metrics import COLUMNS, Figures
from metrics.science.data_quality import DataQuality

Withheld = Mapping[UUID, Sequence[str]]
Acknowledged = Mapping[UUID, Sequence[Acknowledgement]]


class Person(NamedTuple):
    """Who it is, and how their days and distances are told; texts may be empty."""

    user_id: UUID
    username: str
    display_name: str
    email: str
    profile_image_url: str
    timezone: str
    unit_system: str

    @property
    def public_id(self) -> str:
        return encode(User.prefix, self.user_id)

    @property
    def name(self) -> str:
        return self.display_name or self.username


class Judgement(NamedTuple):
    """What is shown of an assessment; races, plans and signals in the words of the API."""

    local_date: date
    signals: Sequence[dict[str, Any]]
    priority: float
    next_a_race: date | None
    races: Sequence[dict[str, Any]]
    plans: Sequence[dict[str, Any]]
    data_quality_parts: Mapping[str, float]


class Seen(NamedTuple):
    """One athlete on their local day `today`.

    `races` and `plans`: what is ahead, nearest first, as `coaching.assessments.payload` writes it (metres, H:MM:SS).
    `withheld`: the categories that the viewer is not shown. `wordings`: what a model has worded for the athlete, for
    `coaching.insights.llm.rewording`; read for one athlete alone.
    """

    person: Person
    today: date
    figures: Figures
    told: Told
    races: Sequence[dict[str, Any]]
    plans: Sequence[dict[str, Any]]
    data_quality: DataQuality
    withheld: Sequence[str]
    wordings: Sequence[Mapping[str, str]] = ()


_PERSON = (
    "pk", "user__username", "user__display_name", "user__email", "user__profile_image_url", "timezone", "unit_system",
)  # fmt: skip
_JSON = {
    "snapshot__recovery_parts", "assessment__signals", "assessment__races", "assessment__plans",
    "assessment__data_quality_parts",
}  # fmt: skip
_NAMES = (*_PERSON, *lookups(COLUMNS, "snapshot__"), *lookups(Judgement._fields, "assessment__"))
# JSON as its text: of 200 athletes Django's decoder would take longer than the database.
_SHOWN = [Cast(name, TextField()) if name in _JSON else name for name in _NAMES]
_JSON_AT = [place for place, name in enumerate(_NAMES) if name in _JSON]
_FIGURES_FROM, _JUDGEMENT_FROM = len(_PERSON), len(_PERSON) + len(COLUMNS)
_SHOWN_FROM = 3 + len(STAMPS)


def seen(
    athlete_ids: Sequence[UUID],
    withheld: Withheld,
    judged: Mapping[UUID, Judgement],
    acknowledged: Acknowledged,
) -> dict[UUID, Seen]:
    """These athletes, of whom everything that is kept is current: one statement.

    `judged`: those from whom something is `withheld`, judged without it; `acknowledged`: by the viewer's organizations.
    """
    return {
        row[0]: _seen(row, judged.get(row[0]), withheld.get(row[0], ()), acknowledged.get(row[0], ()))
        for row in _MANY.all(ids=athlete_ids)
    }


def seen_by(viewer: Viewer, athlete: Athlete, now: datetime) -> Seen:
    """One athlete whom the viewer may see, renewed where that is needed.

    One statement; a fixed number more to renew, and where something is withheld. Raises Athlete.DoesNotExist for one
    who is deleted meanwhile.
    """
    row = _row(viewer, athlete)
    if not Stamps(*row[3:_SHOWN_FROM]).is_current(athlete.local_date(now)):
        renew_behind([athlete.pk], now)
        row = _row(viewer, athlete)
    withheld, acknowledged = row[0], [_acknowledgement(one) for one in row[1]]
    judged = judged_without({athlete.pk: withheld}, now).get(athlete.pk) if withheld else None
    if withheld and judged is None:  # the kept judgement is not for this viewer
        raise Athlete.DoesNotExist
    return _seen(row[_SHOWN_FROM:], judged, withheld, acknowledged)._replace(wordings=row[2])


def _row(viewer: Viewer, athlete: Athlete) -> tuple[Any, ...]:
    rows = (_ONE_WORDED if endpoint() else _ONE).rows(viewer, athlete=athlete.pk)
    if not rows:
        raise Athlete.DoesNotExist
    return rows[0]


def _many(ids: Sequence[UUID]) -> QuerySet[Any, Any]:
    return Athlete.objects.filter(AnyOf("pk", ids)).values_list(*_SHOWN)


def _one(viewer: Viewer, athlete: UUID) -> QuerySet[Any, Any]:
    """With what is withheld from the viewer, what the viewer's organizations have acknowledged, how a model has worded
    insights, and what is kept."""
    theirs = acknowledged_for(viewer).filter(athlete=OuterRef("pk")).order_by("pk")
    told = theirs.values(told=JSONObject(code="code", severity="severity", since="since", until="until"))
    rows = Athlete.objects.filter(pk=athlete).with_withheld_categories(viewer)
    rows = rows.annotate(acknowledged=ArraySubquery(told), wordings=wordings_of())
    return rows.values_list("withheld", "acknowledged", "wordings", *STAMPS, *_SHOWN)


_MANY = PrecompiledRowsQuery(_many, ids=[UUID(int=2)])
_ONE, _ONE_WORDED = (
    ViewerQuery(_one, athlete=UUID(int=2)),
    ViewerQuery(_one, athlete=UUID(int=2)),
)  # without a model, with one


def _acknowledgement(told: Mapping[str, str]) -> Acknowledgement:
    days = {name: date.fromisoformat(told[name]) for name in ("since", "until")}
    return Acknowledgement(code=told["code"], severity=told["severity"], **days)


def judged_without(withheld: Withheld, now: datetime) -> dict[UUID, Judgement]:
    """Athletes judged without what each withholds."""
    found = seen_assessments(withheld, now) if withheld else {}
    return {pk: Judgement(*(getattr(one, name) for name in Judgement._fields)) for pk, one in found.items()}


def _seen(
    row: tuple[Any, ...],
    judged: Judgement | None,
    withheld: Sequence[str],
    acknowledged: Sequence[Acknowledgement],
) -> Seen:
    values = list(row)
    for place in _JSON_AT:
        values[place] = loads(values[place])
    judgement = judged or Judgement(*values[_JUDGEMENT_FROM:])
    return Seen(
        person=Person(*values[:_FIGURES_FROM]),
        today=judgement.local_date,
        figures=Figures(*values[_FIGURES_FROM:_JUDGEMENT_FROM]).without(withheld),
        told=told(judgement, acknowledged),
        races=judgement.races,
        plans=judgement.plans,
        data_quality=DataQuality(dict(judgement.data_quality_parts)),
        withheld=withheld,
    )
