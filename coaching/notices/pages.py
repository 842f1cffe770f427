"""Page: the last week of a club, as its digest tells it."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from astral.http.fields import DayField, IdField, StrictSerializer
from athletes.models import Organization
from athletes.organizations.pages.organizations import OrganizationPage
from coaching.notices.club_week import load_club_week

OLDEST_WEEK = timedelta(weeks=53)  # unread notices that lead here are kept for a year


class DigestPageQuery(StrictSerializer):
    org_id = IdField(Organization.prefix, required=False, help_text="The club; default: as on the roster.")
    week = DayField(required=False, help_text="A day of the week that began when the digest came.")


class DigestPage(OrganizationPage):
    """The week before. It is read again each time, so it shows only what the coach may see now."""

    template_name = "coaching/notices/digest.html"
    query_serializer_class = DigestPageQuery

    def get(self, request: HttpRequest) -> HttpResponse:
        query, now = self.parse_query(), timezone.now()
        club = self.organization(query.get("org_id"))
        monday = self._choose_monday(query.get("week"), now.astimezone(self.page_user.zone).date())
        week = load_club_week(self.permit.viewer, club, monday, now)
        self.permit.note_shown(week.shown, week.shown)
        return self.page(section="roster", club=club, week=week)

    def _choose_monday(self, day: date | None, today: date) -> date:
        """At most this week's: the one before it is over. At least that of 53 weeks ago."""
        chosen = max(min(day or today, today), today - OLDEST_WEEK)
        return chosen - timedelta(days=chosen.weekday())
