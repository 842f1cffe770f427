"""The cache is killed or hangs under load, and the web server is stopped under uploads."""

from __future__ import annotations

import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from django.utils import timezone
from knox.models import AuthToken

from astral.local.servers import open_temporary_servers
from metrics.models import Activity
from tests.faults.uploader import Uploader
from tests.support.cast import Cast, create_run
from tests.support.processes import start_web_server

CALLERS, CALLS = 8, 160
STOPS_WITHIN_S = 20.0
SLOWEST_S = 5.0  # eight callers on a busy machine; without the breaker each call would wait for the cache
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hung"])
def test_without_the_cache_every_call_is_answered(cast: Cast, fault: signal.Signals):
    create_run(cast.ada, timezone.now())
    token = AuthToken.objects.create(user=cast.ada)[1]
    path = f"/api/v1/analytics/athlete_profile?user_id={cast.ada.public_id}"
    with open_temporary_servers(postgres=False) as servers, ExitStack() as stack:
        [cache] = servers.servers
        web = stack.enter_context(start_web_server(REDIS_URL=servers.environment["REDIS_URL"]))

        def call(number: int) -> tuple[int, str, float]:
            began = time.monotonic()
            status, _, headers = web.call(path, token)
            if number == CALLS // 3:
                assert cache.process
                cache.process.send_signal(fault)
            return status, headers["X-Cache"], time.monotonic() - began

        with ThreadPoolExecutor(CALLERS) as threads:
            answers = list(threads.map(call, range(CALLS)))
        assert cache.process
        cache.process.send_signal(signal.SIGCONT)
    assert Counter(status for status, *_ in answers) == {200: CALLS}
    states = Counter(state for _, state, _ in answers)
    assert states["hit"] > 0
    assert states["off"] > 0
    assert max(took_s for *_, took_s in answers[1:]) < SLOWEST_S


def test_a_stopped_server_finishes_the_uploads_that_it_has_begun(cast: Cast):
    token = AuthToken.objects.create(user=cast.ada)[1]
    with start_web_server() as web, ThreadPoolExecutor(4) as threads:
        uploader = Uploader(web, token)
        running = [threads.submit(uploader.run) for _ in range(4)]
        uploader.wait_for(12, 60)
        began = time.monotonic()
        web.process.terminate()
        web.process.wait(STOPS_WITHIN_S)
        assert time.monotonic() - began < STOPS_WITHIN_S
        uploader.stop.set()
        for thread in running:
            thread.result()
    assert uploader.statuses.keys() <= {200, 201}
    assert uploader.broken > 0  # calls of later are refused, so the clients send them again
    assert Activity.objects.filter(athlete=cast.ada.athlete).count() == uploader.acknowledged
