"""Astral's settings, with the addresses of `bench.urls`."""

from astral.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
