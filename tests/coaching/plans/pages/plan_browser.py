"""A signed-in browser for the pages of plans, and short ways to use them."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client

from athletes.models import User
from coaching.models import Plan
from tests.support.compare_pages import collapse_white_space


class PlanBrowser(Client):
    def __init__(self, user: User) -> None:
        super().__init__(raise_request_exception=False)
        self.force_login(user)

    def read(self, path: str, **query: Any) -> str:
        """The text of a page, without tags."""
        answer = self.get(path, query, follow=True)
        assert answer.status_code == 200, answer.content.decode()
        return read_text(answer)

    def send(self, path: str, **fields: Any) -> Any:
        return self.post(path, fields, follow=True)

    def change_weeks(self, plan: Plan, do: str, **fields: Any) -> Any:
        version = Plan.objects.get(pk=plan.pk).version
        return self.send(plan_path(plan, "/weeks"), do=do, **({"version": version} | fields))

    def enter(self, plan: Plan, week: int, **fields: Any) -> Any:
        version = Plan.objects.get(pk=plan.pk).version
        return self.send(plan_path(plan, "/entries"), week=week, **({"version": version} | fields))


def plan_path(plan: Plan, action: str = "") -> str:
    return f"/coach/plans/{plan.public_id}{action}"


def read_text(answer: Any) -> str:
    text = re.sub(r"<[^>]*>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(collapse_white_space(text)))


def list_sessions(plan: Plan) -> list[tuple[Any, ...]]:
    return list(plan.sessions.values_list("week", "weekday", "position", "sport"))
