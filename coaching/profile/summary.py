"""Summaries of athletes for one viewer: identity, current numbers, assessment.

Withheld data is not included, and nothing is computed from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import JSONField, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, JSONObject
from orjson import loads

from astral.ids import encode
from astral.precompiled_queries import AnyOf, PrecompiledRowsQuery
from athletes.access.viewer_queries import ViewerQuery
from athletes.models import Athlete, User
from athletes.rights import Viewer
from coaching.assessments.acknowledgements import (
    VisibleSignals,
    apply_acknowledgements,
    find_acknowledgements,
)
from coaching.assessments.current import assessments_for_viewer
from coaching.assessments.staleness import CACHE_STAMP_COLUMNS, CacheStamps, prefix_names, refresh_stale
from coaching.insights.llm.rewording import build_wordings_subquery, llm_endpoint
from coaching.models import Acknowledgement
from coaching.profile.current_metrics import METRIC_COLUMNS, CurrentMetrics
from metrics.science.data_quality import DataQuality

WithheldByAthlete = Mapping[UUID, Sequence[str]]
AcknowledgementsByAthlete = Mapping[UUID, Sequence[Acknowledgement]]


class AthleteIdentity(NamedTuple):
    """The athlete's names, contact, time zone and units. Texts may be empty."""

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


class AssessmentData(NamedTuple):
    """The columns of an assessment that are shown; races, plans and signals as in the API."""

    local_date: date
    signals: Sequence[dict[str, Any]]
    priority: float
    next_a_race: date | None
    races: Sequence[dict[str, Any]]
    plans: Sequence[dict[str, Any]]
    data_quality_parts: Mapping[str, float]


class AthleteSummary(NamedTuple):
    """One athlete on their local day `today`.

    `races` and `plans`: what is ahead, nearest first, as `coaching.assessments.payload` writes it (metres, H:MM:SS).
    `withheld`: categories hidden from the viewer. `wordings`: texts by a model, for
    `coaching.insights.llm.rewording`; read for one athlete alone.
    """

    person: AthleteIdentity
    today: date
    figures: CurrentMetrics
    visible_signals: VisibleSignals
    races: Sequence[dict[str, Any]]
    plans: Sequence[dict[str, Any]]
    data_quality: DataQuality
    withheld: Sequence[str]
    wordings: Sequence[Mapping[str, str]] = ()


_IDENTITY_COLUMNS = (
    "pk", "user__username", "user__display_name", "user__email", "user__profile_image_url", "timezone", "unit_system",
)  # fmt: skip
_JSON_COLUMNS = {
    "snapshot__recovery_parts", "assessment__signals", "assessment__races", "assessment__plans",
    "assessment__data_quality_parts",
}  # fmt: skip
_SUMMARY_COLUMNS = (
    *_IDENTITY_COLUMNS,
    *prefix_names(METRIC_COLUMNS, "snapshot__"),
    *prefix_names(AssessmentData._fields, "assessment__"),
)
# JSON is read as text: for 200 athletes Django's decoder would take longer than the database.
_SUMMARY_EXPRESSIONS = [
    Cast(name, TextField()) if name in _JSON_COLUMNS else name for name in _SUMMARY_COLUMNS
]
_JSON_POSITIONS = [place for place, name in enumerate(_SUMMARY_COLUMNS) if name in _JSON_COLUMNS]
_METRICS_START, _ASSESSMENT_START = len(_IDENTITY_COLUMNS), len(_IDENTITY_COLUMNS) + len(METRIC_COLUMNS)
_SUMMARY_START = 3 + len(CACHE_STAMP_COLUMNS)


def load_athlete_summaries(
    athlete_ids: Sequence[UUID],
    withheld: WithheldByAthlete,
    judged: Mapping[UUID, AssessmentData],
    acknowledged: AcknowledgementsByAthlete,
) -> dict[UUID, AthleteSummary]:
    """Summaries of athletes whose stored values are current: one statement.

    `judged`: assessments without withheld data; `acknowledged`: by the viewer's organizations.
    """
    return {
        row[0]: _build_summary(
            row, judged.get(row[0]), withheld.get(row[0], ()), acknowledged.get(row[0], ())
        )
        for row in _MANY_QUERY.all(ids=athlete_ids)
    }


def load_athlete_summary(viewer: Viewer, athlete: Athlete, now: datetime) -> AthleteSummary:
    """The summary of an athlete whom the viewer may see; recomputed if stale.

    One statement; a fixed number more if data is stale or withheld. Raises Athlete.DoesNotExist if the
    athlete was deleted meanwhile.
    """
    row = _load_row(viewer, athlete)
    if not CacheStamps(*row[3:_SUMMARY_START]).is_current(athlete.local_date(now)):
        refresh_stale([athlete.pk], now)
        row = _load_row(viewer, athlete)
    withheld, acknowledged = row[0], [_build_acknowledgement(one) for one in row[1]]
    judged = assess_without({athlete.pk: withheld}, now).get(athlete.pk) if withheld else None
    if withheld and judged is None:  # the stored assessment is not for this viewer
        raise Athlete.DoesNotExist
    return _build_summary(row[_SUMMARY_START:], judged, withheld, acknowledged)._replace(wordings=row[2])


def _load_row(viewer: Viewer, athlete: Athlete) -> tuple[Any, ...]:
    rows = (_ONE_QUERY_WITH_WORDINGS if llm_endpoint() else _ONE_QUERY).rows(viewer, athlete=athlete.pk)
    if not rows:
        raise Athlete.DoesNotExist
    return rows[0]


def _select_many(ids: Sequence[UUID]) -> QuerySet[Any, Any]:
    return Athlete.objects.filter(AnyOf("pk", ids)).values_list(*_SUMMARY_EXPRESSIONS)


def _select_one(viewer: Viewer, athlete: UUID) -> QuerySet[Any, Any]:
    return _select_with_wordings(viewer, athlete, Value([], JSONField()))


def _select_one_with_wordings(viewer: Viewer, athlete: UUID) -> QuerySet[Any, Any]:
    return _select_with_wordings(viewer, athlete, build_wordings_subquery())


def _select_with_wordings(
    viewer: Viewer, athlete: UUID, wordings: ArraySubquery | Value
) -> QuerySet[Any, Any]:
    """One athlete with withheld categories, acknowledgements of the viewer's organizations, texts of
    a model, and the stored snapshot and assessment.
    """
    theirs = find_acknowledgements(viewer).filter(athlete=OuterRef("pk")).order_by("pk")
    told = theirs.values(told=JSONObject(code="code", severity="severity", since="since", until="until"))
    rows = Athlete.objects.filter(pk=athlete).with_withheld_categories(viewer)
    rows = rows.annotate(acknowledged=ArraySubquery(told), wordings=wordings)
    return rows.values_list(
        "withheld", "acknowledged", "wordings", *CACHE_STAMP_COLUMNS, *_SUMMARY_EXPRESSIONS
    )


# Every page of a roster runs the first query: it saves 2–3 ms. Every profile runs one of the others: 2 ms compiled,
# 21 ms as a queryset, more than the whole answer may take.
_MANY_QUERY = PrecompiledRowsQuery(_select_many, ids=[UUID(int=2)])
# Two builders: compiled SQL must not depend on a setting that was read while it was compiled.
_ONE_QUERY = ViewerQuery(_select_one, athlete=UUID(int=2))
_ONE_QUERY_WITH_WORDINGS = ViewerQuery(_select_one_with_wordings, athlete=UUID(int=2))


def _build_acknowledgement(told: Mapping[str, str]) -> Acknowledgement:
    days = {name: date.fromisoformat(told[name]) for name in ("since", "until")}
    return Acknowledgement(code=told["code"], severity=told["severity"], **days)


def assess_without(withheld: WithheldByAthlete, now: datetime) -> dict[UUID, AssessmentData]:
    """Assessments of athletes without the data each withholds."""
    found = assessments_for_viewer(withheld, now) if withheld else {}
    return {
        pk: AssessmentData(*(getattr(one, name) for name in AssessmentData._fields))
        for pk, one in found.items()
    }


def _build_summary(
    row: tuple[Any, ...],
    judged: AssessmentData | None,
    withheld: Sequence[str],
    acknowledged: Sequence[Acknowledgement],
) -> AthleteSummary:
    values = list(row)
    for place in _JSON_POSITIONS:
        values[place] = loads(values[place])
    judgement = judged or AssessmentData(*values[_ASSESSMENT_START:])
    return AthleteSummary(
        person=AthleteIdentity(*values[:_METRICS_START]),
        today=judgement.local_date,
        figures=CurrentMetrics(*values[_METRICS_START:_ASSESSMENT_START]).without(withheld),
        visible_signals=apply_acknowledgements(judgement, acknowledged),
        races=judgement.races,
        plans=judgement.plans,
        data_quality=DataQuality(dict(judgement.data_quality_parts)),
        withheld=withheld,
    )
