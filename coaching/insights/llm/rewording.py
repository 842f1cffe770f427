"""A model may word insights: asked for when a profile is read, worded by the worker, found again by digest.

Without the settings nothing is asked, sent or looked up. What a model says is never more than the words: an insight's
kind, title and evidence are the rules', and so is the text wherever the model's does not pass `insights.checking`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import F, JSONField, OuterRef, Value
from django.db.models.functions import JSONObject

from athletes.models import Athlete
from coaching.insights import Insight, Units
from coaching.insights.llm.client import LLMEndpoint, LLMUnavailable, chat
from coaching.insights.llm.fact_check import find_rejection_reason
from coaching.insights.llm.prompt import InsightPrompt
from coaching.models import InsightWording, ModelCalls
from coaching.models.insight_texts import WAITING_FILTER

WORDING_LIFETIME = timedelta(days=7)  # all of them come along when a profile is read
REQUEST_LIFETIME = timedelta(days=1)  # what nobody has worded by then is about a day that is over
MAX_ATTEMPTS = 3
MAX_PER_ROUND = 20  # the next round comes in a minute, and others want the worker too
log = structlog.get_logger("coaching.insights.llm.rewording")

# Whoever is within the budget of the day takes one call of it; two workers never take the same.
TAKE_CALL_SQL = """
INSERT INTO coaching_modelcalls AS today (day, calls) VALUES (%s, 1)
ON CONFLICT (day) DO UPDATE SET calls = today.calls + 1 WHERE today.calls < %s
RETURNING calls
"""


def llm_endpoint() -> LLMEndpoint | None:
    if not settings.INSIGHTS_LLM_BASE_URL:
        return None
    return LLMEndpoint(
        settings.INSIGHTS_LLM_BASE_URL,
        settings.INSIGHTS_LLM_MODEL,
        settings.INSIGHTS_LLM_TIMEOUT_S,
        settings.INSIGHTS_LLM_API_KEY,
    )


def build_wordings_subquery() -> ArraySubquery | Value:
    """For a queryset of athletes: each one's wordings as `reword` takes them. No statement of its own."""
    if llm_endpoint() is None:
        return Value([], JSONField())
    theirs = InsightWording.objects.filter(athlete=OuterRef("pk")).order_by("pk")
    return ArraySubquery(theirs.values(told=JSONObject(digest="digest", text="text", model="model")))


def reword(
    athlete_id: UUID,
    units: Units,
    insights: Sequence[Insight],
    known: Sequence[Mapping[str, str]],
    now: datetime,
) -> list[Insight]:
    """Each insight in the words of the model where there are any; the others wait to be worded.

    `known`: from `build_wordings_subquery`. No statement; one where something is asked for the first time.
    """
    model = llm_endpoint()
    if model is None:
        return list(insights)
    by_digest = {one["digest"]: one for one in known}
    questions = {InsightPrompt.from_insight(one, units).digest(model.model): one for one in insights}
    _request_wordings(
        athlete_id,
        units,
        {digest: one for digest, one in questions.items() if digest not in by_digest},
        model,
        now,
    )
    return [_apply_wording(one, by_digest.get(digest)) for digest, one in questions.items()]


def _apply_wording(insight: Insight, wording: Mapping[str, str] | None) -> Insight:
    if wording is None or not wording["text"]:
        return insight
    return replace(insight, text=wording["text"], written_by=wording["model"])


def _request_wordings(
    athlete_id: UUID, units: Units, insights: Mapping[str, Insight], model: LLMEndpoint, now: datetime
) -> None:
    asked = [
        InsightWording(
            athlete_id=athlete_id,
            digest=digest,
            question=InsightPrompt.from_insight(insight, units).to_dict(),
            model=model.model,
            created_at=now,
        )
        for digest, insight in insights.items()
    ]
    if asked:
        InsightWording.objects.bulk_create(
            asked, ignore_conflicts=True
        )  # somebody else may just have asked the same


def reword_waiting(now: datetime) -> Iterator[InsightWording]:
    """Word what is waiting, what was asked last first, until the day's budget is spent or the server does not answer.

    Each is given when it is done with, so that a worker can be stopped in between.
    """
    delete_old_wordings(now)
    model = llm_endpoint()
    if model is None:
        return
    waiting = InsightWording.objects.filter(
        WAITING_FILTER, model=model.model, created_at__gt=now - REQUEST_LIFETIME
    )
    for wording in waiting.order_by("attempts", "-created_at")[:MAX_PER_ROUND]:
        if not _take_call(now):
            return
        if not _reword_one(wording, model):
            return
        yield wording


def delete_old_wordings(now: datetime) -> None:
    """Wordings are forgotten after a week, and asked for again where they still hold; questions after a day."""
    InsightWording.objects.filter(created_at__lt=now - WORDING_LIFETIME).delete()
    InsightWording.objects.filter(WAITING_FILTER, created_at__lt=now - REQUEST_LIFETIME).delete()
    ModelCalls.objects.filter(day__lt=(now - WORDING_LIFETIME).date()).delete()


def _take_call(now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(TAKE_CALL_SQL, [now.date(), settings.INSIGHTS_LLM_DAILY_CALLS])
        within = cursor.fetchone() is not None
    if not within:
        log.info("insights_budget_spent", daily_calls=settings.INSIGHTS_LLM_DAILY_CALLS)
    return within


def _reword_one(wording: InsightWording, model: LLMEndpoint) -> bool:
    """Whether the server answered, with good words or bad ones."""
    question = InsightPrompt.from_dict(wording.question)
    try:
        text = chat(model, question.messages())
    except LLMUnavailable as error:
        log.warning("insight_not_answered", kind=question.kind, reason=str(error))
        given_up = wording.attempts + 1 >= MAX_ATTEMPTS
        _update_wording(
            wording,
            attempts=F("attempts") + 1,
            **({"refused": str(error), "question": {}} if given_up else {}),
        )
        return False
    if fault := find_rejection_reason(text, question):
        log.warning("insight_refused", kind=question.kind, reason=fault)
        _update_wording(wording, refused=fault, question={})
    else:
        _save_text(wording, text)
    return True


def _update_wording(wording: InsightWording, **changes: Any) -> None:
    InsightWording.objects.filter(pk=wording.pk, athlete_id=wording.athlete_id).update(**changes)


@transaction.atomic
def _save_text(wording: InsightWording, text: str) -> None:
    """With the athlete's data version, so that no answer is kept that has the old words."""
    Athlete.objects.filter(pk=wording.athlete_id).bump_version()
    _update_wording(wording, text=text, question={})
