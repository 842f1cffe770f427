"""Rewording by a model: each insight is sent once, within time and budget, and each answer is checked."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job
from structlog.testing import capture_logs

from athletes.models import Athlete, User
from coaching.insights import Insight, InsightInputs, NextRace, build_insights
from coaching.insights.llm.rewording import (
    REQUEST_LIFETIME,
    WORDING_LIFETIME,
    build_wordings_subquery,
    reword,
    reword_waiting,
)
from coaching.models import InsightWording, ModelCalls
from coaching.profile.summary import load_athlete_summary
from coaching.tasks import reword_insights
from tests.coaching.insights.llm.model_server import FakeLLMServer, run_fake_llm_server
from tests.support.cast import NOON, Cast

FORECAST_S = (11_320.0, 11_220.0, 12_050.0)
RACE = NextRace("Berlin Marathon 2027", 42_195.0, 148, goal_s=11_100.0, forecast_s=FORECAST_S)
GOOD = "With 148 days to the 42.2 km race, fitness points to 3:08:40 against a goal of 3:05:00."


@pytest.fixture
def server() -> Iterator[FakeLLMServer]:
    with run_fake_llm_server() as running:
        running.reply = GOOD
        yield running


@pytest.fixture
def model(server: FakeLLMServer, settings, monkeypatch) -> FakeLLMServer:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    settings.INSIGHTS_LLM_BASE_URL, settings.INSIGHTS_LLM_MODEL = server.url, "small"
    settings.INSIGHTS_LLM_API_KEY, settings.INSIGHTS_LLM_TIMEOUT_S = "key-of-the-club", 2
    return server


def build_race_insights(days_to: int = 148) -> list[Insight]:
    return build_insights(InsightInputs(race=replace(RACE, days_to=days_to)))


def read_insight(user: User, days_to: int = 148) -> Insight:
    """Return the insight that the profile shows. An insight without a wording is queued for the model."""
    wordings = (
        Athlete.objects.filter(pk=user.pk)
        .annotate(wordings=build_wordings_subquery())
        .values_list("wordings", flat=True)
        .get()
    )
    (insight,) = reword(user.pk, "metric", build_race_insights(days_to), wordings, NOON)
    return insight


def run_job(now=NOON) -> list[str]:
    return [wording.digest for wording in reword_waiting(now)]


def get_version(user: User) -> int:
    return Athlete.objects.get(pk=user.pk).data_version


def test_without_settings_nothing_is_requested_stored_or_read(cast: Cast, server: FakeLLMServer):
    assert read_insight(cast.ada).written_by == "rules"
    with CaptureQueriesContext(connection) as statements:
        load_athlete_summary(cast.carl, cast.ada.athlete, NOON)
    assert statements
    assert not [statement for statement in statements if "insightwording" in statement["sql"]]
    assert run_job() == []
    assert (server.requests, InsightWording.objects.count()) == ([], 0)


def test_accepted_wording_replaces_the_text_of_the_rules(cast: Cast, model: FakeLLMServer):
    before = read_insight(cast.ada)
    run_job()
    after = read_insight(cast.ada)
    assert (before.written_by, after.written_by, after.text) == ("rules", "small", GOOD)
    assert (after.kind, after.title, after.evidence) == (before.kind, before.title, before.evidence)


def test_reading_does_not_wait_for_the_model(cast: Cast, model: FakeLLMServer):
    read_insight(cast.ada)
    assert model.requests == []


def test_new_wording_invalidates_cached_answers(cast: Cast, model: FakeLLMServer):
    read_insight(cast.ada)
    before = get_version(cast.ada)
    run_job()
    assert get_version(cast.ada) == before + 1


def test_same_insight_is_requested_once(cast: Cast, model: FakeLLMServer):
    for _ in range(3):
        read_insight(cast.ada)
        run_job()
    assert len(model.requests) == 1
    with CaptureQueriesContext(connection) as statements:
        read_insight(cast.ada)
    assert len(statements) == 1  # the wordings are read with the athlete


def test_other_numbers_make_a_new_request(cast: Cast, model: FakeLLMServer):
    read_insight(cast.ada)
    run_job()
    assert read_insight(cast.ada, days_to=147).written_by == "rules"
    assert InsightWording.objects.filter(athlete=cast.ada.pk).count() == 2


def test_request_contains_only_numbers_and_the_text_of_the_rules(cast: Cast, model: FakeLLMServer):
    read_insight(cast.ada)
    run_job()
    (sent,) = model.evidence
    assert sent == {
        "kind": "race_ahead",
        "units": "metric",
        "evidence": {
            "distance_km": 42.2, "days_to_race": 148, "predicted_time": "3:08:40",
            "predicted_low": "3:07:00", "predicted_high": "3:20:50", "goal_time": "3:05:00",
            "goal_faster_by": "2:00",
        },
        "draft": build_race_insights()[0].text,
    }  # fmt: skip
    requests = json.dumps(model.requests)
    for secret in ("Berlin", "ada", "Ada", "example.test", "usr_", str(cast.ada.pk), cast.ada.pk.hex):
        assert secret not in requests
    assert model.requests[0]["path"] == "/v1/chat/completions"
    assert (model.requests[0]["model"], model.keys) == ("small", ["Bearer key-of-the-club"])


def test_sent_request_is_not_stored(cast: Cast, model: FakeLLMServer):
    read_insight(cast.ada)
    run_job()
    assert InsightWording.objects.get().question == {}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("With 148 days to go the marathon in 3:01:00 is on.", "invented_number"),
        ("With 147 days to the race, fitness points to 3:08:40.", "invented_number"),
        ("The race is five months away; fitness points to 3:08:40.", "invented_number"),
        ("", "length"),
        ("Much to say about this race, really. " * 40, "length"),
        ("<b>148 days</b> to the 42.2 km race.", "markup"),
        ("In 148 days, with little risk of injury.", "forbidden_word"),
        ("The race over 42.2 miles is in 148 days.", "units"),
    ],
)
def test_unsupported_wording_is_refused_permanently(cast: Cast, model: FakeLLMServer, reply, reason):
    model.reply = reply
    read_insight(cast.ada)
    with capture_logs() as logged:
        run_job()
    run_job()
    assert read_insight(cast.ada).written_by == "rules"
    assert (len(model.requests), InsightWording.objects.get().refused) == (1, reason)
    assert logged == [
        {"event": "insight_refused", "log_level": "warning", "kind": "race_ahead", "reason": reason}
    ]


FAILURES: list[tuple[dict[str, Any], str]] = [
    ({"status": 500}, "status_500"),
    ({"status": 401}, "status_401"),
    ({"status": 429}, "status_429"),
    ({"status": 302, "headers": {"Location": "http://127.0.0.1:1/elsewhere"}}, "status_302"),
    ({"body": b"<html><body>Sign in to the network</body></html>"}, "not_the_protocol"),
    ({"body": b"{"}, "not_the_protocol"),
    ({"body": b"[" * 20_000}, "not_the_protocol"),
    ({"body": b""}, "not_the_protocol"),
    ({"body": b"\xff\xfe\x00"}, "not_the_protocol"),
    ({"body": b'{"choices": []}'}, "not_the_protocol"),
    ({"reply": None}, "not_the_protocol"),
    ({"body": b" " * 70_000}, "huge"),
    ({"pause_s": 3.0}, "timeout"),
    ({"sends_single_bytes": True}, "timeout"),
]


@pytest.mark.parametrize(("failure", "reason"), FAILURES)
def test_failing_server_leaves_the_text_of_the_rules(
    cast: Cast, model: FakeLLMServer, settings, failure, reason: str
):
    settings.INSIGHTS_LLM_TIMEOUT_S = 0.5
    for name, value in failure.items():
        setattr(model, name, value)
    read_insight(cast.ada)
    read_insight(cast.ada, days_to=100)
    started = time.monotonic()
    with capture_logs() as logged:
        run_job()
    assert time.monotonic() - started < 2.5
    assert [entry["reason"] for entry in logged] == [reason]  # the job stops after the first failure
    assert len(model.requests) == 1
    assert read_insight(cast.ada).written_by == "rules"


def test_unreachable_server_leaves_the_text_of_the_rules(cast: Cast, model: FakeLLMServer, settings):
    settings.INSIGHTS_LLM_BASE_URL = "http://127.0.0.1:1/v1"
    read_insight(cast.ada)
    with capture_logs() as logged:
        run_job()
    assert [entry["reason"] for entry in logged] == ["unreachable"]


def test_failed_request_is_tried_at_most_three_times(cast: Cast, model: FakeLLMServer):
    read_insight(cast.ada)
    model.status = 503
    run_job()
    model.status = 200
    run_job()
    assert read_insight(cast.ada).written_by == "small"
    read_insight(cast.ada, days_to=50)
    model.status = 503
    for _ in range(5):
        run_job()
    assert len(model.requests) == 2 + 3
    abandoned = InsightWording.objects.get(text="")
    assert (abandoned.refused, abandoned.question) == ("status_503", {})


def test_daily_budget_limits_requests_and_renews_the_next_day(cast: Cast, model: FakeLLMServer, settings):
    settings.INSIGHTS_LLM_DAILY_CALLS = 2
    for days_to in (90, 91, 92):
        read_insight(cast.ada, days_to)
    run_job()
    run_job()
    assert len(model.requests) == 2
    assert ModelCalls.objects.get(day=NOON.date()).calls == 2
    tomorrow = NOON + timedelta(hours=13)
    run_job(tomorrow)
    assert len(model.requests) == 3


def test_failed_requests_count_against_the_budget(cast: Cast, model: FakeLLMServer, settings):
    settings.INSIGHTS_LLM_DAILY_CALLS, model.status = 2, 500
    read_insight(cast.ada)
    for _ in range(4):
        run_job()
    assert len(model.requests) == 2


def test_new_insights_are_requested_before_failed_ones(cast: Cast, model: FakeLLMServer):
    model.status = 500
    read_insight(cast.ada, days_to=90)
    run_job()
    model.status = 200
    read_insight(cast.ben, days_to=91)
    run_job()
    assert [sent["evidence"]["days_to_race"] for sent in model.evidence] == [90, 91, 90]


def test_another_model_gets_a_new_request(cast: Cast, model: FakeLLMServer, settings):
    read_insight(cast.ada)
    run_job()
    settings.INSIGHTS_LLM_MODEL = "large"
    assert read_insight(cast.ada).written_by == "rules"
    run_job()
    assert read_insight(cast.ada).written_by == "large"


def test_wordings_are_not_shared_between_athletes(cast: Cast, model: FakeLLMServer):
    read_insight(cast.ada)
    run_job()
    assert read_insight(cast.ben).written_by == "rules"


def test_old_wordings_and_requests_are_deleted_even_without_a_model(
    cast: Cast, model: FakeLLMServer, settings
):
    read_insight(cast.ada)
    run_job()
    read_insight(cast.ada, days_to=50)
    settings.INSIGHTS_LLM_BASE_URL = ""
    run_job(NOON + REQUEST_LIFETIME + timedelta(seconds=1))
    assert [wording.text for wording in InsightWording.objects.all()] == [GOOD]
    run_job(NOON + WORDING_LIFETIME + timedelta(days=1))
    assert (InsightWording.objects.count(), ModelCalls.objects.count()) == (0, 0)


def test_wordings_are_deleted_with_the_athlete(cast: Cast, model: FakeLLMServer):
    read_insight(cast.ada)
    run_job()
    cast.ada.delete()
    assert InsightWording.objects.count() == 0
    assert ModelCalls.objects.get().calls == 1  # the budget stays used


@pytest.mark.parametrize(("reason", "count"), [(None, 3), (AbortReason.SHUTDOWN, 1)])
def test_job_stops_after_the_current_request_when_the_worker_shuts_down(
    cast: Cast, model: FakeLLMServer, reason, count: int
):
    model.reply = "This is said without a single number."
    for days_to in (90, 91, 92):
        read_insight(cast.ada, days_to)
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="")
    context = JobContext(app=app, job=job, abort_reason=lambda: reason, start_timestamp=0.0)
    with time_machine.travel(NOON), pytest.raises(JobAborted) if reason else nullcontext():
        reword_insights.func(context, 0)
    assert len(model.requests) == count
    assert InsightWording.objects.exclude(text="").count() == count
