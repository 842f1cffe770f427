"""Astral's settings with the URLs of `bench.http_load.urls`."""

from astral.settings import *  # noqa: F403

ROOT_URLCONF = "bench.http_load.urls"
