"""Addresses of the pages for activities, upload, thresholds and news. Each name ends with `-page`."""

from django.urls import path

from metrics.activities.pages.activity import ActivityDeletePage, ActivityPage
from metrics.activities.pages.activity_list import ActivitiesPage
from metrics.activities.pages.bin import BinDeletePage, BinEmptyPage, BinPage, BinRestorePage
from metrics.activities.pages.enter import EnterActivityPage
from metrics.activities.pages.felt import ActivityFeltPage
from metrics.activities.recordings.pages import ChooseRecordingPage, SplitRecordingPage, UndoSplitPage
from metrics.health.pages import HealthDayDeletePage, HealthDayPage, HealthDaysPage
from metrics.imports.pages.imports import (
    ImportCancelPage,
    ImportPage,
    ImportReportPage,
    ImportRetryPage,
    ImportsPage,
    ImportSportPage,
    ImportStartPage,
    ImportUndoPage,
)
from metrics.imports.pages.upload import UploadPage
from metrics.records.pages import RecordsPage
from metrics.remeasurement.pages import NewsPage
from metrics.thresholds_page import AthleteThresholdsPage, ThresholdsPage

urlpatterns = [
    path("activities", ActivitiesPage.as_view(), name="activities-page"),
    path("activities/<str:activity_id>", ActivityPage.as_view(), name="activity-page"),
    path("activities/<str:activity_id>/felt", ActivityFeltPage.as_view(), name="activity-felt-page"),
    path("activities/<str:activity_id>/delete", ActivityDeletePage.as_view(), name="activity-delete-page"),
    path(
        "activities/<str:activity_id>/recordings/<str:recording_id>/choose",
        ChooseRecordingPage.as_view(),
        name="activity-recording-choose-page",
    ),
    path(
        "activities/<str:activity_id>/recordings/<str:recording_id>/split",
        SplitRecordingPage.as_view(),
        name="activity-recording-split-page",
    ),
    path("activities/<str:activity_id>/undo_split", UndoSplitPage.as_view(), name="activity-undo-split-page"),
    path("athletes/<str:user_id>/activities/enter", EnterActivityPage.as_view(), name="enter-activity-page"),
    path("athletes/<str:user_id>/health-days", HealthDaysPage.as_view(), name="health-days-page"),
    path("athletes/<str:user_id>/health-days/<str:date>", HealthDayPage.as_view(), name="health-day-page"),
    path(
        "athletes/<str:user_id>/health-days/<str:date>/delete",
        HealthDayDeletePage.as_view(),
        name="health-day-delete-page",
    ),
    path("home/measured-again", NewsPage.as_view(), name="measured-again-page"),
    path("athletes/<str:user_id>/bin", BinPage.as_view(), name="bin-page"),
    path("athletes/<str:user_id>/bin/empty", BinEmptyPage.as_view(), name="bin-empty-page"),
    path(
        "athletes/<str:user_id>/bin/<str:activity_id>/restore",
        BinRestorePage.as_view(),
        name="bin-restore-page",
    ),
    path(
        "athletes/<str:user_id>/bin/<str:activity_id>/delete", BinDeletePage.as_view(), name="bin-delete-page"
    ),
    path("upload", UploadPage.as_view(), name="upload-page"),
    path("imports", ImportsPage.as_view(), name="imports-page"),
    path("imports/<str:import_id>", ImportPage.as_view(), name="import-page"),
    path("imports/<str:import_id>/report.csv", ImportReportPage.as_view(), name="import-report-page"),
    path("imports/<str:import_id>/cancel", ImportCancelPage.as_view(), name="import-cancel-page"),
    path("imports/<str:import_id>/start", ImportStartPage.as_view(), name="import-start-page"),
    path("imports/<str:import_id>/retry", ImportRetryPage.as_view(), name="import-retry-page"),
    path("imports/<str:import_id>/sport", ImportSportPage.as_view(), name="import-sport-page"),
    path("imports/<str:import_id>/undo", ImportUndoPage.as_view(), name="import-undo-page"),
    path("athletes/<str:user_id>/records", RecordsPage.as_view(), name="records-page"),
    path("settings/thresholds", ThresholdsPage.as_view(), name="thresholds-page"),
    path(
        "athletes/<str:user_id>/thresholds", AthleteThresholdsPage.as_view(), name="athlete-thresholds-page"
    ),
]
