"""API addresses of activities, health days and statistics."""

from django.urls import path

from metrics.activities.api import ActivityViewSet
from metrics.activities.bin_api import BinViewSet
from metrics.activities.intervals.api import IntervalsView
from metrics.activities.recordings.api import ChooseRecordingView, RecordingsView, SplitRecordingView
from metrics.health.api import HealthDayViewSet
from metrics.health.stats_api import HealthMetricsView
from metrics.imports.api import ImportListViewSet, ImportViewSet
from metrics.imports.upload_api import ActivityUploadView
from metrics.performance.api import DurabilityView
from metrics.records.api import RecordsView
from metrics.remeasurement.api import RemeasureView
from metrics.statistics.api import ActivityStatsView, FitnessStatsView, RunningStatsView

urlpatterns = [
    path("v1/activities", ActivityViewSet.as_view({"get": "list", "post": "create"}), name="activities"),
    path("v1/activities/upload", ActivityUploadView.as_view(), name="activities-upload"),
    path(
        "v1/activities/<str:activity_id>",
        ActivityViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="activity",
    ),
    path(
        "v1/activities/<str:activity_id>/streams",
        ActivityViewSet.as_view({"get": "streams"}),
        name="activity-streams",
    ),
    path("v1/activities/<str:activity_id>/intervals", IntervalsView.as_view(), name="activity-intervals"),
    path("v1/activities/<str:activity_id>/recordings", RecordingsView.as_view(), name="activity-recordings"),
    path(
        "v1/activities/<str:activity_id>/recordings/<str:recording_id>/choose",
        ChooseRecordingView.as_view(),
        name="activity-recording-choose",
    ),
    path(
        "v1/activities/<str:activity_id>/recordings/<str:recording_id>/split",
        SplitRecordingView.as_view(),
        name="activity-recording-split",
    ),
    path("v1/analytics/fitness_stats", FitnessStatsView.as_view(), name="fitness-stats"),
    path("v1/analytics/running_stats", RunningStatsView.as_view(), name="running-stats"),
    path("v1/health/days", HealthDayViewSet.as_view({"get": "list", "put": "update"}), name="health-days"),
    path("v1/imports", ImportListViewSet.as_view({"get": "list", "post": "create"}), name="imports"),
    path(
        "v1/imports/<str:import_id>",
        ImportViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="import",
    ),
    path("v1/imports/<str:import_id>/files", ImportViewSet.as_view({"get": "list"}), name="import-files"),
    path(
        "v1/imports/<str:import_id>/files.csv",
        ImportViewSet.as_view({"get": "report"}, enveloped=False),
        name="import-files-csv",
    ),
    path("v1/imports/<str:import_id>/start", ImportViewSet.as_view({"post": "start"}), name="import-start"),
    path("v1/imports/<str:import_id>/retry", ImportViewSet.as_view({"post": "retry"}), name="import-retry"),
    path("v1/imports/<str:import_id>/undo", ImportViewSet.as_view({"post": "undo"}), name="import-undo"),
    path("v2/analytics/activity_stats", ActivityStatsView.as_view(), name="activity-stats"),
    path("v2/analytics/health_metrics", HealthMetricsView.as_view(), name="health-metrics"),
    path(
        "v1/athletes/<str:user_id>/bin",
        BinViewSet.as_view({"get": "list", "delete": "empty"}),
        name="athlete-bin",
    ),
    path(
        "v1/athletes/<str:user_id>/bin/<str:activity_id>",
        BinViewSet.as_view({"delete": "destroy"}),
        name="athlete-bin-activity",
    ),
    path(
        "v1/athletes/<str:user_id>/bin/<str:activity_id>/restore",
        BinViewSet.as_view({"post": "restore"}),
        name="athlete-bin-restore",
    ),
    path("v1/athletes/<str:user_id>/durability", DurabilityView.as_view(), name="athlete-durability"),
    path("v1/athletes/<str:user_id>/records", RecordsView.as_view(), name="athlete-records"),
    path("v1/athletes/<str:user_id>/remeasure", RemeasureView.as_view(), name="athlete-remeasure"),
]
