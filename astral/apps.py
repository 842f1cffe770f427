from django.apps import AppConfig


class AstralConfig(AppConfig):
    name = "astral"
    verbose_name = "Astral"
