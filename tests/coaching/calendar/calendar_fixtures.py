"""Short helpers for tests of the calendar. Today is the Wednesday of `NOON`."""

from __future__ import annotations

from datetime import date
from typing import Any

from athletes.models import User
from coaching.models import CalendarSession
from tests.support.cast import ApiClient


class CalendarClient:
    """Calls about the calendar of `athlete`, made by `caller`."""

    def __init__(self, athlete: User, caller: User | None = None, client: Any = None) -> None:
        self.client = client or ApiClient(caller or athlete)
        self.root = f"/api/v1/athletes/{athlete.public_id}"

    def read(self, first: date, last: date | None = None) -> dict[str, Any]:
        query = {"from": str(first), "to": str(last or first)}
        answer = self.client.get(f"{self.root}/calendar", query)
        assert answer.status_code == 200, answer.content
        data: dict[str, Any] = answer.json()["data"]
        return data

    def read_sessions(self, first: date, last: date | None = None) -> list[dict[str, Any]]:
        return [session for day in self.read(first, last)["days"] for session in day["sessions"]]

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """`path` after the address of the athlete. A client of a key has no `send_json`."""
        call = getattr(self.client, method)
        return call(f"{self.root}/{path}", body, content_type="application/json")

    def add(self, day: date, **fields: Any) -> dict[str, Any]:
        """Add a session, by default an hour of running; returns it."""
        body = {"date": str(day)} | (fields or {"target_duration": 3_600})
        answer = self.send("post", "sessions", body)
        assert answer.status_code == 201, answer.content
        (session,) = answer.json()["data"]["sessions"]
        return dict(session)

    def change(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = self.send(method, path, body)
        assert answer.status_code in (200, 201, 202), answer.content
        data: dict[str, Any] = answer.json()["data"]
        return data

    def undo(self, change_id: str) -> Any:
        return self.send("post", f"calendar/changes/{change_id}/undo")

    def list_changes(self, **query: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.client.get(f"{self.root}/calendar/changes", query).json()["data"]
        return rows


def create_session(user: User, day: date, **fields: Any) -> CalendarSession:
    """A session of the athlete's own; by default an hour of running."""
    return CalendarSession.objects.create(athlete=user.athlete, day=day, **({"duration_s": 3_600.0} | fields))
