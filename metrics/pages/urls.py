"""Where recordings come in and are looked at. Each page's name ends with `-page`."""

from django.urls import path

from metrics.pages.activities import ActivitiesPage
from metrics.pages.activity import ActivityDeletePage, ActivityPage
from metrics.pages.upload import UploadPage

urlpatterns = [
    path("activities", ActivitiesPage.as_view(), name="activities-page"),
    path("activities/<str:activity_id>", ActivityPage.as_view(), name="activity-page"),
    path("activities/<str:activity_id>/delete", ActivityDeletePage.as_view(), name="activity-delete-page"),
    path("upload", UploadPage.as_view(), name="upload-page"),
]
