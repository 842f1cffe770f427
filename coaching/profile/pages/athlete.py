"""The athlete's page for coaches, and the same page without coach features as the athlete's own home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from astral.dates.relative_dates import format_past_date
from astral.http.fields import ChoiceField, StrictSerializer
from astral.ids import encode
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.models import Athlete, User
from athletes.organizations.edit_rights import has_recording_role
from athletes.organizations.pages.coach_notes import load_coach_notes
from coaching.absences.current import current_absences
from coaching.calendar.pages.week_card import load_week_card
from coaching.comments.unread import count_unread_by_athlete
from coaching.plan_instances.controls import load_plan_controls
from coaching.plan_instances.pages import load_plan_choices
from coaching.profile.load_forecast import LoadForecast, forecast_load
from coaching.profile.pages.action_links import ActionRights
from coaching.profile.pages.charts import ProgressCharts, build_progress_charts
from coaching.profile.pages.data_quality import build_quality_card
from coaching.profile.pages.headline_figures import FigureCards, build_figure_cards
from coaching.profile.pages.load_charts import count_days_ahead
from coaching.profile.pages.metric_cards import build_vo2max_card
from coaching.profile.pages.plan_calendar import build_plan_calendar
from coaching.profile.pages.signals import (
    ABSENCE_EFFECT_TEXT,
    SignalsViewer,
    build_signal_cards,
    format_shown_signals,
)
from coaching.profile.pages.upcoming_races import build_upcoming_races
from coaching.profile.profile import AthleteProfile, DataSource, load_athlete_profile
from coaching.profile.progress import ProgressSeries, load_progress_series
from coaching.profile.recent_activities import ActivitySummary
from coaching.profile.summary import AthleteSummary
from coaching.science.priority import ACKNOWLEDGED_MAX_D
from metrics.health.check_ins import has_check_in
from metrics.models import Activity
from metrics.pace_or_speed import format_pace_or_speed, name_pace_or_speed
from metrics.remeasurement.news import describe_news

PROGRESS_RANGES = {
    "4w": ("4 weeks", 5),
    "3m": ("3 months", 14),
    "1y": ("1 year", 53),
}  # with the number of ISO weeks, including this one
DEFAULT_RANGE = "3m"
WRITTEN_BY_RULES = "rules"


class AthletePageQuery(StrictSerializer):
    range = ChoiceField(list(PROGRESS_RANGES), default=DEFAULT_RANGE, help_text="How far back: 4w, 3m or 1y.")


@dataclass(frozen=True, slots=True)
class RecentActivityRow:
    """An activity in the list."""

    activity: ActivitySummary
    name: str
    on: date
    when_text: str
    pace_or_speed_name: str
    pace_or_speed: str
    address: str


@dataclass(frozen=True, slots=True)
class DataSourceRow:
    source: str
    on: date
    when_text: str


class AthletePageBase(ProtectedPage):
    template_name = "coaching/profile/athlete.html"
    query_serializer_class = AthletePageQuery

    def render_athlete(self, athlete: Athlete) -> HttpResponse:
        """The athlete's own page hides everything that is for coaches."""
        now, chosen, own = timezone.now(), self.parse_query()["range"], athlete.pk == self.person.pk
        profile = load_athlete_profile(self.person, athlete, now)
        summary, units = profile.summary, self.page_user.units
        visibility = summary.visibility
        may_record = own or has_recording_role(self.page_user, profile.memberships)
        self.permit.note_withheld(athlete.pk, visibility)
        past = load_progress_series(
            athlete, PROGRESS_RANGES[chosen][1], now, visibility, summary.figures.vo2max_method
        )
        return self.page(
            section="own" if own else "roster",
            own=own,
            profile=profile,
            summary=summary,
            athlete_zone=athlete.zone,
            figures=_build_figures(profile, past, units),
            charts=_build_charts(athlete, past, summary, now, units),
            quality=build_quality_card(
                summary.data_quality, past.training.zones_coverage if past.training else None
            ),
            since=past.days[0],
            week=load_week_card(athlete, now, visibility, units, own=own),
            calendar=build_plan_calendar(summary, athlete, now, units),
            recent=_build_recent_rows(profile, athlete, units),
            unread=self._count_unread(athlete, now),
            asks_morning=own and not has_check_in(athlete.pk, summary.today),
            measured_again=describe_news(athlete.pk) if own else "",
            sources=[_build_source_row(source, athlete, now) for source in profile.sources],
            notes=[] if own else load_coach_notes(self.person, athlete),
            may_record=may_record,
            **self._build_plan_context(athlete, summary, now),
            **_build_text_context(profile, units),
            **_build_notice_context(profile),
            **_build_signals_context(profile, self._build_signals_viewer(profile, may_record)),
            **self._build_navigation_context(chosen),
        )

    def _build_plan_context(self, athlete: Athlete, summary: AthleteSummary, now: datetime) -> dict[str, Any]:
        """What a coach can do with plans; nothing on one's own page, and without consent."""
        if athlete.pk == self.person.pk or not summary.visibility.goals_and_plans:
            return {"plan_choices": None, "plan_controls": ()}
        return {
            "plan_choices": load_plan_choices(self.person, athlete, summary.today),
            "plan_controls": load_plan_controls(self.person, athlete, now),
        }

    def _build_signals_viewer(self, profile: AthleteProfile, may_record: bool) -> SignalsViewer:
        """A coach may also change the calendars of the athletes who are assigned to them."""
        is_assigned = any(place.assigned_coach_id == self.person.pk for place in profile.memberships)
        may = ActionRights(may_record, may_record or is_assigned)
        return SignalsViewer(self.person.pk, self.page_user.units, may)

    def _count_unread(self, athlete: Athlete, now: datetime) -> int:
        """On one's own page of all comments, else of this athlete alone."""
        unread = count_unread_by_athlete(self.person, now)
        return sum(unread.values()) if athlete.pk == self.person.pk else unread.get(athlete.pk, 0)

    def _build_navigation_context(self, chosen: str) -> dict[str, Any]:
        return {
            "range": chosen,
            "ranges": [(name, words) for name, (words, _) in PROGRESS_RANGES.items()],
            "here": self.request.get_full_path(),
            "quiet_days": range(1, ACKNOWLEDGED_MAX_D + 1),
        }


class AthletePage(AthletePageBase):
    def get(self, request: HttpRequest, user_id: str) -> HttpResponse:
        return self.render_athlete(self.permit.athlete(parse_id(User.prefix, user_id, "user_id")))


class OwnPage(AthletePageBase):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render_athlete(self.person.athlete)


def _build_charts(
    athlete: Athlete, past: ProgressSeries, summary: AthleteSummary, now: datetime, units: str
) -> ProgressCharts:
    """The charts, with the plan ahead if the viewer may see it. Three statements at most."""
    forecast = LoadForecast()
    if past.training and summary.visibility.goals_and_plans:
        race_days = [race.date for race in summary.races]
        forecast = forecast_load(athlete, past.training, now, count_days_ahead(past), race_days)
    return build_progress_charts(past, forecast, summary.races, units)


def _build_figures(profile: AthleteProfile, past: ProgressSeries, units: str) -> FigureCards:
    numbers = profile.summary.figures
    vo2max = None if numbers.vo2max_method is None else build_vo2max_card(numbers)
    return build_figure_cards(numbers, past, profile.trends.recovery_score, vo2max, units)


def _build_text_context(profile: AthleteProfile, units: str) -> dict[str, Any]:
    """Today's numbers as texts, for the template."""
    summary = profile.summary
    return {
        "by_rules": all(insight.written_by == WRITTEN_BY_RULES for insight in profile.insights),
        "races": build_upcoming_races(summary, units),
    }


def _build_signals_context(profile: AthleteProfile, viewer: SignalsViewer) -> dict[str, Any]:
    """The signals. Without any data there are no alerts, and the first steps and the data quality say why."""
    cards = build_signal_cards(profile.summary, viewer)
    return {
        "signals": [card for card in cards if not (_is_blank(profile) and card.code == "PROFILE_INCOMPLETE")],
        "signals_shown": format_shown_signals(profile.summary.visible_signals.signals),
        "has_recent_data": profile.summary.figures.has_recent_data(profile.as_of),
    }


def _is_blank(profile: AthleteProfile) -> bool:
    """Whether nothing was ever recorded. False if it may be withheld."""
    visibility = profile.summary.visibility
    return not profile.sources and visibility.activities and visibility.health


def _build_notice_context(profile: AthleteProfile) -> dict[str, Any]:
    """Absence, missing data and withheld categories, for the template."""
    visibility = profile.summary.visibility
    return {
        "absence": _format_absence(profile.summary),
        "absence_hint": ABSENCE_EFFECT_TEXT,
        "blank": _is_blank(profile),
        "hides": {
            "activities": not visibility.activities,
            "health": not visibility.health,
            "goals_and_plans": not visibility.goals_and_plans,
        },
    }


def _format_absence(summary: AthleteSummary) -> str:
    """The current absence: one statement. Empty without one, or if it is withheld."""
    days = {summary.person.user_id: summary.today} if summary.visibility.goals_and_plans else {}
    return "".join(absence.describe(summary.today) for absence in current_absences(days).values())


def _build_recent_rows(profile: AthleteProfile, athlete: Athlete, units: str) -> list[RecentActivityRow]:
    today = profile.summary.today
    return [_build_recent_row(activity, athlete, today, units) for activity in profile.recent_activities]


def _build_recent_row(
    activity: ActivitySummary, athlete: Athlete, today: date, units: str
) -> RecentActivityRow:
    day, sport = activity.started_at.astimezone(athlete.zone).date(), activity.activity_type
    return RecentActivityRow(
        activity,
        name=activity.name or sport.capitalize(),
        on=day,
        when_text=format_past_date(day, today),
        pace_or_speed_name=name_pace_or_speed(sport),
        pace_or_speed=format_pace_or_speed(activity.duration_s, activity.distance_m, sport, units),
        address=reverse("activity-page", args=[encode(Activity.prefix, activity.activity_id)]),
    )


def _build_source_row(source: DataSource, athlete: Athlete, now: datetime) -> DataSourceRow:
    day = source.last_data_at.astimezone(athlete.zone).date()
    return DataSourceRow(source.name.replace("_", " "), day, format_past_date(day, athlete.local_date(now)))
