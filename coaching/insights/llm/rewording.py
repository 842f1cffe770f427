"""Optional rewording of insights by a model: requested when a profile is read, done by the worker.

Without the settings, nothing is requested, sent or looked up. The model changes only the text. Kind, title
and evidence stay those of the rules, and so does the text if the model's text fails `fact_check`.
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
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject

from astral.database.replicas import require_primary
from athletes.models import Athlete
from coaching.insights import Insight, Units
from coaching.insights.llm.client import LLMEndpoint, LLMUnavailable, chat
from coaching.insights.llm.fact_check import find_rejection_reason
from coaching.insights.llm.prompt import InsightPrompt
from coaching.models import InsightWording, ModelCalls
from coaching.models.insight_texts import WAITING_FILTER

WORDING_LIFETIME = timedelta(days=7)  # reading a profile loads all wordings
REQUEST_LIFETIME = timedelta(days=1)  # an older request is about a past day
MAX_ATTEMPTS = 3
MAX_PER_ROUND = 20  # the next round is in a minute; other tasks need the worker too
log = structlog.get_logger("coaching.insights.llm.rewording")

# Take one call of the daily budget. One statement, so two workers never take the same call.
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


def build_wordings_subquery() -> ArraySubquery:
    """Annotation for a queryset of athletes: their wordings, as `reword` needs them. Adds no statement."""
    wordings = InsightWording.objects.filter(athlete=OuterRef("pk")).order_by("pk")
    return ArraySubquery(wordings.values(wording=JSONObject(digest="digest", text="text", model="model")))


def reword(
    athlete_id: UUID,
    units: Units,
    insights: Sequence[Insight],
    known: Sequence[Mapping[str, str]],
    now: datetime,
) -> list[Insight]:
    """Return the insights, in the model's words where available. The others are stored as requests.

    `known`: from `build_wordings_subquery`. Runs no statement, or one if there is a new request.
    """
    model = llm_endpoint()
    if model is None:
        return list(insights)
    by_digest = {wording["digest"]: wording for wording in known}
    prompts = {
        InsightPrompt.from_insight(insight, units).digest(model.model): insight for insight in insights
    }
    _request_wordings(
        athlete_id,
        units,
        {digest: insight for digest, insight in prompts.items() if digest not in by_digest},
        model,
        now,
    )
    return [_apply_wording(insight, by_digest.get(digest)) for digest, insight in prompts.items()]


def _apply_wording(insight: Insight, wording: Mapping[str, str] | None) -> Insight:
    if wording is None or not wording["text"]:
        return insight
    return replace(insight, text=wording["text"], written_by=wording["model"])


def _request_wordings(
    athlete_id: UUID, units: Units, insights: Mapping[str, Insight], model: LLMEndpoint, now: datetime
) -> None:
    requests = [
        InsightWording(
            athlete_id=athlete_id,
            digest=digest,
            question=InsightPrompt.from_insight(insight, units).to_dict(),
            model=model.model,
            created_at=now,
        )
        for digest, insight in insights.items()
    ]
    if requests:
        require_primary()
        # Another request may have stored the same digest at the same time.
        InsightWording.objects.bulk_create(requests, ignore_conflicts=True)


def reword_waiting(now: datetime) -> Iterator[InsightWording]:
    """Reword waiting insights, newest first, until the daily budget is spent or the server does not answer.

    Yields each one when it is done, so that a worker can stop in between.
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
    """Delete wordings after a week and open requests after a day. Wordings in use are requested again."""
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
    """Reword one insight. Returns whether the server answered, even if the text was rejected."""
    prompt = InsightPrompt.from_dict(wording.question)
    try:
        text = chat(model, prompt.messages())
    except LLMUnavailable as error:
        log.warning("insight_not_answered", kind=prompt.kind, reason=str(error))
        is_last_attempt = wording.attempts + 1 >= MAX_ATTEMPTS
        _update_wording(
            wording,
            attempts=F("attempts") + 1,
            **({"refused": str(error), "question": {}} if is_last_attempt else {}),
        )
        return False
    if fault := find_rejection_reason(text, prompt):
        log.warning("insight_refused", kind=prompt.kind, reason=fault)
        _update_wording(wording, refused=fault, question={})
    else:
        _save_text(wording, text)
    return True


def _update_wording(wording: InsightWording, **changes: Any) -> None:
    InsightWording.objects.filter(pk=wording.pk, athlete_id=wording.athlete_id).update(**changes)


@transaction.atomic
def _save_text(wording: InsightWording, text: str) -> None:
    """Save the text and raise the athlete's data version, so that no cached answer has the old text."""
    Athlete.objects.filter(pk=wording.athlete_id).bump_version()
    _update_wording(wording, text=text, question={})
