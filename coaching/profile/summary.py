"""Summaries of athletes for one viewer: identity, current numbers, assessment.

Withheld data is not included, and nothing is computed from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import JSONField, OuterRef, QuerySet, Value
from django.db.models.functions import JSONObject

from astral.ids import encode
from astral.nested_rows import ColumnGroup, NestedRow
from astral.precompiled_queries import AnyOf, PrecompiledRowsQuery
from athletes.access.viewer_queries import ViewerQuery
from athletes.models import Athlete, User
from athletes.rights import EVERYTHING, Viewer, Visibility
from coaching.assessments.acknowledgements import (
    VisibleSignals,
    apply_acknowledgements,
    build_coach,
    find_acknowledgements,
    remove_coach_words,
)
from coaching.assessments.current import assessments_for_viewer, decode_current_assessments
from coaching.assessments.staleness import CACHE_STAMP_COLUMNS, CacheStamps, refresh_stale
from coaching.assessments.stored_facts import ASSESSMENT_COLUMNS, StoredAssessment
from coaching.assessments.values import AssessmentData, PlanAhead, RaceAhead
from coaching.insights.llm.rewording import build_wordings_subquery, llm_endpoint
from coaching.models import Acknowledgement
from coaching.profile.current_metrics import CurrentMetrics
from metrics.science.data_quality import DataQuality

VisibilityByAthlete = Mapping[UUID, Visibility]
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


class AthleteSummary(NamedTuple):
    """One athlete on their local day `today`.

    `races` and `plans`: nearest first. `visibility`: what the viewer may see. `wordings`: texts by a model,
    for `coaching.insights.llm.rewording`; read for one athlete alone.
    """

    person: AthleteIdentity
    today: date
    figures: CurrentMetrics
    visible_signals: VisibleSignals
    races: Sequence[RaceAhead]
    plans: Sequence[PlanAhead]
    data_quality: DataQuality
    visibility: Visibility
    wordings: Sequence[Mapping[str, str]] = ()


class ViewerColumns(NamedTuple):
    """What depends on the viewer: withheld categories and acknowledgements; and the wordings by a model."""

    withheld: Sequence[str]
    acknowledgements: Sequence[Mapping[str, Any]]
    wordings: Sequence[Mapping[str, str]]


class SummaryRow(NamedTuple):
    """The stored values of one athlete."""

    person: AthleteIdentity
    metrics: CurrentMetrics
    assessment: StoredAssessment


class ViewedSummaryRow(NamedTuple):
    """`SummaryRow` with the columns that are read only for a single athlete."""

    viewer: ViewerColumns
    stamps: CacheStamps
    summary: SummaryRow


_SUMMARY_ROW = NestedRow(
    SummaryRow,
    person=ColumnGroup(
        AthleteIdentity,
        renamed={
            "user_id": "pk",
            "username": "user__username",
            "display_name": "user__display_name",
            "email": "user__email",
            "profile_image_url": "user__profile_image_url",
        },
    ),
    metrics=ColumnGroup(CurrentMetrics, "snapshot__", json=["recovery_parts"]),
    assessment=ASSESSMENT_COLUMNS,
)
_VIEWED_SUMMARY_ROW = NestedRow(
    ViewedSummaryRow,
    viewer=ColumnGroup(ViewerColumns, renamed={"acknowledgements": "acknowledged"}),
    stamps=CACHE_STAMP_COLUMNS,
    summary=_SUMMARY_ROW,
)


def load_athlete_summaries(
    athlete_ids: Sequence[UUID],
    visibilities: VisibilityByAthlete,
    reassessed: Mapping[UUID, AssessmentData],
    acknowledgements: AcknowledgementsByAthlete,
    now: datetime,
) -> dict[UUID, AthleteSummary]:
    """Summaries of athletes whose stored values are current: one statement.

    `visibilities`: of athletes who withhold something; `reassessed`: their assessments without it, and
    others that the stored ones must not replace; `acknowledgements`: by the viewer's organizations.
    """
    rows = {row.person.user_id: row for row in map(_SUMMARY_ROW.read, _MANY_QUERY.all(ids=athlete_ids))}
    stored = {
        pk: row.assessment
        for pk, row in rows.items()
        if pk not in reassessed and pk not in visibilities  # those are not for this viewer
    }
    assessments = {**reassessed, **decode_current_assessments(stored, now)}
    return {
        pk: _build_summary(
            row, assessments[pk], visibilities.get(pk, EVERYTHING), acknowledgements.get(pk, ())
        )
        for pk, row in rows.items()
        if pk in assessments
    }


def load_athlete_summary(viewer: Viewer, athlete: Athlete, now: datetime) -> AthleteSummary:
    """The summary of an athlete whom the viewer may see; recomputed if stale.

    One statement; a fixed number more if data is stale or withheld. Raises Athlete.DoesNotExist if the
    athlete was deleted meanwhile.
    """
    row = _load_row(viewer, athlete)
    if not row.stamps.is_current(athlete.local_date(now)):
        refresh_stale([athlete.pk], now)
        row = _load_row(viewer, athlete)
    visibility = Visibility.without(row.viewer.withheld)
    if visibility == EVERYTHING:
        assessments = decode_current_assessments({athlete.pk: row.summary.assessment}, now)
    else:
        assessments = assessments_for_viewer({athlete.pk: visibility}, now)
    if athlete.pk not in assessments:  # deleted meanwhile
        raise Athlete.DoesNotExist
    acknowledgements = [_build_acknowledgement(content) for content in row.viewer.acknowledgements]
    if athlete.pk == viewer.pk:
        acknowledgements = remove_coach_words(acknowledgements)
    summary = _build_summary(row.summary, assessments[athlete.pk], visibility, acknowledgements)
    return summary._replace(wordings=row.viewer.wordings)


def _load_row(viewer: Viewer, athlete: Athlete) -> ViewedSummaryRow:
    query = _ONE_QUERY_WITH_WORDINGS if llm_endpoint() else _ONE_QUERY
    for values in query.rows(viewer, athlete=athlete.pk):
        return _VIEWED_SUMMARY_ROW.read(values)
    raise Athlete.DoesNotExist


def _select_many(ids: Sequence[UUID]) -> QuerySet[Any, Any]:
    return Athlete.objects.filter(AnyOf("pk", ids)).values_list(*_SUMMARY_ROW.columns)


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
    acknowledgements = find_acknowledgements(viewer).filter(athlete=OuterRef("pk")).order_by("pk")
    as_json = JSONObject(
        code="code",
        severity="severity",
        since="since",
        until="until",
        reason="reason",
        coach_id="coach",
        display_name="coach__display_name",
        username="coach__username",
    )
    rows = Athlete.objects.filter(pk=athlete).with_withheld_categories(viewer)
    rows = rows.annotate(
        acknowledged=ArraySubquery(acknowledgements.values(content=as_json)), wordings=wordings
    )
    return rows.values_list(*_VIEWED_SUMMARY_ROW.columns)


# Every page of a roster runs the first query: it saves 2–3 ms. Every profile runs one of the others: 2 ms
# compiled, 21 ms as a queryset, more than the whole answer may take.
_MANY_QUERY = PrecompiledRowsQuery(_select_many, ids=[UUID(int=2)])
# Two builders: compiled SQL must not depend on a setting that was read while it was compiled.
_ONE_QUERY = ViewerQuery(_select_one, athlete=UUID(int=2))
_ONE_QUERY_WITH_WORDINGS = ViewerQuery(_select_one_with_wordings, athlete=UUID(int=2))


def _build_acknowledgement(content: Mapping[str, Any]) -> Acknowledgement:
    return Acknowledgement(
        code=content["code"],
        severity=content["severity"],
        since=date.fromisoformat(content["since"]),
        until=date.fromisoformat(content["until"]),
        reason=content["reason"],
        coach=_build_coach(content),
    )


def _build_coach(content: Mapping[str, Any]) -> User | None:
    coach_id = content["coach_id"]
    return build_coach(coach_id and UUID(coach_id), content["display_name"], content["username"])


def _build_summary(
    row: SummaryRow,
    assessment: AssessmentData,
    visibility: Visibility,
    acknowledgements: Sequence[Acknowledgement],
) -> AthleteSummary:
    return AthleteSummary(
        person=row.person,
        today=assessment.local_date,
        figures=row.metrics.restrict_to(visibility),
        visible_signals=apply_acknowledgements(assessment, acknowledgements),
        races=assessment.races,
        plans=assessment.plans,
        data_quality=DataQuality(assessment.data_quality_parts),
        visibility=visibility,
    )
