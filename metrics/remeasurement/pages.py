"""The button under the news of a new measurement."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from astral.http.pages import ActionPage
from athletes.access.protected_page import ProtectedPage
from metrics.remeasurement.news import mark_news_told


class NewsPage(ProtectedPage, ActionPage):
    return_page = "own-page"

    def apply_change(self, values: dict[str, Any]) -> str:
        mark_news_told(self.person.pk, timezone.now())
        return "The news is not shown again."
