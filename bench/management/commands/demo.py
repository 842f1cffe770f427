"""manage.py demo with the benchmarks: the club, and with --athletes a crowd for measurements."""

from __future__ import annotations

from argparse import ArgumentParser
from functools import partial
from time import perf_counter
from typing import Any

from django.utils import timezone

from bench.crowd import load as crowd
from coaching import demo
from coaching.management.commands.demo import Command as DemoCommand
from coaching.management.commands.demo import show_progress


class Command(DemoCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--athletes", type=int, default=0, help="add this many simple runners for measurements"
        )
        parser.add_argument(
            "--years", type=float, default=3.0, help="years of training of the simple runners (3)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and not demo.is_database_empty():
            return
        super().handle(*args, **options)
        if options["athletes"] > 0:
            self._load_crowd(options["athletes"], options["years"])

    def _load_crowd(self, athletes: int, years: float) -> None:
        now, began = timezone.now(), perf_counter()
        if crowd.crowd_exists():
            self.stdout.write("The crowd exists already. Nothing was added.")
        else:
            counts = crowd.load_crowd(
                now, athletes, years, show_progress=partial(show_progress, desc="Crowd", unit=" hundreds")
            )
            seconds = perf_counter() - began
            self.stdout.write(
                f"Crowd loaded: {counts.athletes} athletes, {counts.activities} activities and "
                f"{counts.health_days} health days in {seconds:.0f} s "
                f"({counts.activities / seconds:,.0f} activities a second)."
            )
        began = perf_counter()
        self.stdout.write(
            f"Assessments of {crowd.complete_crowd(now)} athletes made in {perf_counter() - began:.0f} s."
        )
