"""Signals, pages and downloads for the tests of the roster."""

from __future__ import annotations

import csv
import html
import re
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

from django.test import Client

from athletes.models import User
from coaching.assessments.current import current_assessments
from coaching.models import Assessment
from metrics.models import HealthDay
from tests.support.cast import NOON, Cast, create_member, create_person, create_run
from tests.support.compare_pages import collapse_white_space

URGENT = {
    "code": "POSSIBLE_ILLNESS", "domain": "recovery", "severity": "critical", "since": "2026-06-09",
    "message": "Resting heart rate is 10 bpm above.", "evidence": {"value": 10.0}, "confidence": 1.0,
}  # fmt: skip
WARNING = URGENT | {"code": "LOAD_JUMP", "domain": "load", "severity": "warning", "message": "Load is 845."}
INFO = URGENT | {"code": "RAMP_HIGH", "domain": "load", "severity": "info", "message": "Fitness rises fast."}
PRAISE = URGENT | {"code": "NEW_PB", "domain": "positive", "severity": "positive", "message": "A record."}
PRIORITY = {"critical": 60.0, "warning": 25.0, "info": 8.0, "positive": 0.0}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def get_page(user: User, query: str = "", status: int = 200) -> str:
    """Return the HTML of the page, unescaped, without the white space between its tags."""
    answer = browser(user).get(f"/coach/{query}")
    assert answer.status_code == status, answer.content
    return html.unescape(collapse_white_space(answer.content.decode()))


def cut_between(text: str, begin: str, end: str) -> str:
    return text.split(begin, 1)[1].split(end, 1)[0]


def list_table_names(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*><bdi>([^<]*)</bdi>', text)


def list_queue_names(text: str) -> list[str]:
    return re.findall(r"<h3><a [^>]*><bdi>([^<]*)</bdi>", text)


def set_signals(user: User, *signals: dict[str, Any], **fields: Any) -> None:
    """Store these signals as the current assessment. The default priority is that of the most severe one."""
    current_assessments([user.pk], NOON)
    counts = {
        name: sum(signal["severity"] == name for signal in signals)
        for name in ("critical", "warning", "info")
    }
    priority = max((PRIORITY[signal["severity"]] for signal in signals), default=0.0)
    Assessment.objects.filter(pk=user.pk).update(
        **{"signals": list(signals), "priority": priority} | counts | fields
    )


def download_table(user: User, query: str = "") -> tuple[Any, list[dict[str, str]]]:
    """Return the response and the rows of the CSV file."""
    answer: Any = browser(user).get(f"/coach/roster.csv{query}")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    assert text[0] == "\ufeff"
    return answer, list(csv.DictReader(StringIO(text[1:])))


def create_runs(*users: User) -> None:
    """One run of today for each, so that there is recent data."""
    for user in users:
        create_run(user)


def fall_ill(user: User, now: datetime = NOON) -> None:
    """Two months of steady mornings, then three with a high resting heart rate and a low HRV."""
    for back in range(60):
        is_ill = back < 3
        HealthDay.objects.create(
            athlete=user.athlete, date=(now - timedelta(days=back)).date(), source="x",
            hrv_rmssd_ms=30.0 if is_ill else 60.0 + back % 5,
            resting_hr_bpm=65 if is_ill else 50 + back % 3,
        )  # fmt: skip
    create_run(user, now)


def create_runner(name: str, cast: Cast, *signals: dict[str, Any], **fields: Any) -> User:
    user = create_person(name)
    create_member(user, cast.harbour)
    set_signals(user, *signals, **fields)
    return user
