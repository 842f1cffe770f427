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

RACE = NextRace("Berlin Marathon 2027", 42_195.0, 148, goal_s=11_100.0, predicted_s=11_320.0)
GOOD = "With 148 days to the 42.2 km race, fitness points to 3:08:40 against a goal of 3:05:00."


@pytest.fixture
def server() -> Iterator[FakeLLMServer]:
    with run_fake_llm_server() as running:
        running.says = GOOD
        yield running


@pytest.fixture
def model(server: FakeLLMServer, settings, monkeypatch) -> FakeLLMServer:
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


def test_without_the_settings_nothing_is_asked_kept_or_looked_up(cast: Cast, server: FakeLLMServer):
    assert read(cast.ada).written_by == "rules"
    with CaptureQueriesContext(connection) as statements:
        load_athlete_summary(cast.carl, cast.ada.athlete, NOON)
    assert statements
    assert not [one for one in statements if "insightwording" in one["sql"]]
    assert work() == []
    assert (server.asked, InsightWording.objects.count()) == ([], 0)


def test_a_good_wording_takes_the_place_of_the_rules_text(cast: Cast, model: FakeLLMServer):
    before = read(cast.ada)
    work()
    after = read(cast.ada)
    assert (before.written_by, after.written_by, after.text) == ("rules", "small", GOOD)
    assert (after.kind, after.title, after.evidence) == (before.kind, before.title, before.evidence)


def test_reading_does_not_wait_for_the_model(cast: Cast, model: FakeLLMServer):
    read(cast.ada)
    assert model.asked == []


def test_a_new_wording_outdates_the_kept_answers(cast: Cast, model: FakeLLMServer):
    read(cast.ada)
    before = version(cast.ada)
    work()
    assert version(cast.ada) == before + 1


def test_the_same_insight_is_asked_once(cast: Cast, model: FakeLLMServer):
    for _ in range(3):
        read(cast.ada)
        work()
    assert len(model.asked) == 1
    with CaptureQueriesContext(connection) as statements:
        read(cast.ada)
    assert len(statements) == 1  # the wordings come along with the athlete


def test_other_numbers_are_another_question(cast: Cast, model: FakeLLMServer):
    read(cast.ada)
    work()
    assert read(cast.ada, days_to=147).written_by == "rules"
    assert InsightWording.objects.filter(athlete=cast.ada.pk).count() == 2


def test_only_numbers_and_the_rules_sentences_are_sent(cast: Cast, model: FakeLLMServer):
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


def test_what_was_sent_is_not_kept(cast: Cast, model: FakeLLMServer):
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
def test_words_that_say_more_than_the_evidence_are_refused_for_good(
    cast: Cast, model: FakeLLMServer, says, reason
):
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
def test_a_server_that_fails_leaves_the_rules_text(
    cast: Cast, model: FakeLLMServer, settings, broken, reason: str
):
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


def test_nobody_listening_leaves_the_rules_text(cast: Cast, model: FakeLLMServer, settings):
    settings.INSIGHTS_LLM_BASE_URL = "http://127.0.0.1:1/v1"
    read(cast.ada)
    with capture_logs() as logged:
        work()
    assert [entry["reason"] for entry in logged] == ["unreachable"]


def test_a_server_that_came_back_is_asked_again_and_one_that_did_not_three_times(
    cast: Cast, model: FakeLLMServer
):
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


def test_the_budget_of_a_day_is_kept_and_a_new_day_has_another(cast: Cast, model: FakeLLMServer, settings):
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


def test_calls_that_fail_are_paid_for_too(cast: Cast, model: FakeLLMServer, settings):
    settings.INSIGHTS_LLM_DAILY_CALLS, model.status = 2, 500
    read(cast.ada)
    for _ in range(4):
        work()
    assert len(model.asked) == 2


def test_what_is_new_is_worded_before_what_failed(cast: Cast, model: FakeLLMServer):
    model.status = 500
    read(cast.ada, days_to=90)
    work()
    model.status = 200
    read(cast.ben, days_to=91)
    work()
    assert [asked["evidence"]["days_to_race"] for asked in model.evidence] == [90, 91, 90]


def test_another_model_words_it_anew(cast: Cast, model: FakeLLMServer, settings):
    read(cast.ada)
    work()
    settings.INSIGHTS_LLM_MODEL = "large"
    assert read(cast.ada).written_by == "rules"
    work()
    assert read(cast.ada).written_by == "large"


def test_wordings_are_everybodys_own(cast: Cast, model: FakeLLMServer):
    read(cast.ada)
    work()
    assert read(cast.ben).written_by == "rules"


def test_old_wordings_and_questions_are_forgotten_also_without_a_model(
    cast: Cast, model: FakeLLMServer, settings
):
    read(cast.ada)
    work()
    read(cast.ada, days_to=50)
    settings.INSIGHTS_LLM_BASE_URL = ""
    work(NOON + REQUEST_LIFETIME + timedelta(seconds=1))
    assert [wording.text for wording in InsightWording.objects.all()] == [GOOD]
    work(NOON + WORDING_LIFETIME + timedelta(days=1))
    assert (InsightWording.objects.count(), ModelCalls.objects.count()) == (0, 0)


def test_an_athlete_who_leaves_takes_the_wordings_along(cast: Cast, model: FakeLLMServer):
    read(cast.ada)
    work()
    cast.ada.delete()
    assert InsightWording.objects.count() == 0
    assert ModelCalls.objects.get().calls == 1  # what was spent stays spent


@pytest.mark.parametrize(("reason", "asked"), [(None, 3), (AbortReason.SHUTDOWN, 1)])
def test_the_job_ends_between_two_when_its_worker_is_told_to_stop(
    cast: Cast, model: FakeLLMServer, reason, asked: int
):
    model.says = "This is said without a single number."
    for days_to in (90, 91, 92):
        read(cast.ada, days_to)
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="")
    context = JobContext(app=app, job=job, abort_reason=lambda: reason, start_timestamp=0.0)
    with time_machine.travel(NOON), pytest.raises(JobAborted) if reason else nullcontext():
        reword_insights.func(context, 0)
    assert len(model.asked) == asked
    assert InsightWording.objects.exclude(text="").count() == asked
