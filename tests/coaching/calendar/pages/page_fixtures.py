"""A client that reads pages of the calendar and sends the forms that it finds on them."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from athletes.models import User
from coaching.models import CalendarSession

FIELD = re.compile(r"<(?:input|select|textarea)\b[^>]*\bname=\"(\w+)\"[^>]*>", re.DOTALL)


def get_calendar_path(viewer: User, athlete: User) -> str:
    return "/home/calendar" if viewer == athlete else f"/coach/athletes/{athlete.public_id}/calendar"


def get_session_path(athlete: User, session: CalendarSession) -> str:
    return f"/athletes/{athlete.public_id}/sessions/{session.public_id}"


def count_statements(viewer: User, path: str) -> int:
    client = PageClient(viewer).client
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


class PageClient:
    """A signed-in browser without scripts."""

    def __init__(self, user: User) -> None:
        self.user, self.client = user, Client()
        self.client.force_login(user)

    def read(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.content
        return self.unescape(answer)

    def unescape(self, answer: Any) -> str:
        """The HTML with every run of white space as one space."""
        text = re.sub(r"</?bdi>", "", html.unescape(answer.content.decode()))
        return re.sub(r"\s+", " ", text)

    def read_day(self, text: str, day: date) -> str:
        return text.split(f'data-day="{day}"')[1].split("</td>")[0]

    def fill(self, path: str, action: str, **typed: str) -> tuple[str, dict[str, str]]:
        """The address and the fields of the form on `path` whose action ends with `action`."""
        text = html.unescape(self.client.get(path).content.decode())
        ending = action or path.split("?")[0].rsplit("/", 1)[1]
        opening = rf'<form\b[^>]*action="([^"]*{re.escape(ending)})"[^>]*>'
        found = re.search(rf"{opening}(.*?)</form>", text, re.DOTALL)
        assert found, f"no form {ending}"
        return found[1], read_fields(found[2]) | typed

    def post(self, address: str, fields: dict[str, str]) -> Any:
        return self.client.post(address, fields, follow=True)

    def submit(self, path: str, action: str, **typed: str) -> Any:
        """Fill the form and send it; the answer after all redirects."""
        return self.post(*self.fill(path, action, **typed))

    def press(self, answer: Any, button: str) -> Any:
        """Press the first button with this text on the page."""
        text = html.unescape(answer.content.decode())
        forms = re.findall(r'<form\b[^>]*action="([^"]*)"[^>]*>(.*?)</form>', text, re.DOTALL)
        address, fields = next((to, inner) for to, inner in forms if re.search(rf">\s*{button}<", inner))
        return self.post(address, read_fields(fields))


def read_fields(text: str) -> dict[str, str]:
    """The fields of a form with their values."""
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", text, re.DOTALL):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            fields[name[1]] = value[1] if value else ""
    for name, inner in re.findall(r'<select\b[^>]*name="(\w+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        selected = re.search(r'<option value="([^"]*)" selected', inner)
        fields[name] = selected[1] if selected else ""
    for name, inner in re.findall(r'<textarea\b[^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', text, re.DOTALL):
        fields[name] = inner
    return fields
