"""Where recordings come in and are looked at. Each page's name ends with `-page`."""

from django.urls import path

from metrics.pages.upload import UploadPage

urlpatterns = [
    path("upload", UploadPage.as_view(), name="upload-page"),
]
