"""manage.py demo: something to look at."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from coaching import demo


class Command(BaseCommand):
    help = "Load the demo: people with well-known passwords and their training. Production refuses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are people already")

    def handle(self, *args: Any, **options: Any) -> None:
        demo.refuse_in_production(settings.PRODUCTION)
        if options["if_empty"] and not demo.is_empty():
            return
        count = demo.load(timezone.now())
        self.stdout.write(f"Demo loaded: {count} runs. Sign in as {demo.COACH}, password {demo.PASSWORD}.")
