"""A real standby: answers are never older than the data, also while it is behind, and when it is killed.

`make test-ops` runs 2,000 reads (STANDBY_ROUNDS). It is not part of the suite: a standby starts only when no
transaction of its primary has more than 64 savepoints, and the authorization matrix has thousands.
"""

from __future__ import annotations

import os
import time
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from knox.models import AuthToken

from tests.ops.standby import run_reader, run_standby
from tests.support.cast import Cast, create_run

ROUNDS = int(os.environ.get("STANDBY_ROUNDS", "2"))  # of three reads
BACK_WITHIN_S, MANY_ROUNDS = 20, 100
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        urlsplit(os.environ["DATABASE_URL"]).hostname is not None, reason="needs the embedded PostgreSQL"
    ),
]


def test_no_read_after_a_write_is_stale_whatever_the_standby_does(cast: Cast):
    now = timezone.now()
    create_run(cast.ada, now, training_load=50.0)
    tokens = [AuthToken.objects.create(user=user)[1] for user in (cast.ada, cast.hanna)]
    paths = [
        "/api/v1/analytics/fitness_stats?days=30",
        f"/api/v1/analytics/athlete_profile?user_id={cast.ada.public_id}",
        "/api/v1/analytics/coach_athletes_metrics",
    ]
    with run_standby() as standby, run_reader(standby, *tokens, f"{now:%Y-%m-%d}", *paths) as reader:
        running = reader.run_rounds(ROUNDS)
        assert (running["stale"], running["errors"]) == (0, 0)

        standby.run_sql("SELECT pg_wal_replay_pause()")
        paused = reader.run_rounds(ROUNDS)
        assert (paused["stale"], paused["errors"], paused["used"]) == (0, 0, 0)
        assert paused["behind"] > 0
        # A standby that replayed nothing for a second is left alone for a moment.
        assert paused["behind"] < paused["reads"] or ROUNDS < MANY_ROUNDS

        standby.run_sql("SELECT pg_wal_replay_resume()")
        standby.wait_until_current()
        standby.kill()
        killed = reader.run_rounds(ROUNDS)
        assert (killed["stale"], killed["errors"], killed["used"]) == (0, 0, 0)
        assert 0 < killed["failed"] < killed["reads"]

        standby.launch()
        standby.wait_until_ready()
        standby.wait_until_current()
        until = time.monotonic() + BACK_WITHIN_S
        while not reader.run_rounds(1)["used"]:
            assert time.monotonic() < until
        assert running["reads"] + paused["reads"] + killed["reads"] == 9 * ROUNDS
