"""Fill a database with a crowd: `python -m bench.crowd.callers 1000` prints the callers and their tokens.

It migrates the database and fills it once. The output is a JSON object: `athletes`, `activities` and
`health_days` are counts; `until` is the Unix time of the newest activity; `runners` has pairs of public id
and token; `coach` is a token and `coached` has public ids; `coaches` has tokens by the size of the
organization.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.http_load.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count, Exists, Max, OuterRef, Q  # noqa: E402
from django.utils import timezone  # noqa: E402
from knox.models import AuthToken  # noqa: E402

from athletes.models import Athlete, Membership, Organization, User  # noqa: E402
from athletes.roles import Role  # noqa: E402
from bench.crowd import load  # noqa: E402
from metrics.models import Activity, HealthDay  # noqa: E402

CROWD_YEARS, MAX_CALLERS = 3.0, 40


def main(count: int) -> None:
    call_command("migrate", verbosity=0)
    if not load.crowd_exists():
        now = timezone.now()
        load.load_crowd(now, count, CROWD_YEARS)
        load.complete_crowd(now)
    AuthToken.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        cursor.execute("VACUUM ANALYZE")
    print(json.dumps(list_callers()))


def list_callers() -> dict[str, Any]:
    """Runners with a device from all parts of the crowd, and the coach of the largest organization."""
    with_device = Exists(HealthDay.objects.filter(athlete=OuterRef("pk")))
    users = User.objects.filter(with_device, username__startswith="runner-").order_by("username")
    runners = list(users)
    callers = runners[:: max(1, len(runners) // MAX_CALLERS)][:MAX_CALLERS]
    coach = User.objects.get(username="coach-0000")
    organization = Membership.objects.get(user=coach).organization_id
    coached = users.filter(memberships__organization=organization)
    return {
        "athletes": Athlete.objects.count(),
        "activities": Activity.objects.count(),
        "health_days": HealthDay.objects.count(),
        "until": int(Activity.objects.aggregate(at=Max("started_at"))["at"].timestamp()) + 1,
        "runners": [(user.public_id, AuthToken.objects.create(user)[1]) for user in callers],
        "coach": AuthToken.objects.create(coach)[1],
        "coached": [user.public_id for user in coached[:MAX_CALLERS]],
        "coaches": create_coach_tokens(),
    }


def create_coach_tokens() -> dict[int, str]:
    """A token of one head coach for each size of organization."""
    athletes = Count("memberships", Q(memberships__role=Role.ATHLETE))
    sized = (
        Organization.objects.annotate(athletes=athletes).filter(athletes__gt=0).order_by("athletes", "-pk")
    )
    sizes = dict(sized.values_list("athletes", "pk"))
    heads = User.objects.filter(memberships__role=Role.HEAD_COACH)
    head_by_size = {size: heads.get(memberships__organization=pk) for size, pk in sizes.items()}
    return {size: AuthToken.objects.create(head)[1] for size, head in head_by_size.items()}


if __name__ == "__main__":
    main(int(sys.argv[1]))
