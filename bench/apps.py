from django.apps import AppConfig


class BenchConfig(AppConfig):
    """Adds the option of a crowd to `manage.py demo`. The production image has no benchmarks."""

    name = "bench"
