"""manage.py remeasure: stored activities measured again, after a formula or thresholds have changed."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from astral import ids
from athletes.models import Athlete, Organization
from athletes.roles import Status
from metrics.activities.remeasure import RemeasureCounts, RemeasureScope, delete_position, remeasure_scope


class Command(BaseCommand):
    help = (
        "Measure stored activities again with the thresholds valid on their days: everybody's, those of one "
        "organization or of one athlete. What was interrupted goes on where it stopped when it is run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group()
        whose.add_argument("--organization", metavar="ORG", help="its id, org_…, or its name")
        whose.add_argument("--athlete", metavar="EMAIL")
        parser.add_argument(
            "--since", type=parse_day_argument, metavar="YYYY-MM-DD", help="only activities from this day on"
        )
        parser.add_argument(
            "--from-start", action="store_true", help="forget where an interrupted run stopped"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        scope = build_remeasure_scope(options["organization"], options["athlete"], options["since"])
        if options["from_start"]:
            delete_position(scope)
        rest = scope.remaining_scope()
        if rest is not scope:
            self.stderr.write("Goes on where an earlier run stopped; --from-start would begin anew.")
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
            raise CommandError(f"Nobody signs in as {email}.")
        return RemeasureScope(f"athlete {athletes[0].pk}", athletes, since)
    if organization:
        club = find_named_organization(organization)
        members = club.memberships.filter(status=Status.ACTIVE).values("user")
        return RemeasureScope(f"organization {club.pk}", Athlete.objects.filter(pk__in=members), since)
    return RemeasureScope("everybody", Athlete.objects.all(), since)


def find_named_organization(text: str) -> Organization:
    try:
        found = Organization.objects.filter(pk=ids.decode(Organization.prefix, text))
    except ids.MalformedId:
        found = Organization.objects.filter(name=text)
    if len(found) != 1:
        raise CommandError(f"{len(found) or 'No'} organizations are called {text}; give the id, org_….")
    return found[0]


def format_remeasure_summary(total: RemeasureCounts) -> str:
    damaged = f", {total.damaged} cannot be read" if total.damaged else ""
    return f"{total.measured} activities measured, {total.changed} came out differently{damaged}."
