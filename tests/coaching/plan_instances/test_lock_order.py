"""Changes of many athletes lock them in the order of ids, so that two of them cannot deadlock."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from athletes.models import Athlete
from tests.coaching.plan_fixtures import create_test_plan, follow_plan
from tests.support.cast import create_people, make_cast

PATIENCE_S = 20.0
MANY = 16  # PostgreSQL reads them in any order, so a wrong order begins with the first by chance only


@pytest.mark.django_db(transaction=True)
def test_change_that_waits_for_the_first_athlete_has_locked_no_other():
    plan = create_test_plan(make_cast().harbour, {"weekday": 3})
    people = create_people({f"runner{number}": {} for number in range(MANY)}, {}).values()
    for user in people:
        follow_plan(user, plan)
    first, *others = sorted(user.pk for user in people)

    def bump() -> int:
        try:
            with transaction.atomic():
                return Athlete.objects.filter(plan_instances__plan=plan).bump_versions()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Athlete.objects.filter(pk=first).bump_version()
            bumped = pool.submit(bump)
            wait_for_a_waiting_process()
            locked = Athlete.objects.filter(pk__in=others).select_for_update(skip_locked=True)
            assert len(locked) == len(others)
        assert bumped.result(timeout=PATIENCE_S) == MANY
    versions = dict(Athlete.objects.filter(plan_instances__plan=plan).values_list("pk", "data_version"))
    assert versions == {first: 3} | dict.fromkeys(others, 2)  # following was one change


def wait_for_a_waiting_process() -> None:
    deadline = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")
