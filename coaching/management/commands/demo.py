"""manage.py demo: a club to look at, or a crowd to measure with."""

from __future__ import annotations

from argparse import ArgumentParser
from functools import partial
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from coaching import demo
from coaching.demo import crowd

# Drawn on terminals only, and gone when it is done.
shown = partial(tqdm, desc="Demo", unit=" athletes", disable=None, leave=False)


class Command(BaseCommand):
    help = "Load the demo: people with well-known passwords and their training. Production refuses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are people already")
        parser.add_argument("--athletes", type=int, default=0, help="so many plain runners besides, to measure with")
        parser.add_argument("--years", type=float, default=3.0, help="how far back the plain runners go (3)")

    def handle(self, *args: Any, **options: Any) -> None:
        demo.refuse_in_production(settings.PRODUCTION)
        if options["if_empty"] and not demo.is_empty():
            return
        if demo.is_there():
            self.stdout.write("The demo's people are already there; nothing was changed.")
        else:
            self._load_club()
        if options["athletes"] > 0:
            self._load_crowd(options["athletes"], options["years"])

    def _load_club(self) -> None:
        count = demo.load(timezone.now(), shown=shown)
        self.stdout.write(
            f"Demo loaded: {len(demo.PEOPLE)} athletes, {count} activities."
            f" Sign in as {demo.COACH}, password {demo.PASSWORD}."
        )

    def _load_crowd(self, athletes: int, years: float) -> None:
        now, began = timezone.now(), perf_counter()
        if crowd.is_there():
            self.stdout.write("There is a crowd already; nothing was added.")
        else:
            counts = crowd.load(now, athletes, years, shown=partial(shown, desc="Crowd", unit=" hundreds"))
            seconds = perf_counter() - began
            self.stdout.write(
                f"Crowd loaded: {counts.athletes} athletes, {counts.activities} activities and {counts.health_days}"
                f" health days in {seconds:.0f} s ({counts.activities / seconds:,.0f} activities a second)."
            )
        began = perf_counter()
        self.stdout.write(f"Judged how {crowd.settle(now)} athletes stand in {perf_counter() - began:.0f} s.")
