"""The URLs of the whole project."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from astral.http.documentation import DocumentationView, SchemaView
from astral.monitoring.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", include("athletes.urls")),
    path("api/", include("metrics.urls")),
    path("api/v1/", include("coaching.urls")),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/docs", DocumentationView.as_view(url_name="schema"), name="docs"),
    path("", include("athletes.page_urls")),
    path("", include("metrics.page_urls")),
    path("", include("coaching.page_urls")),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
]

if find_spec("mcp") is not None:  # an optional extra: requirements-mcp.txt
    urlpatterns.append(path("", include("coaching.assistants.urls")))
if settings.ASTRAL_ENV == "local" and (settings.BASE_DIR / "astral" / "local").is_dir():  # not in the image
    urlpatterns.append(path("", include(f"{__package__}.local.style_urls")))

handler400 = "astral.http.errors.bad_request"
handler403 = "astral.http.errors.forbidden"
handler404 = "astral.http.errors.not_found"
handler500 = "astral.http.errors.server_error"
