"""Query parameters of performance and durability: spans of local days."""

from __future__ import annotations

from datetime import date
from typing import Any

from rest_framework import serializers

from astral.http.fields import ChoiceField, DayField, StrictSerializer
from metrics.performance.curves import DaySpan
from metrics.records.serializers import DayRangeRules
from metrics.statistics.params import RefreshQuery

PERIODS_D: dict[str, int | None] = {"90d": 90, "1y": 365, "all": None}  # None: all time
DEFAULT_PERIOD = "90d"
DURABILITY_D = 365
FIRST_HELP = "First local day, included."
LAST_HELP = "Last local day, included; default: the athlete's today."


class DurabilityRules(DayRangeRules, RefreshQuery):
    """Validates from and to."""


# `from` is a word of Python, so it cannot be written as an attribute.
DurabilityQuery: type[StrictSerializer] = type(
    "DurabilityQuery",
    (DurabilityRules,),
    {
        "__doc__": "The days of the long runs.",
        "from": DayField(
            required=False, help_text=f"{FIRST_HELP} Default: {DURABILITY_D} days up to the last day."
        ),
        "to": DayField(required=False, help_text=LAST_HELP),
    },
)


class PerformanceRules(DurabilityRules):
    """Validates that a period and days are not mixed."""

    period = ChoiceField(
        tuple(PERIODS_D),
        required=False,
        help_text="The last 90 days (default), 365 days, or all time. Not together with from and to.",
    )
    compare_from = DayField(
        required=False, help_text="First local day of the span to compare with; together with compare_to."
    )
    compare_to = DayField(
        required=False, help_text="Last local day of the span to compare with; together with compare_from."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "period" in attrs and ("from" in attrs or "to" in attrs):
            raise _build_error("period", "Send period, or from and to, not both.", "conflict")
        if ("compare_from" in attrs) != ("compare_to" in attrs):
            missing = "compare_to" if "compare_from" in attrs else "compare_from"
            raise _build_error(missing, "Send compare_from and compare_to together.", "required")
        if "compare_from" in attrs and attrs["compare_to"] < attrs["compare_from"]:
            raise _build_error("compare_to", "compare_to must not be before compare_from.", "range")
        return super().validate(attrs)


PerformanceQuery: type[StrictSerializer] = type(
    "PerformanceQuery",
    (PerformanceRules,),
    {
        "__doc__": "The span of days, and one to compare it with.",
        "from": DayField(required=False, help_text=f"{FIRST_HELP} Default: 90 days up to the last day."),
        "to": DayField(required=False, help_text=LAST_HELP),
    },
)


def _build_error(field: str, message: str, code: str) -> serializers.ValidationError:
    return serializers.ValidationError({field: [serializers.ErrorDetail(message, code)]})


def choose_span(params: dict[str, Any], today: date, default_d: int = DURABILITY_D) -> DaySpan:
    """The span of `from` and `to`; without `from`, the last `default_d` days."""
    last = params.get("to") or today
    return DaySpan(params.get("from") or _count_back(last, default_d), last)


def choose_period(params: dict[str, Any], today: date) -> DaySpan:
    """The span of a PerformanceQuery."""
    if "from" in params or "to" in params:
        return choose_span(params, today, PERIODS_D[DEFAULT_PERIOD] or 0)
    days = PERIODS_D[params.get("period", DEFAULT_PERIOD)]
    return DaySpan(_count_back(today, days) if days else None, today)


def choose_compared_span(params: dict[str, Any]) -> DaySpan | None:
    return DaySpan(params["compare_from"], params["compare_to"]) if "compare_from" in params else None


def _count_back(last: date, days: int) -> date:
    return date.fromordinal(max(last.toordinal() - days + 1, 1))
