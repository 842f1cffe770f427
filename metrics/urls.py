"""What was measured: activities and health days, and the statistics over them."""

from django.urls import path

from metrics.activities.api import Activities, ActivityUpload
from metrics.activities.remeasure_api import Remeasure
from metrics.health.api import HealthDays
from metrics.health.stats_api import HealthMetrics
from metrics.statistics.api import ActivityStats, FitnessStats, RunningStats

urlpatterns = [
    path("v1/activities", Activities.as_view({"get": "list", "post": "create"}), name="activities"),
    path("v1/activities/upload", ActivityUpload.as_view(), name="activities-upload"),
    path(
        "v1/activities/<str:activity_id>",
        Activities.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="activity",
    ),
    path(
        "v1/activities/<str:activity_id>/streams",
        Activities.as_view({"get": "streams"}),
        name="activity-streams",
    ),
    path("v1/analytics/fitness_stats", FitnessStats.as_view(), name="fitness-stats"),
    path("v1/analytics/running_stats", RunningStats.as_view(), name="running-stats"),
    path("v1/health/days", HealthDays.as_view({"get": "list", "put": "update"}), name="health-days"),
    path("v2/analytics/activity_stats", ActivityStats.as_view(), name="activity-stats"),
    path("v2/analytics/health_metrics", HealthMetrics.as_view(), name="health-metrics"),
    path("v1/athletes/<str:user_id>/remeasure", Remeasure.as_view(), name="athlete-remeasure"),
]
