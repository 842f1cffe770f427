"""Give every athlete of a crowd the rows that lists show: `python -m bench.crowd.listed_rows`.

It adds races, an absence, a plan and activities in the bin to each athlete, and a club of ten runners, all
once. The output is a JSON object: `club` is the public id of this club, `coach` a token of its head coach.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.http_load.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from knox.models import AuthToken  # noqa: E402

from athletes.models import Athlete, Membership, Organization, User  # noqa: E402
from athletes.roles import Role  # noqa: E402
from coaching.models import Absence, Plan, PlanInstance, Race  # noqa: E402
from metrics.models import BinActivity  # noqa: E402

CLUB_NAME, CLUB_SIZE, PAST_DAY = "Ten runners", 10, date(2024, 5, 6)
DELETED_AT = datetime(2024, 5, 6, tzinfo=UTC)


def main() -> None:
    club = Organization.objects.filter(name=CLUB_NAME).first() or create_listed_rows()
    coach = User.objects.get(memberships__organization=club, memberships__role=Role.HEAD_COACH)
    print(json.dumps({"club": club.public_id, "coach": AuthToken.objects.create(coach)[1]}))


def create_listed_rows() -> Organization:
    with transaction.atomic():
        club = _create_club()
        plan = Plan.objects.create(organization=club, name="Twelve weeks", total_weeks=12)
        athlete_ids = list(Athlete.objects.order_by("pk").values_list("pk", flat=True))
        Race.objects.bulk_create(
            Race(athlete_id=athlete, name="Ten", date=PAST_DAY + timedelta(days=days), distance_m=10_000)
            for athlete in athlete_ids
            for days in range(0, 300, 50)
        )
        Absence.objects.bulk_create(
            Absence(athlete_id=athlete, first_day=PAST_DAY, last_day=PAST_DAY, kind="holiday")
            for athlete in athlete_ids
        )
        PlanInstance.objects.bulk_create(
            PlanInstance(athlete_id=athlete, plan=plan, start_date=PAST_DAY) for athlete in athlete_ids
        )
        BinActivity.objects.bulk_create(
            _build_bin_activity(athlete, days) for athlete in athlete_ids for days in range(5)
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return club


def _create_club() -> Organization:
    club = Organization.objects.create(name=CLUB_NAME)
    coach = User.objects.create_user("ten-coach@crowd.test", username="ten-coach")
    Athlete.objects.get_or_create(user=coach)
    Membership.objects.create(user=coach, organization=club, role=Role.HEAD_COACH)
    runners = User.objects.filter(username__startswith="runner-").order_by("username")[:CLUB_SIZE]
    for runner in runners:
        Membership.objects.create(user=runner, organization=club)
    return club


def _build_bin_activity(athlete_id: object, days: int) -> BinActivity:
    return BinActivity(
        athlete_id=athlete_id,
        activity_type="run",
        started_at=DELETED_AT - timedelta(days=days),
        local_date=PAST_DAY,
        duration_s=3_000.0,
        source="manual",
        deleted_at=DELETED_AT,
        deleted_by="athlete",
    )


if __name__ == "__main__":
    main()
