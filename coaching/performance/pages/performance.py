"""Page of what an athlete can run: curve, critical speed, forecasts, intensity, long runs and records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from athletes.access.permissions import parse_id
from athletes.access.protected_page import OneAthletePage
from athletes.models import User
from athletes.rights import Visibility
from coaching.performance.pages.charts import (
    build_curve_chart,
    build_durability_chart,
    build_intensity_chart,
    build_intensity_shares,
)
from coaching.performance.pages.rows import (
    build_critical_speed_card,
    build_forecast_rows,
    build_long_run_rows,
    build_next_race_card,
    build_record_rows,
)
from coaching.performance.performance import Performance, SpanCurve, load_performance
from metrics.formatting import format_number
from metrics.performance.curves import DaySpan
from metrics.performance.long_runs import load_long_runs
from metrics.performance.params import (
    DEFAULT_PERIOD,
    DURABILITY_D,
    PERIODS_D,
    PerformanceQuery,
    choose_compared_span,
    choose_period,
)
from metrics.records.records import load_records

PERIOD_LABELS = {"90d": "90 days", "1y": "1 year", "all": "All time"}


class PerformancePage(OneAthletePage):
    template_name = "coaching/performance/performance.html"
    query_serializer_class = PerformanceQuery
    visibility: Visibility

    def load_target(self) -> None:
        identifier = parse_id(User.prefix, self.kwargs["user_id"], "user_id")
        self.athlete, self.visibility = self.permit.athlete_and_visibility(identifier)

    def get(self, request: HttpRequest, user_id: str) -> HttpResponse:
        query, now, units = self.parse_query(), timezone.now(), self.page_user.units
        span, compared = choose_period(query, self.today), choose_compared_span(query)
        period = None if "from" in query or "to" in query else query.get("period", DEFAULT_PERIOD)
        others = [] if compared else [name for name in PERIODS_D if name not in (None, period)]
        further = [choose_period({"period": name}, self.today) for name in others]
        found = load_performance(self.athlete, now, self.visibility, span, compared, further)
        long_runs = load_long_runs(self.athlete, span.widen(DURABILITY_D))
        labels = [_name_span(span, period), *(PERIOD_LABELS[name] for name in others)]
        return self.page(
            span=span,
            compared=compared,
            period=period,
            periods=list(PERIOD_LABELS.items()),
            curve=build_curve_chart(_label_curves(found, labels), units),
            critical_speed=build_critical_speed_card(found.curve, units),
            forecasts=build_forecast_rows(found.forecasts, units),
            next_race=build_next_race_card(found.forecasts, self.today, units),
            shares=build_intensity_shares(found.distribution),
            intensity=build_intensity_chart(found.distribution),
            coverage=_describe_coverage(found),
            durability=build_durability_chart(long_runs),
            long_runs=build_long_run_rows(long_runs.runs, units),
            long_runs_since=long_runs.span.first,
            records=build_record_rows(load_records(self.athlete, None, None), units),
        )

    def context(self) -> dict[str, Any]:
        return super().context() | {"hides_goals": not self.visibility.goals_and_plans}


def _label_curves(found: Performance, labels: Sequence[str]) -> list[tuple[str, SpanCurve]]:
    """The chosen curve first, then the compared one, or the other usual ones. Empty ones are left out."""
    first, *others = labels
    labelled = [(first, found.curve)]
    if found.compared:
        labelled.append((_name_span(found.compared.span, None), found.compared))
    labelled += zip(others, found.further, strict=True)
    return [labelled[0], *(one for one in labelled[1:] if one[1].level)]


def _name_span(span: DaySpan, period: str | None) -> str:
    if period:
        return PERIOD_LABELS[period]
    return f"{span.first} to {span.last}" if span.first else f"up to {span.last}"


def _describe_coverage(found: Performance) -> str:
    coverage = found.distribution.coverage
    return "" if not coverage else f"{format_number(100 * coverage)} % of the running time has zones."
