"""Rewording by a model: requested once, checked, within time and budget. Uses a real HTTP server."""

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
from coaching.insights import Insight, InsightInputs, RaceAhead, build_insights
from coaching.insights.llm.rewording import (
    REQUEST_LIFETIME,
    WORDING_LIFETIME,
    build_wordings_subquery,
    reword,
    reword_waiting,
)
from coaching.models import InsightWording, ModelCalls
from coaching.tasks import reword_insights
from tests.coaching.insights.llm.model_server import ModelServer, model_server
from tests.support.cast import NOON, Cast

RACE = RaceAhead("Berlin Marathon 2027", 42_195.0, 148, goal_s=11_100.0, predicted_s=11_320.0)
GOOD = "With 148 days to the 42.2 km race, fitness points to 3:08:40 against a goal of 3:05:00."


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as running:
        running.says = GOOD
        yield running


@pytest.fixture
def model(server: ModelServer, settings, monkeypatch) -> ModelServer:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    settings.INSIGHTS_LLM_BASE_URL, settings.INSIGHTS_LLM_MODEL = server.url, "small"
    settings.INSIGHTS_LLM_API_KEY, settings.INSIGHTS_LLM_TIMEOUT_S = "key-of-the-club", 2
    return server


def insights(days_to: int = 148) -> list[Insight]:
    return build_insights(InsightInputs(race=replace(RACE, days_to=days_to)))


def read(user: User, days_to: int = 148) -> Insight:
    """What somebody who opens the profile is told."""
    known = (
        Athlete.objects.filter(pk=user.pk)
        .annotate(wordings=build_wordings_subquery())
        .values_list("wordings", flat=True)
        .get()
    )
    (told,) = reword(user.pk, "metric", insights(days_to), known, NOON)
    return told


def work(now=NOON) -> list[str]:
    return [wording.digest for wording in reword_waiting(now)]


def version(user: User) -> int:
    return Athlete.objects.get(pk=user.pk).data_version


def test_rewording_does_nothing_without_settings(cast: Cast, server: ModelServer):
    with CaptureQueriesContext(
        connection,
    ) as statements:
        assert read(cast.ada).written_by == "rules"
    assert len(statements) == 1  # the athlete's own row; not a word about wordings in it
    assert "insightwording" not in statements[0]["sql"]
    assert work() == []
    assert (server.asked, InsightWording.objects.count()) == ([], 0)


def test_accepted_wording_replaces_the_rules_text(cast: Cast, model: ModelServer):
    before = read(cast.ada)
    work()
    after = read(cast.ada)
    assert (before.written_by, after.written_by, after.text) == ("rules", "small", GOOD)
    assert (after.kind, after.title, after.evidence) == (before.kind, before.title, before.evidence)


def test_reading_a_profile_does_not_call_the_model(cast: Cast, model: ModelServer):
    read(cast.ada)
    assert model.asked == []


def test_new_wording_invalidates_cached_answers(cast: Cast, model: ModelServer):
    read(cast.ada)
    before = version(cast.ada)
    work()
    assert version(cast.ada) == before + 1


def test_equal_insights_are_requested_once(cast: Cast, model: ModelServer):
    for _ in range(3):
        read(cast.ada)
        work()
    assert len(model.asked) == 1
    with CaptureQueriesContext(connection) as statements:
        read(cast.ada)
    assert len(statements) == 1  # the wordings come along with the athlete


def test_changed_numbers_make_a_new_request(cast: Cast, model: ModelServer):
    read(cast.ada)
    work()
    assert read(cast.ada, days_to=147).written_by == "rules"
    assert InsightWording.objects.filter(athlete=cast.ada.pk).count() == 2


def test_prompt_contains_only_numbers_and_the_rules_sentences(cast: Cast, model: ModelServer):
    read(cast.ada)
    work()
    (sent,) = model.evidence
    assert sent == {
        "kind": "race_ahead",
        "units": "metric",
        "evidence": {
            "distance_km": 42.2, "days_to_race": 148, "predicted_time": "3:08:40", "predicted_time_slowest": "3:18:06",
            "goal_time": "3:05:00", "goal_faster_by": "3:40",
        },
        "draft": insights()[0].text,
    }  # fmt: skip
    whole = json.dumps(model.asked)
    for told in ("Berlin", "ada", "Ada", "example.test", "usr_", str(cast.ada.pk), cast.ada.pk.hex):
        assert told not in whole
    assert model.asked[0]["path"] == "/v1/chat/completions"
    assert (model.asked[0]["model"], model.keys) == ("small", ["Bearer key-of-the-club"])


def test_prompt_is_deleted_after_the_answer(cast: Cast, model: ModelServer):
    read(cast.ada)
    work()
    assert InsightWording.objects.get().question == {}


@pytest.mark.parametrize(
    ("says", "reason"),
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
def test_unsupported_wording_is_rejected_for_good(cast: Cast, model: ModelServer, says, reason):
    model.says = says
    read(cast.ada)
    with capture_logs() as logged:
        work()
    work()
    assert read(cast.ada).written_by == "rules"
    assert (len(model.asked), InsightWording.objects.get().refused) == (1, reason)
    assert logged == [
        {"event": "insight_refused", "log_level": "warning", "kind": "race_ahead", "reason": reason}
    ]


BROKEN: list[tuple[dict[str, Any], str]] = [
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
    ({"says": None}, "not_the_protocol"),
    ({"body": b" " * 70_000}, "huge"),
    ({"pause_s": 3.0}, "timeout"),
    ({"drips": True}, "timeout"),
]


@pytest.mark.parametrize(("broken", "reason"), BROKEN)
def test_server_failure_keeps_the_rules_text(cast: Cast, model: ModelServer, settings, broken, reason: str):
    settings.INSIGHTS_LLM_TIMEOUT_S = 0.5
    for name, value in broken.items():
        setattr(model, name, value)
    read(cast.ada)
    read(cast.ada, days_to=100)
    started = time.monotonic()
    with capture_logs() as logged:
        work()
    assert time.monotonic() - started < 2.5
    assert [entry["reason"] for entry in logged] == [reason]  # the round is over: one call, not two
    assert len(model.asked) == 1
    assert read(cast.ada).written_by == "rules"


def test_unreachable_server_keeps_the_rules_text(cast: Cast, model: ModelServer, settings):
    settings.INSIGHTS_LLM_BASE_URL = "http://127.0.0.1:1/v1"
    read(cast.ada)
    with capture_logs() as logged:
        work()
    assert [entry["reason"] for entry in logged] == ["unreachable"]


def test_failed_request_is_retried_up_to_three_attempts(cast: Cast, model: ModelServer):
    read(cast.ada)
    model.status = 503
    work()
    model.status = 200
    work()
    assert read(cast.ada).written_by == "small"
    read(cast.ada, days_to=50)
    model.status = 503
    for _ in range(5):
        work()
    assert len(model.asked) == 2 + 3
    given_up = InsightWording.objects.get(text="")
    assert (given_up.refused, given_up.question) == ("status_503", {})


def test_daily_budget_limits_calls_and_resets_each_day(cast: Cast, model: ModelServer, settings):
    settings.INSIGHTS_LLM_DAILY_CALLS = 2
    for days_to in (90, 91, 92):
        read(cast.ada, days_to)
    work()
    work()
    assert len(model.asked) == 2
    assert ModelCalls.objects.get(day=NOON.date()).calls == 2
    tomorrow = NOON + timedelta(hours=13)
    work(tomorrow)
    assert len(model.asked) == 3


def test_failed_calls_count_against_the_budget(cast: Cast, model: ModelServer, settings):
    settings.INSIGHTS_LLM_DAILY_CALLS, model.status = 2, 500
    read(cast.ada)
    for _ in range(4):
        work()
    assert len(model.asked) == 2


def test_new_requests_come_before_failed_ones(cast: Cast, model: ModelServer):
    model.status = 500
    read(cast.ada, days_to=90)
    work()
    model.status = 200
    read(cast.ben, days_to=91)
    work()
    assert [asked["evidence"]["days_to_race"] for asked in model.evidence] == [90, 91, 90]


def test_changed_model_makes_a_new_request(cast: Cast, model: ModelServer, settings):
    read(cast.ada)
    work()
    settings.INSIGHTS_LLM_MODEL = "large"
    assert read(cast.ada).written_by == "rules"
    work()
    assert read(cast.ada).written_by == "large"


def test_wordings_are_not_shared_between_athletes(cast: Cast, model: ModelServer):
    read(cast.ada)
    work()
    assert read(cast.ben).written_by == "rules"


def test_old_wordings_and_requests_are_deleted_even_without_a_model(cast: Cast, model: ModelServer, settings):
    read(cast.ada)
    work()
    read(cast.ada, days_to=50)
    settings.INSIGHTS_LLM_BASE_URL = ""
    work(NOON + REQUEST_LIFETIME + timedelta(seconds=1))
    assert [wording.text for wording in InsightWording.objects.all()] == [GOOD]
    work(NOON + WORDING_LIFETIME + timedelta(days=1))
    assert (InsightWording.objects.count(), ModelCalls.objects.count()) == (0, 0)


def test_deleting_an_athlete_deletes_the_wordings(cast: Cast, model: ModelServer):
    read(cast.ada)
    work()
    cast.ada.delete()
    assert InsightWording.objects.count() == 0
    assert ModelCalls.objects.get().calls == 1  # what was spent stays spent


@pytest.mark.parametrize(("reason", "asked"), [(None, 3), (AbortReason.SHUTDOWN, 1)])
def test_rewording_job_stops_between_two_insights(cast: Cast, model: ModelServer, reason, asked: int):
    model.says = "This is said without a single number."
    for days_to in (90, 91, 92):
        read(cast.ada, days_to)
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="")
    context = JobContext(app=app, job=job, abort_reason=lambda: reason, start_timestamp=0.0)
    with time_machine.travel(NOON), pytest.raises(JobAborted) if reason else nullcontext():
        reword_insights.func(context, 0)
    assert len(model.asked) == asked
    assert InsightWording.objects.exclude(text="").count() == asked
