"""What to do about it: races, absences, plans, signals, the profile and the roster."""

from typing import Any

from django.urls import path

from coaching.absences.api import Absences
from coaching.assessments.api import SignalAcknowledgement
from coaching.plan_instances.api import GroupPlans, Instances
from coaching.plans.api import Plans
from coaching.profile.api import AthleteProfile
from coaching.races.api import Races
from coaching.roster.api import CoachAthletesMetrics

ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
MANY: dict[str, Any] = {"get": "list", "post": "create"}

urlpatterns = [
    path("analytics/athlete_profile", AthleteProfile.as_view(), name="athlete-profile"),
    path(
        "analytics/coach_athletes_metrics",
        CoachAthletesMetrics.as_view({"get": "list"}),
        name="coach-athletes-metrics",
    ),
    path("races", Races.as_view(MANY), name="races"),
    path("races/<str:race_id>", Races.as_view(ONE), name="race"),
    path("athletes/<str:user_id>/absences", Absences.as_view(MANY), name="absences"),
    path("athletes/<str:user_id>/absences/<str:absence_id>", Absences.as_view(ONE), name="absence"),
    path("training_plans", Plans.as_view(MANY), name="training-plans"),
    path("training_plans/<str:plan_id>", Plans.as_view(ONE), name="training-plan"),
    path("plan_instances", Instances.as_view(MANY), name="plan-instances"),
    path("plan_instances/<str:plan_instance_id>", Instances.as_view(ONE), name="plan-instance"),
    path(
        "plan_instances/<str:plan_instance_id>/sessions/<str:session_id>/activity",
        Instances.as_view({"put": "link", "delete": "unlink"}),
        name="plan-instance-activity",
    ),
    path(
        "organizations/<str:org_id>/groups/<str:group_id>/plans",
        GroupPlans.as_view({"get": "list"}),
        name="group-plans",
    ),
    path(
        "athletes/<str:user_id>/signals/<str:code>/acknowledge",
        SignalAcknowledgement.as_view(),
        name="signal-acknowledge",
    ),
]
