"""Apps of libraries, with names that staff understand in the admin."""

from __future__ import annotations

from axes.apps import AppConfig as AxesConfig
from procrastinate.contrib.django.apps import ProcrastinateConfig


class SignInAttemptsConfig(AxesConfig):  # type: ignore[misc]
    verbose_name = "Sign-in attempts"


class BackgroundJobsConfig(ProcrastinateConfig):
    verbose_name = "Background jobs"
