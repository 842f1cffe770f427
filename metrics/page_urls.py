"""Addresses of the pages for activities, upload and thresholds. Each name ends with `-page`."""

from django.urls import path

from metrics.activities.pages.activity import ActivityDeletePage, ActivityPage
from metrics.activities.pages.activity_list import ActivitiesPage
from metrics.activities.pages.upload import UploadPage
from metrics.records.pages import RecordsPage
from metrics.thresholds_page import AthleteThresholdsPage, ThresholdsPage

urlpatterns = [
    path("activities", ActivitiesPage.as_view(), name="activities-page"),
    path("activities/<str:activity_id>", ActivityPage.as_view(), name="activity-page"),
    path("activities/<str:activity_id>/delete", ActivityDeletePage.as_view(), name="activity-delete-page"),
    path("upload", UploadPage.as_view(), name="upload-page"),
    path("athletes/<str:user_id>/records", RecordsPage.as_view(), name="records-page"),
    path("settings/thresholds", ThresholdsPage.as_view(), name="thresholds-page"),
    path(
        "athletes/<str:user_id>/thresholds", AthleteThresholdsPage.as_view(), name="athlete-thresholds-page"
    ),
]
