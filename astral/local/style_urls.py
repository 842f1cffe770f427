"""The address of the style page, which only a local run has."""

from django.urls import path

from astral.local.style_page import StylePage

urlpatterns = [path("style", StylePage.as_view(), name="style-page")]
