"""Where coaches look: the roster, an athlete, a group. Each page's name ends with `-page`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
