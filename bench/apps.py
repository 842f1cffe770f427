from django.apps import AppConfig


class BenchConfig(AppConfig):
    """Gives `manage.py demo` its crowd, where the benchmarks are at hand."""

    name = "bench"
