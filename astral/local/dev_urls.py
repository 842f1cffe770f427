"""URLs of `make dev`: with those of the debug toolbar."""

from debug_toolbar.toolbar import debug_toolbar_urls

from astral.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*debug_toolbar_urls(), *urlpatterns]
