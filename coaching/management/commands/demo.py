"""manage.py demo: load the demo club."""

from __future__ import annotations

from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from coaching import demo

# The bar is drawn only on terminals and removed at the end.
show_progress = partial(tqdm, desc="Demo", unit=" athletes", disable=None, leave=False)


class Command(BaseCommand):
    help = "Load the demo: people with well-known passwords and their training. Production refuses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there are people already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        demo.refuse_in_production(settings.PRODUCTION)
        if options["if_empty"] and not demo.is_database_empty():
            return
        if demo.demo_exists():
            self.stdout.write("The demo's people are already there; nothing was changed.")
        else:
            self._load_club()

    def _load_club(self) -> None:
        count = demo.load_demo(timezone.now(), show_progress=show_progress)
        self.stdout.write(
            f"Demo loaded: {len(demo.PEOPLE)} athletes, {count} activities."
            f" Sign in as {demo.COACH_EMAIL}, password {demo.PASSWORD}."
        )
