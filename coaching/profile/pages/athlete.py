"""One athlete at a glance, for a coach; and the same page as the athlete's own home, without what is for coaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from astral.http.fields import ChoiceField, StrictSerializer
from astral.ids import encode
from astral.relative_dates import ago
from athletes.access.permissions import parse_id
from athletes.access.protected_page import ProtectedPage
from athletes.models import Athlete, User
from athletes.organizations.edit_rights import records_there
from athletes.organizations.pages.coach_notes import notes_of
from coaching.absences.current import current_absences
from coaching.plan_instances.pages import plans_to_give
from coaching.profile.pages.charts import charts
from coaching.profile.pages.data_quality import quality_words
from coaching.profile.pages.metric_cards import health_facts, training_facts, vo2max_fact
from coaching.profile.pages.plan_calendar import plan_calendar
from coaching.profile.pages.signals import QUIET_WHILE_AWAY, build_signal_cards
from coaching.profile.pages.upcoming_races import races_words
from coaching.profile.profile import AthleteProfile, DataSource, load_athlete_profile
from coaching.profile.progress import load_progress_series
from coaching.profile.recent_activities import ActivitySummary
from coaching.profile.summary import AthleteSummary
from coaching.science.priority import ACKNOWLEDGED_MAX_D
from metrics.models import Activity

RANGES = {
    "4w": ("4 weeks", 5),
    "3m": ("3 months", 14),
    "1y": ("1 year", 53),
}  # with how many ISO weeks, this one too
USUAL = "3m"
BY_RULES = "rules"


class RangeAddress(StrictSerializer):
    range = ChoiceField(list(RANGES), default=USUAL, help_text="How far back: 4w, 3m or 1y.")


@dataclass(frozen=True, slots=True)
class Done:
    """An activity in the list."""

    outing: ActivitySummary
    name: str
    on: date
    when: str
    pace_s_per_km: float | None
    address: str


@dataclass(frozen=True, slots=True)
class Heard:
    source: str
    on: date
    when: str


class AthleteAtAGlance(ProtectedPage):
    template_name = "coaching/profile/athlete.html"
    query_serializer_class = RangeAddress

    def shown(self, athlete: Athlete) -> HttpResponse:
        """Whoever looks at themselves sees nothing that is for coaches."""
        now, chosen, own = timezone.now(), self.parse_query()["range"], athlete.pk == self.person.pk
        profile = load_athlete_profile(self.person, athlete, now)
        one, units = profile.summary, self.page_user.units
        withheld = one.withheld
        past = load_progress_series(athlete, RANGES[chosen][1], now, one.figures.vo2max_method, withheld)
        return self.page(
            section="own" if own else "roster",
            own=own,
            profile=profile,
            one=one,
            athlete_zone=athlete.zone,
            charts=charts(past, units),
            since=past.days[0],
            calendar=plan_calendar(one, athlete, now, units),
            recent=_recent(profile, athlete),
            sources=[_heard(source, athlete, now) for source in profile.sources],
            notes=[] if own else notes_of(self.person, athlete),
            to_give=None
            if own or "goals_and_plans" in withheld
            else plans_to_give(self.person, athlete, one.today),
            may_record=own or records_there(self.page_user, profile.memberships),
            **_in_words(profile, units),
            **_missing(profile),
            **self._address(chosen),
        )

    def _address(self, chosen: str) -> dict[str, Any]:
        return {
            "range": chosen,
            "ranges": [(name, words) for name, (words, _) in RANGES.items()],
            "here": self.request.get_full_path(),
            "quiet_days": range(1, ACKNOWLEDGED_MAX_D + 1),
        }


class AthletePage(AthleteAtAGlance):
    def get(self, request: HttpRequest, user_id: str) -> HttpResponse:
        return self.shown(self.permit.athlete(parse_id(User.prefix, user_id, "user_id")))


class OwnPage(AthleteAtAGlance):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(self.person.athlete)


def _in_words(profile: AthleteProfile, units: str) -> dict[str, Any]:
    """What today's numbers say, for the template."""
    one = profile.summary
    return {
        "signals": build_signal_cards(one, units),
        "by_rules": all(insight.written_by == BY_RULES for insight in profile.insights),
        "training": training_facts(one.figures, units),
        "health": health_facts(one.figures),
        "vo2max": vo2max_fact(one.figures),
        "races": races_words(one, units),
        "quality": quality_words(one.data_quality),
    }


def _missing(profile: AthleteProfile) -> dict[str, Any]:
    """The athlete who is away, what never came in, and what is not shared."""
    withheld = profile.summary.withheld
    return {
        "away": _away(profile.summary),
        "quiet_while_away": QUIET_WHILE_AWAY,
        "blank": not profile.sources and not {"activities", "health"}.intersection(withheld),
        "hides": {category: category in withheld for category in ("activities", "health", "goals_and_plans")},
    }


def _away(one: AthleteSummary) -> str:
    """One statement; empty for who trains, and where it is withheld."""
    asked = {} if "goals_and_plans" in one.withheld else {one.person.user_id: one.today}
    return "".join(gone.words(one.today) for gone in current_absences(asked).values())


def _recent(profile: AthleteProfile, athlete: Athlete) -> list[Done]:
    return [_done(outing, athlete, profile.summary.today) for outing in profile.recent_activities]


def _done(outing: ActivitySummary, athlete: Athlete, today: date) -> Done:
    day = outing.started_at.astimezone(athlete.zone).date()
    pace = 1000 * outing.duration_s / outing.distance_m if outing.distance_m else None
    name = outing.name or outing.activity_type.capitalize()
    address = reverse("activity-page", args=[encode(Activity.prefix, outing.activity_id)])
    return Done(outing, name, day, ago(day, today), pace, address)


def _heard(source: DataSource, athlete: Athlete, now: datetime) -> Heard:
    day = source.last_data_at.astimezone(athlete.zone).date()
    return Heard(source.name.replace("_", " "), day, ago(day, athlete.local_date(now)))
