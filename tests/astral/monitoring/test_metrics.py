"""GET /metrics: who may read it, and what it says."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
import structlog
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app
from prometheus_client.parser import text_string_to_metric_families

from athletes.models import Athlete
from coaching.assessments.current import recompute_assessments
from coaching.assessments.gauges import count_stale_assessments
from metrics.models import Import
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.python_process import run_python

TOKEN = "0123456789abcdef01234567"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
SCRAPE_WITHOUT_DATABASE = """
import django
django.setup()
from django.test import Client
print(Client(headers={"Authorization": "Bearer 0123456789abcdef01234567"}).get("/metrics").content.decode())
"""


@pytest.fixture
def scraper(settings: Any, db: None) -> Client:
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"Authorization": f"Bearer {TOKEN}"})


def scrape(client: Client) -> Samples:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return read_samples(answer.content.decode())


def read_samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def get_value(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, tuple(sorted(labels.items()))), 0.0)


def hide_request(body: bytes) -> bytes:
    return re.sub(rb"(metrics|nowhere)", b"", body)


def test_without_a_setting_the_address_does_not_exist(db: None):
    answer, unknown = (Client().get(path) for path in ("/metrics", "/nowhere"))
    assert (answer.status_code, unknown.status_code) == (404, 404)
    assert hide_request(answer.content) == hide_request(unknown.content)


@pytest.mark.parametrize("sent", ["", TOKEN[:-1], f"{TOKEN}0", "ü"])
def test_a_wrong_token_gets_the_404(scraper: Client, sent: str):
    assert Client(headers={"Authorization": f"Bearer {sent}"}).get("/metrics").status_code == 404


def test_only_get_is_a_scrape(scraper: Client):
    assert scraper.post("/metrics").status_code in (403, 404)


@pytest.mark.parametrize(
    ("network", "address", "status"),
    [
        ("10.1.0.0/16", "10.1.2.3", 200),
        ("10.1.0.0/16", "10.2.2.3", 404),
        ("2001:db8::/32", "2001:db8::1", 200),
        ("10.1.0.0/16", "2001:db8::1", 404),
        ("10.1.0.0/16", "", 404),
    ],
)
def test_a_named_network_may_read_without_a_token(
    settings: Any, db: None, network: str, address: str, status: int
):
    settings.METRICS_NETWORKS = [ip_network(network)]
    assert Client(REMOTE_ADDR=address).get("/metrics").status_code == status


def test_a_forged_address_does_not_help(settings: Any, db: None):
    settings.METRICS_NETWORKS = [ip_network("10.1.0.0/16")]
    answer = Client(REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": "10.1.2.3"}).get("/metrics")
    assert answer.status_code == 404


def test_requests_are_counted_by_route_without_ids(scraper: Client, cast: Cast):
    run = create_run(cast.ada).public_id
    route = "/api/v1/activities/<str:activity_id>"
    before = scrape(scraper)
    ApiClient(cast.ada).get(f"/api/v1/activities/{run}")
    ApiClient(cast.zoe).get(f"/api/v1/activities/{run}")
    after = scrape(scraper)
    for status in ("200", "403"):
        labels = {"method": "GET", "route": route, "status": status}
        counted = [get_value(samples, "astral_http_requests_total", **labels) for samples in (before, after)]
        assert counted[1] - counted[0] == 1, (status, after.keys())
    assert get_value(after, "astral_http_request_seconds_count", method="GET", route=route) >= 2
    shown = scraper.get("/metrics").content.decode()
    assert not [word for word in (run, cast.ada.public_id, cast.ada.email) if word in shown]


def test_unknown_addresses_methods_and_files_have_one_label_each(scraper: Client):
    before = scrape(scraper)
    Client().get("/nowhere/1")
    Client().generic("BREW", "/nowhere/2")
    Client().get("/static/nowhere.css")
    after = scrape(scraper)
    for method, route in (("GET", "unmatched"), ("other", "unmatched"), ("GET", "static")):
        labels = {"method": method, "route": route, "status": "404"}
        counted = [get_value(samples, "astral_http_requests_total", **labels) for samples in (before, after)]
        assert counted[1] - counted[0] == 1, labels


def test_a_scrape_is_neither_counted_nor_logged(scraper: Client):
    before = scrape(scraper)
    with structlog.testing.capture_logs() as lines:
        after = scrape(scraper)
    assert lines == []
    assert after == before


def test_cache_answers_are_counted_by_state(scraper: Client, cast: Cast):
    create_run(cast.ada, timezone.now() - timedelta(days=1))
    before = scrape(scraper)
    for refresh in ("", "&refresh=1", ""):
        ApiClient(cast.ada).get(f"/api/v1/analytics/fitness_stats?days=30{refresh}")
    after = scrape(scraper)
    counted = {
        state: get_value(after, "astral_cache_answers_total", state=state)
        - get_value(before, "astral_cache_answers_total", state=state)
        for state in ("miss", "refresh", "hit", "off")
    }
    assert counted == {"miss": 1, "refresh": 1, "hit": 1, "off": 0}


def test_jobs_workers_imports_and_stale_assessments_are_gauges(scraper: Client, cast: Cast):
    now = timezone.now()
    for queue, minutes in (("upkeep", None), ("upkeep", -10), ("later", 60)):
        when = {"schedule_at": now + timedelta(minutes=minutes)} if minutes else {}
        app.configure_task("any", allow_unknown=True, queue=queue, **when).defer()
    for age_s in (5, 500):
        with connection.cursor() as cursor:
            heartbeat = [now - timedelta(seconds=age_s)]
            cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", heartbeat)
    Import.objects.create(athlete=cast.ada.athlete, added_by="athlete", status=Import.Status.FAILED)
    samples = scrape(scraper)
    assert get_value(samples, "astral_jobs", queue="upkeep", status="todo") == 2
    assert 600 <= get_value(samples, "astral_oldest_job_wait_seconds", queue="upkeep") < 700
    assert get_value(samples, "astral_oldest_job_wait_seconds", queue="later") == 0
    assert get_value(samples, "astral_live_workers") == 1
    assert get_value(samples, "astral_imports", status="failed") == 1
    assert get_value(samples, "astral_stale_assessments") == Athlete.objects.count()
    assert get_value(samples, "astral_database_up") == 1


def test_an_assessment_is_stale_after_new_data(cast: Cast):
    now = NOON
    everybody = list(Athlete.objects.all())
    recompute_assessments(everybody, now)
    assert count_stale_assessments(now) == 0
    Athlete.objects.filter(pk=cast.ada.athlete.pk).bump_version()
    assert count_stale_assessments(now) == 1
    assert count_stale_assessments(now + timedelta(days=4)) == len(everybody)


def test_database_errors_are_counted(scraper: Client):
    failing = run_python(
        "-c",
        SCRAPE_WITHOUT_DATABASE.replace(
            "print(", 'Client(headers={"Authorization": "Bearer x"}).get("/api/v1/activities"); print('
        ),
        ASTRAL_ENV="test",
        DJANGO_SETTINGS_MODULE="astral.settings",
        METRICS_TOKEN=TOKEN,
        DATABASE_URL="postgresql://astral@127.0.0.1:1/astral",
    )
    assert failing.returncode == 0, failing.stderr
    samples = read_samples(failing.stdout)
    assert get_value(samples, "astral_database_up") == 0
    assert get_value(samples, "astral_database_errors_total", kind="unreachable") == 1
    for reason in ("no_answer", "breaker_open"):  # of the call, then of the scrape
        assert get_value(samples, "astral_database_connection_failures_total", reason=reason) == 1
    assert ("astral_jobs", ()) not in samples
