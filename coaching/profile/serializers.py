"""Serializers of athlete_profile."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from astral.http.fields import IdField, QueryBooleanField, StrictSerializer
from athletes.models import User
from coaching.insights import Insight
from coaching.insights.insight import INSIGHT_KINDS
from coaching.profile.metrics_serializers import MetricsSerializer, serialize_history, serialize_metrics
from coaching.profile.profile import AthleteProfile
from coaching.profile.summary_serializers import (
    ActivitySummarySerializer,
    AthleteIdentitySerializer,
    EvidenceField,
    PlanAheadSerializer,
    RaceAheadSerializer,
    SignalSerializer,
    VisibleMembershipSerializer,
    WithheldField,
    serialize_activity_summary,
    serialize_identity,
    serialize_plan_ahead,
    serialize_race_ahead,
    serialize_signal,
    serialize_visible_membership,
)
from metrics.science.data_quality import PARTS, DataQuality

METRIC_METHODS = {
    "training_load": "astral-load/1",
    "fitness": "ewma-42/1",
    "recovery_score": "astral-recovery/1",
}


class ProfileQuery(StrictSerializer):
    user_id = IdField(User.prefix, help_text="The athlete, usr_….")
    refresh = QueryBooleanField(
        default=False, help_text="1: ignore the cached response and compute a new one."
    )


class GoalsSerializer(serializers.Serializer[Any]):
    races = RaceAheadSerializer(many=True, help_text="The races ahead, nearest first.")


class InsightSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(INSIGHT_KINDS, help_text="Which insight.")
    title = serializers.CharField(help_text="What it is about.")
    text = serializers.CharField(
        help_text="Two or three sentences, in your units, for an API key in kilometres."
    )
    evidence = EvidenceField(help_text="Every number of the text, each name with its unit.")
    written_by = serializers.CharField(help_text="rules, or the name of the model that worded it.")


class DataQualitySerializer(serializers.Serializer[Any]):
    score = serializers.FloatField(help_text="0–100: how much is set, how fresh and from where.")
    parts = serializers.DictField(
        child=serializers.FloatField(),
        help_text="Points of pace_zones (20), hr_zones (15), vdot (20), integrations (25), timezone (10),"
        " units (10).",
    )
    missing = serializers.ListField(
        child=serializers.ChoiceField(PARTS), help_text="The parts with no points."
    )


class DataSourceSerializer(serializers.Serializer[Any]):
    source = serializers.CharField(  # type: ignore[assignment]  # a field of this name, not the option
        help_text="The source: file, manual, garmin, …."
    )
    last_data_at = serializers.DateTimeField(help_text="The time of its last data.")


class MethodsSerializer(serializers.Serializer[Any]):
    training_load = serializers.CharField(help_text="How training load is measured, and its version.")
    fitness = serializers.CharField(help_text="How fitness, fatigue and form are averaged.")
    recovery_score = serializers.CharField(help_text="How recovery is scored.")


class ProfileSerializer(AthleteIdentitySerializer):
    memberships = VisibleMembershipSerializer(
        many=True, help_text="All of your own; of others only those in organizations where you coach."
    )
    metrics = MetricsSerializer(help_text="Today's numbers.")
    current_goals = GoalsSerializer(help_text="Races ahead.")
    current_plans = PlanAheadSerializer(
        many=True, help_text="Active and scheduled plans with this week's progress."
    )
    recent_activities = ActivitySummarySerializer(many=True, help_text="The last 10, newest first.")
    insights = InsightSerializer(many=True, help_text="At most four insights.")
    attention_signals = SignalSerializer(many=True, help_text="Signals, most urgent first.")
    attention_priority = serializers.FloatField(
        help_text="0–100, from the signals; acknowledged signals count less."
    )
    data_quality = DataQualitySerializer(help_text="How complete and fresh the data is.")
    sources = DataSourceSerializer(many=True, help_text="Data sources, last data first.")
    methods = MethodsSerializer(help_text="Formulas and their versions.")
    withheld = WithheldField()
    as_of = serializers.DateTimeField(help_text="When this was computed.")


def serialize_profile(profile: AthleteProfile, units: str) -> dict[str, Any]:
    summary = profile.summary
    return {
        **serialize_identity(summary.person),
        "memberships": [serialize_visible_membership(membership) for membership in profile.memberships],
        "metrics": serialize_metrics(summary.figures, serialize_history(profile.trends)),
        "current_goals": {"races": [serialize_race_ahead(race, summary.today) for race in summary.races]},
        "current_plans": [serialize_plan_ahead(plan) for plan in summary.plans],
        "recent_activities": [serialize_activity_summary(activity) for activity in profile.recent_activities],
        "insights": [serialize_insight(insight) for insight in profile.insights],
        "attention_signals": [serialize_signal(signal, units) for signal in summary.visible_signals.signals],
        "attention_priority": summary.visible_signals.priority,
        "data_quality": serialize_data_quality(summary.data_quality),
        "sources": [
            {"source": source.name, "last_data_at": source.last_data_at} for source in profile.sources
        ],
        "methods": METRIC_METHODS,
        "withheld": summary.visibility.withheld,
        "as_of": profile.as_of.replace(microsecond=0),
    }


def serialize_insight(insight: Insight) -> dict[str, Any]:
    return {
        "kind": insight.kind,
        "title": insight.title,
        "text": insight.text,
        "evidence": insight.evidence,
        "written_by": insight.written_by,
    }


def serialize_data_quality(quality: DataQuality) -> dict[str, Any]:
    return {"score": round(quality.score, 1), "parts": quality.parts, "missing": quality.missing}
