"""manage.py find_doubles: find activities that are stored twice, and merge them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from astral.http.errors import ApiError
from athletes.models import Athlete, User
from metrics.activities.recordings.doubles import DoubleActivity, find_doubles, merge_doubles
from metrics.formatting import format_distance, format_duration
from metrics.models import Activity

COLUMNS = "{:<30}  {:<30}  {:<30}  {:<16}  {:>19}  {:>19}"
HEADINGS = ("athlete", "kept", "becomes a recording of it", "started (UTC)", "kept", "other")


class Command(BaseCommand):
    help = (
        "Find activities that are recordings of one activity: same athlete and sport, overlapping in time. "
        "Prints them and changes nothing. With --merge, the activity that was stored first stays and gets "
        "the other as a recording. Each athlete is one transaction, so you can stop it and run it again. To "
        "undo it, split the recording off again, on the activity's page or in the API. Exit status 1 if a "
        "recording is damaged."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--athlete", metavar="EMAIL")
        parser.add_argument("--merge", action="store_true", help="merge them")

    def handle(self, *args: Any, **options: Any) -> None:
        athletes = Athlete.objects.order_by("pk")
        if options["athlete"]:
            athletes = athletes.filter(user__email=options["athlete"].lower())
            if not athletes:
                raise CommandError(f"No account has the e-mail address {options['athlete']}.")
        find = merge_doubles if options["merge"] else find_doubles
        total = failed = 0
        self.stdout.write(COLUMNS.format(*HEADINGS))
        with tqdm(athletes.values_list("pk", flat=True), unit="athlete", disable=None) as bar:
            for athlete_id in bar:
                try:
                    doubles = find(athlete_id)
                except ApiError as error:  # a damaged recording: nothing of this athlete is merged
                    failed += 1
                    bar.write(f"{User(id=athlete_id).public_id}: {error.detail}", file=self.stderr)
                    continue
                total += len(doubles)
                with tqdm.external_write_mode(file=self.stdout):
                    for double in doubles:
                        self.stdout.write(format_double(double))
        self.stdout.write(f"{total:,} {'merged' if options['merge'] else 'found. Nothing is changed'}.")
        if failed:
            raise SystemExit(1)


def format_double(double: DoubleActivity) -> str:
    """One line of the table."""
    kept, other = double.kept, double.other
    return COLUMNS.format(
        User(id=kept.athlete_id).public_id,
        kept.public_id,
        other.public_id,
        f"{kept.started_at:%Y-%m-%d %H:%M}",
        format_size(kept),
        format_size(other),
    )


def format_size(activity: Activity) -> str:
    """Distance and duration."""
    return f"{format_distance(activity.distance_m, 'metric')} {format_duration(activity.duration_s)}"
