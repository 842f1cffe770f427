"""Performance in the API: serializers for the schema, and functions that build the same dicts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from astral.http.fields import IdField
from athletes.models import Athlete, User
from athletes.rights import Visibility
from coaching.assessments.forecast_serializers import ForecastFieldsSerializer, serialize_forecast
from coaching.models import Race
from coaching.performance.forecasts import RaceForecasts
from coaching.performance.performance import (
    MAX_WEEKS,
    PERFORMANCE_FORMULA,
    IntensityDistribution,
    Performance,
    SpanCurve,
)
from metrics.activities.serializers import ZonesSerializer, round_value
from metrics.performance.serializers import (
    BestSpeedSerializer,
    CriticalSpeedSerializer,
    DaySpanSerializer,
    serialize_best_speeds,
    serialize_critical_speed,
    serialize_span,
)

SHARE_DIGITS = 4


class SpanCurveSerializer(CriticalSpeedSerializer):
    span = DaySpanSerializer(help_text="The days of the runs.")
    curve = BestSpeedSerializer(many=True, help_text="Best mean speed over 1 s to 5 h, shortest first.")
    graded_curve = BestSpeedSerializer(
        many=True, help_text="The same of the graded speed, of runs whose altitudes are trusted."
    )


class IntensitySharesSerializer(serializers.Serializer[Any]):
    easy = serializers.FloatField(help_text="Share (0–1) of the time in zone 1.")
    moderate = serializers.FloatField(help_text="In zones 2 and 3.")
    hard = serializers.FloatField(help_text="In zones 4 and 5.")


class ZoneWeekSerializer(serializers.Serializer[Any]):
    week_start = serializers.DateField(help_text="Monday.")
    pace_zones = ZonesSerializer(help_text="Seconds in each zone.")


class IntensityDistributionSerializer(serializers.Serializer[Any]):
    weeks = ZoneWeekSerializer(
        many=True, help_text=f"ISO weeks of the span, oldest first; at most the last {MAX_WEEKS}."
    )
    pace_zones = ZonesSerializer(help_text="The sums of these weeks.")
    shares = IntensitySharesSerializer(allow_null=True, help_text="Null without time in zones.")
    zones_coverage = serializers.FloatField(
        allow_null=True, help_text="Share (0–1) of the running time that has zones; null without runs."
    )


class DistanceForecastSerializer(ForecastFieldsSerializer):
    distance = serializers.FloatField(help_text="Metres.")


class NextRaceSerializer(DistanceForecastSerializer):
    race_id = IdField(Race.prefix, help_text="The race, race_….")
    race_name = serializers.CharField(help_text="Its name.")
    race_date = serializers.DateField(help_text="Its local day.")


class PerformanceSerializer(serializers.Serializer[Any]):
    user_id = IdField(User.prefix, help_text="The athlete, usr_….")
    formula = serializers.IntegerField(
        help_text="Version of the formulas. Another one may give other values."
    )
    current = SpanCurveSerializer(help_text="The span that was asked for.")
    compared = SpanCurveSerializer(allow_null=True, help_text="The other span; null without one.")
    forecasts = DistanceForecastSerializer(
        many=True, help_text="5 km, 10 km, half marathon and marathon, as of today."
    )
    next_race = NextRaceSerializer(
        allow_null=True, help_text="The next race with its forecast; null without one, or if it is withheld."
    )
    distribution = IntensityDistributionSerializer(help_text="Running time in pace zones.")
    withheld = serializers.ListField(
        child=serializers.CharField(), help_text="The categories that the athlete does not share with you."
    )


def serialize_performance(athlete: Athlete, found: Performance, visibility: Visibility) -> dict[str, Any]:
    return {
        "user_id": athlete.public_id,
        "formula": PERFORMANCE_FORMULA,
        "current": _serialize_curve(found.curve),
        "compared": _serialize_curve(found.compared) if found.compared else None,
        "forecasts": [
            {"distance": one.distance_m} | serialize_forecast(one.forecast) for one in found.forecasts.usual
        ],
        "next_race": _serialize_next_race(found.forecasts),
        "distribution": _serialize_distribution(found.distribution),
        "withheld": visibility.withheld,
    }


def _serialize_curve(curve: SpanCurve) -> dict[str, Any]:
    return {
        "span": serialize_span(curve.span),
        "curve": serialize_best_speeds(curve.level),
        "graded_curve": serialize_best_speeds(curve.graded),
    } | serialize_critical_speed(curve.critical_speed, curve.efforts)


def _serialize_next_race(forecasts: RaceForecasts) -> dict[str, Any] | None:
    race, forecast = forecasts.next_race, forecasts.next_forecast
    if race is None or forecast is None:
        return None
    return {
        "race_id": race.public_id,
        "race_name": race.name,
        "race_date": race.date,
        "distance": race.distance_m,
    } | serialize_forecast(forecast)


def _serialize_distribution(distribution: IntensityDistribution) -> dict[str, Any]:
    shares = distribution.shares
    return {
        "weeks": [
            {"week_start": monday, "pace_zones": _serialize_zones(zone_s)}
            for monday, zone_s in zip(distribution.mondays, distribution.zone_s, strict=True)
        ],
        "pace_zones": _serialize_zones(distribution.total_zone_s),
        "shares": shares
        and {
            name: round_value(share, SHARE_DIGITS)
            for name, share in zip(("easy", "moderate", "hard"), shares, strict=True)
        },
        "zones_coverage": round_value(distribution.coverage, SHARE_DIGITS),
    }


def _serialize_zones(zone_s: Any) -> dict[str, float]:
    return {f"z{number}": round(seconds, 1) for number, seconds in enumerate(zone_s, 1)}
