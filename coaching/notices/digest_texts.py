"""Weekly digests in words: one line in the inbox, some lines in the e-mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from astral.dates.local_time import format_date
from athletes.looks.collector import WHOLE_ATHLETE, get_look_collector
from athletes.models import Notice, Organization, User
from athletes.notices.texts import NoticeText
from coaching.notices.club_week import ClubWeek, NamedAthlete, load_club_week

MOST_NAMED = 15  # in one part of the e-mail


def read_digest_notices(
    person: User, notices: Sequence[Notice], now: datetime, is_mail: bool
) -> dict[UUID, NoticeText]:
    """One statement; for an e-mail also those of `load_club_week`."""
    ids = {notice.organization_id for notice in notices if notice.organization_id}
    clubs: dict[UUID | None, Organization] = {
        club.pk: club for club in Organization.objects.filter(pk__in=ids)
    }
    return {
        notice.pk: NoticeText(
            f"The last week in {club.name}",
            tuple(_list_lines(person, club, notice.day, now)) if is_mail else (_name_week(notice.day),),
            build_digest_path(club, notice.day),
        )
        for notice in notices
        if notice.day and (club := clubs.get(notice.organization_id))
    }


def build_digest_path(club: Organization, monday: date) -> str:
    return f"{reverse('digest-page')}?{urlencode({'org_id': club.public_id, 'week': monday.isoformat()})}"


def _name_week(monday: date) -> str:
    return f"The seven days before {format_date(monday)}."


def _list_lines(person: User, club: Organization, monday: date, now: datetime) -> Iterator[str]:
    """An e-mail shows what a coach sees, also to staff: nothing that athletes withhold from the club."""
    week = load_club_week(User(pk=person.pk), club, monday, now)
    for pk, visibility in week.shown.items():
        shown = [name for name in WHOLE_ATHLETE if name not in visibility.withheld]
        get_look_collector().add(person, pk, shown)
    yield f"{format_date(week.first)} to {format_date(week.last)}."
    yield _describe_signals(week)
    for row in week.signals[:MOST_NAMED]:
        urgency = "urgent" if row.is_urgent else "watch"
        yield f"{row.athlete.name} ({urgency}): {' '.join(row.descriptions)}"
    if week.due_count:
        yield _describe_sessions(week)
        for missed in week.unfinished[:MOST_NAMED]:
            yield f"{missed.athlete.name}: {missed.done} of {missed.due}"
    if week.silent:
        yield f"Without an activity: {_join_names(week.silent)}."


def _describe_signals(week: ClubWeek) -> str:
    of_whom = f"your {week.athlete_count}" if week.is_assigned else f"{week.athlete_count}"
    number = len(week.signals)
    return f"{number or 'None'} of {of_whom} athletes need{'s' if number == 1 else ''} you."


def _describe_sessions(week: ClubWeek) -> str:
    share = 100 * week.done_count // week.due_count
    return f"Plans: {week.done_count} of {week.due_count} sessions were done ({share} %)."


def _join_names(athletes: Sequence[NamedAthlete]) -> str:
    names = ", ".join(athlete.name for athlete in athletes[:MOST_NAMED])
    more = len(athletes) - MOST_NAMED
    return f"{names} and {more} more" if more > 0 else names
