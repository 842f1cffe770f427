"""Settings of `make dev`: with full error pages and the debug toolbar."""

from astral.settings import *  # noqa: F403
from astral.settings import INSTALLED_APPS, MIDDLEWARE

DEBUG = True
INSTALLED_APPS = [*INSTALLED_APPS, "debug_toolbar"]
MIDDLEWARE = ["debug_toolbar.middleware.DebugToolbarMiddleware", *MIDDLEWARE]
INTERNAL_IPS = ["127.0.0.1", "::1"]
ROOT_URLCONF = "astral.local.dev_urls"
