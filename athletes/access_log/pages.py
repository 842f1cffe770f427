"""Page in Settings: who looked at your data."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from athletes.access.protected_page import ProtectedPage
from athletes.access_log.days import CATEGORY_TEXTS, load_look_days
from athletes.access_log.serializers import AccessLogPageQuery
from athletes.models import ActingSession

LINES_PER_PAGE = 50
SHOWN_SESSIONS = 20


class AccessLogPage(ProtectedPage):
    template_name = "athletes/access_log/access_log.html"
    query_serializer_class = AccessLogPageQuery

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.parse_query()
        category, page = query.get("category", ""), query["page"]
        first = (page - 1) * LINES_PER_PAGE
        days, has_more = load_look_days(self.person.athlete, category, first, first + LINES_PER_PAGE)
        return self.page(
            days=days,
            acted=ActingSession.objects.filter(person=self.person).select_related("staff")[:SHOWN_SESSIONS],
            months=settings.ACCESS_LOG_MONTHS,
            category=category,
            categories=CATEGORY_TEXTS.items(),
            newer=_build_log_url(category, page - 1) if page > 1 else "",
            older=_build_log_url(category, page + 1) if has_more else "",
        )


def _build_log_url(category: str, page: int) -> str:
    parameters = {"category": category} if category else {}
    return f"{reverse('access-log-page')}?{urlencode(parameters | {'page': str(page)})}"
