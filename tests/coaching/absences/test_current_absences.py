"""Absences that are current on each athlete's local day."""

from __future__ import annotations

from datetime import date

from pytest_django import DjangoAssertNumQueries

from coaching.absences.current import CurrentAbsence, current_absences
from tests.coaching.plan_fixtures import TODAY, create_absence, get_day
from tests.support.cast import Cast


def test_current_absences_takes_one_statement(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries):
    create_absence(cast.ada, -3, None)
    create_absence(cast.ada, -1, 5, "holiday")
    create_absence(cast.ben, 1, 4, "injured")
    create_absence(cast.carl, -9, -1)
    with django_assert_num_queries(1):
        assert current_absences(dict.fromkeys((cast.ada.pk, cast.ben.pk, cast.carl.pk), TODAY)) == {
            cast.ada.pk: CurrentAbsence("ill", get_day(-3), None)
        }
    with django_assert_num_queries(0):
        assert current_absences({}) == {}


def test_absence_is_current_from_its_first_to_its_last_local_day(cast: Cast):
    create_absence(cast.ada, 0, 0, "off_season")
    create_absence(cast.ben, 0, 0, "off_season")
    found = current_absences({cast.ada.pk: TODAY, cast.ben.pk: get_day(1)})
    assert found == {cast.ada.pk: CurrentAbsence("off_season", TODAY, TODAY)}
    assert current_absences({cast.ada.pk: get_day(-1)}) == {}


def test_absence_formats_as_text():
    today = date(2026, 11, 22)
    assert CurrentAbsence("ill", today, None).words(today) == "Ill since 22 Nov, end open"
    assert CurrentAbsence("injured", today, date(2026, 12, 3)).words(today) == "Injured until 3 Dec"
    assert CurrentAbsence("off_season", today, date(2027, 1, 9)).words(today) == "Off season until 9 Jan 2027"
