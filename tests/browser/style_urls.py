"""The URLs of a local run: those of all pages and the style page."""

from django.urls import include, path

from astral.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*urlpatterns, path("", include("astral.local.style_urls"))]
