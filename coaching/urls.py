"""What to do about it: races, plans, signals, the roster."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
