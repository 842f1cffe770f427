"""manage.py remeasure: measure stored activities again, after a formula or thresholds have changed."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, OuterRef
from tqdm import tqdm

from astral import ids
from athletes.models import Athlete, Organization
from athletes.roles import Status
from metrics.models import Activity
from metrics.remeasurement.remeasure import RemeasureCounts, RemeasureScope, delete_position, remeasure_scope
from metrics.remeasurement.upgrade import filter_outdated


class Command(BaseCommand):
    help = (
        "Measure stored activities again with the thresholds valid on their days: of all athletes, of one "
        "organization or of one athlete. After an interruption, the next run continues where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--organization", metavar="ORG", help="id (org_…) or name")
        choice.add_argument("--athlete", metavar="EMAIL")
        parser.add_argument(
            "--since", type=parse_day_argument, metavar="YYYY-MM-DD", help="only activities from this day on"
        )
        parser.add_argument("--from-start", action="store_true", help="do not continue an interrupted run")
        parser.add_argument(
            "--status", action="store_true", help="only say how far the job after an upgrade has come"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["status"]:
            self.stdout.write(format_upgrade_status())
            return
        scope = build_remeasure_scope(options["organization"], options["athlete"], options["since"])
        if options["from_start"]:
            delete_position(scope)
        rest = scope.remaining_scope()
        if rest is not scope:
            self.stderr.write("Continuing an interrupted run. Use --from-start to start again.")
        total = RemeasureCounts()
        with tqdm(total=rest.activities.count(), unit="activity", disable=None) as bar:
            for batch in remeasure_scope(rest):
                total += batch
                bar.update(batch.measured + batch.damaged)
        self.stdout.write(format_remeasure_summary(total))


def parse_day_argument(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("use a calendar day as YYYY-MM-DD") from None


def build_remeasure_scope(organization: str | None, email: str | None, since: date | None) -> RemeasureScope:
    if email:
        athletes = Athlete.objects.filter(user__email=email.lower())
        if not athletes:
            raise CommandError(f"No account has the e-mail address {email}.")
        return RemeasureScope(f"athlete {athletes[0].pk}", athletes, since)
    if organization:
        club = find_named_organization(organization)
        members = club.memberships.filter(status=Status.ACTIVE).values("user")
        return RemeasureScope(f"organization {club.pk}", Athlete.objects.filter(pk__in=members), since)
    return RemeasureScope("everybody", Athlete.objects.all(), since)


def find_named_organization(text: str) -> Organization:
    try:
        matches = Organization.objects.filter(pk=ids.decode(Organization.prefix, text))
    except ids.MalformedId:
        matches = Organization.objects.filter(name=text)
    if len(matches) != 1:
        raise CommandError(f"{len(matches) or 'No'} organizations have the name {text}. Use the id (org_…).")
    return matches[0]


def format_remeasure_summary(total: RemeasureCounts) -> str:
    damaged = f" Unreadable: {total.damaged}." if total.damaged else ""
    return f"Activities measured: {total.measured}. Changed: {total.changed}.{damaged}"


def format_upgrade_status() -> str:
    total = Athlete.objects.filter(Exists(Activity.objects.filter(athlete_id=OuterRef("pk")))).count()
    current = total - filter_outdated(Athlete.objects.all()).count()
    return f"Measured with the formulas of this version: {current:,} of {total:,} athletes with activities."
