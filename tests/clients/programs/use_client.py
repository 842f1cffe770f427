"""Plays the calls of the README with the generated Python client. Checked by mypy --strict, then run."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from astral_client import AuthenticatedClient, Client
from astral_client.api.activities import activities_list, activities_upload
from astral_client.api.analytics import athlete_profile, coach_athletes_metrics, fitness_stats, running_stats
from astral_client.api.auth import auth_login, auth_me
from astral_client.api.calendar import calendar_retrieve, calendar_sessions_create
from astral_client.api.health import health_days_store
from astral_client.models import (
    CalendarSessionCreateRequest,
    Error,
    HealthDayListRequest,
    HealthDayRequest,
    Me,
    SeverityEnum,
    SignalCodeEnum,
    SignInRequest,
    Token,
    UploadRequest,
)
from astral_client.types import File

Answer = TypeVar("Answer")


def need(answer: Answer | Error | None) -> Answer:
    assert answer is not None
    assert not isinstance(answer, Error), answer
    return answer


def sign_in(address: str, email: str) -> AuthenticatedClient:
    token = auth_login.sync(
        client=Client(base_url=address), body=SignInRequest(email=email, password="astral-demo")
    )
    assert isinstance(token, Token), token
    return AuthenticatedClient(base_url=address, token=token.access_token)


def play_athlete(client: AuthenticatedClient, recording: Path) -> None:
    me = auth_me.sync(client=client)
    assert isinstance(me, Me)
    file = File(payload=BytesIO(recording.read_bytes()), file_name="run.fit")
    for status in (201, 200):
        file.payload.seek(0)
        answer = activities_upload.sync_detailed(client=client, body=UploadRequest(file=file))
        assert answer.status_code == status, answer.content
    stats = need(fitness_stats.sync(client=client, days=30, refresh=True))
    assert isinstance(stats.data.avg_pace_s_per_km, float)
    now = int(datetime.now(UTC).timestamp())
    week = need(
        running_stats.sync(
            client=client, from_timestamp=now - 604_800, to_timestamp=now, timezone="Asia/Tokyo"
        )
    )
    assert sum(point.activity_count for point in week.data.points) > 0
    day = HealthDayRequest(date=datetime.now(UTC).date(), source="manual", resting_heart_rate=47)
    need(health_days_store.sync(client=client, body=HealthDayListRequest(days=[day])))
    refused = fitness_stats.sync(client=client, days=0)
    assert isinstance(refused, Error)
    assert (refused.details.code, refused.details.field) == ("MIN_VALUE", "days")


def play_coach(client: AuthenticatedClient) -> None:
    roster = need(coach_athletes_metrics.sync(client=client, page_size=5))
    athlete = roster.data.athletes[0]
    for signal in athlete.attention_signals:
        assert isinstance(signal.severity, SeverityEnum)
        assert isinstance(signal.code, SignalCodeEnum)
    need(athlete_profile.sync(client=client, user_id=athlete.user_id))
    today = datetime.now(UTC).date()
    need(calendar_retrieve.sync(athlete.user_id, client=client, from_=today, to=today))
    need(
        calendar_sessions_create.sync(
            athlete.user_id,
            client=client,
            body=CalendarSessionCreateRequest(date=today, title="Easy run", target_duration=2400, zone=1),
        )
    )
    activities = need(activities_list.sync(client=client, is_race=False, user_id=athlete.user_id))
    assert activities.pagination.total > 0


if __name__ == "__main__":
    address, recording = sys.argv[1:]
    play_athlete(sign_in(address, "athlete@demo.test"), Path(recording))
    play_coach(sign_in(address, "coach@demo.test"))
