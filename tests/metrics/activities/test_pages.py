"""The page of one activity, its deletion, and the list: what they show, to whom, at which price."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from athletes.models import Athlete, Consent, Threshold, User
from metrics.activities.ingest import Upload, ingest_file
from metrics.files.xml.writer import encode_gpx
from metrics.models import Activity, Streams
from tests.support.cast import NOON, Cast, create_run
from tests.support.compare_pages import collapse_white_space, remove_form_token
from tests.support.recordings import MORNING, build_steady_run

OWN_STATEMENTS = 6  # session, user, their athlete, activity with streams, clubs, thresholds
COACH_STATEMENTS = 7  # and whether they may record


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def recorded(user: User, **options: Any) -> Activity:
    content = encode_gpx(build_steady_run(**options))
    return ingest_file(
        user.athlete, Upload(content, "run.gpx", None, False, MORNING + timedelta(days=365))
    ).activities[0]


def address(activity: Activity, more: str = "") -> str:
    return f"/activities/{activity.public_id}{more}"


def shown(user: User, activity: Activity, more: str = "") -> str:
    answer = browser(user).get(address(activity, more))
    assert answer.status_code == 200, answer.content
    return collapse_white_space(answer.content.decode())


def list_page(user: User, query: str = "") -> str:
    return collapse_white_space(browser(user).get(f"/activities{query}").content.decode())


def test_the_page_says_what_was_recorded(cast: Cast):
    page = shown(cast.ada, recorded(cast.ada))
    assert "5.4 km" in page
    assert "0:30:00" in page
    assert "5:33 /km" in page
    assert "9 Jun 2026, 08:00" in page  # on the clocks of Madrid
    for title in ("Pace", "Heart rate", "Altitude", "Cadence"):
        assert f'<title id="profile-{title.split()[0].lower()}-title">{title}</title>' in page
    assert "Power</title>" not in page


def test_the_profile_runs_along_distance_or_time(cast: Cast):
    activity = recorded(cast.ada)
    assert "From km" in shown(cast.ada, activity)
    by_time = shown(cast.ada, activity, "?by=time")
    assert "From km" not in by_time
    assert ">25 min</text>" in by_time
    assert browser(cast.ada).get(address(activity, "?by=weather")).status_code == 400


def test_units_are_those_the_viewer_chose(cast: Cast):
    activity = recorded(cast.ada)
    Athlete.objects.filter(pk=cast.carl.pk).update(unit_system="imperial")
    page = shown(cast.carl, activity)
    assert "8:56 /mi" in page
    assert "min/mi" in page


def test_the_load_is_told_with_its_threshold_and_since_when_it_holds(cast: Cast):
    Threshold.objects.create(
        athlete=cast.ada.athlete,
        kind="threshold_pace",
        value=300.0,
        source="coach",
        valid_from=date(2026, 5, 1),
    )
    page = shown(cast.ada, recorded(cast.ada))
    assert "the speed of every second" in page
    assert "threshold pace 5:00 /km, entered by a coach, valid from Fri 1 May 2026" in page
    assert "Pace zones" in page
    for told in ("slower than 5:41 /km", "5:41 to 5:09 /km", "faster than"):
        assert told in page


def test_a_threshold_that_was_corrected_since_is_not_told_as_the_one_that_was_used(cast: Cast):
    threshold = Threshold.objects.create(
        athlete=cast.ada.athlete, kind="threshold_pace", value=300.0, valid_from=date(2026, 5, 1)
    )
    activity = recorded(cast.ada)
    Threshold.objects.filter(pk=threshold.pk).update(value=280.0)
    assert "threshold pace 5:00 /km, which has been corrected since" in shown(cast.ada, activity)


def test_warnings_are_in_plain_words(cast: Cast):
    activity = create_run(cast.ada, warnings=["gps_glitch", "something_new"])
    page = shown(cast.ada, activity)
    assert "impossible speeds are ignored" in page
    assert "something new" in page


def test_an_entry_by_hand_has_a_page_without_a_profile(cast: Cast):
    page = shown(cast.ada, create_run(cast.ada, utc_offset_min=540, name="In <Kyoto>"))
    assert "In &lt;Kyoto&gt;" in page
    assert "10 Jun 2026, 21:00</time> local time" in page
    assert 'id="profile"' not in page


def test_what_stood_still_is_shown_along_its_time(cast: Cast):
    activity = recorded(cast.ada, speed_mps=0.0)
    page = shown(cast.ada, activity)
    assert "Heart rate</title>" in page
    assert "?by=distance" not in page


def test_laps_are_shown_where_there_are_some(cast: Cast):
    activity = recorded(cast.ada)
    laps = [
        {"start_s": 0, "elapsed_s": 300, "distance_m": 1000, "avg_hr_bpm": 121},
        {"start_s": 300, "elapsed_s": 270},
    ]
    Streams.objects.filter(pk=activity.pk).update(laps=laps)
    page = shown(cast.ada, activity)
    assert 'id="laps-heading"' in page
    assert re.search(r"1\.00 km</td><td[^>]*>0:05:00</td><td[^>]*>5:00 /km</td><td[^>]*>121</td>", page)


def test_the_fastest_stretches_and_how_pace_was_smoothed_are_told(cast: Cast):
    page = shown(cast.ada, recorded(cast.ada))
    assert re.search(
        r'scope="row">1 mile</th><td[^>]*>0:08:56</td><td[^>]*>5:33 /km</td><td[^>]*>0:[0-9:]+</td>', page
    )
    assert "Pace is the mean of every 45 m, while moving." in page
    assert "Pace is the mean of every 15 s, while moving." in shown(cast.ada, recorded(cast.ada), "?by=time")


def test_a_ride_is_told_by_its_speed(cast: Cast):
    ride = create_run(cast.ada, activity_type="bike", distance_m=30_000.0)
    assert "<dt>Speed</dt><dd>36.0 km/h</dd>" in shown(cast.ada, ride)
    assert '<td data-label="Speed" class="number">36.0 km/h</td>' in list_page(cast.ada)


def test_details_of_a_sport_are_shown_as_words(cast: Cast):
    assert "Swim, lap swimming" in shown(
        cast.ada, create_run(cast.ada, activity_type="swim", sub_type="lap_swimming")
    )


def test_zones_are_told_by_the_threshold_they_were_measured_by(cast: Cast):
    threshold = Threshold.objects.create(
        athlete=cast.ada.athlete, kind="threshold_pace", value=300.0, valid_from=date(2026, 5, 1)
    )
    activity = recorded(cast.ada)
    Threshold.objects.filter(pk=threshold.pk).update(value=280.0)
    assert "slower than 5:41 /km" in shown(cast.ada, activity)


def test_the_price_is_the_same_for_every_activity(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
):
    for duration_s in (600, 6_000):
        activity = recorded(cast.ada, duration_s=duration_s, started_at=MORNING + timedelta(hours=duration_s))
        own, coach = browser(cast.ada), browser(cast.carl)
        with django_assert_num_queries(OWN_STATEMENTS):
            assert own.get(address(activity)).status_code == 200
        with django_assert_num_queries(COACH_STATEMENTS):
            assert coach.get(address(activity)).status_code == 200


def test_who_may_not_see_it_is_told_nothing_and_who_is_refused_by_consent_why(cast: Cast):
    activity = create_run(cast.ada, name="secret")
    foreign = browser(cast.zora).get(address(activity))
    assert foreign.status_code == 403
    assert b"secret" not in foreign.content
    missing = browser(cast.zora).get(address(Activity(athlete=cast.ada.athlete)))
    assert remove_form_token(foreign.content) == remove_form_token(missing.content)
    Consent.objects.create(
        athlete=cast.ada.athlete,
        organization=cast.harbour,
        category="activities",
        granted=False,
        changed_at=NOON,
    )
    withheld = browser(cast.carl).get(address(activity))
    assert withheld.status_code == 403
    assert b"does not share" in withheld.content


def test_an_assistant_reads_and_is_offered_no_form(cast: Cast):
    activity = create_run(cast.ada)
    assert "Edit activity" in shown(cast.carl, activity)
    assert "Edit activity" not in shown(cast.asha, activity)
    form = {"name": "x", "activity_type": "run", "perceived_effort": ""}
    assert browser(cast.asha).post(address(activity), form).status_code == 403
    assert browser(cast.asha).post(address(activity, "/delete")).status_code == 403
    assert Activity.objects.filter(pk=activity.pk, name="").exists()


def test_the_form_changes_what_the_api_would_change(cast: Cast):
    activity = recorded(cast.ada)
    form = {"name": "Hills", "activity_type": "hike", "is_race": "on", "perceived_effort": "7"}
    answer = browser(cast.carl).post(address(activity), form, follow=True)
    assert b"Your changes are saved." in answer.content
    changed = Activity.objects.get(pk=activity.pk)
    assert (changed.name, changed.activity_type, changed.is_race, changed.perceived_effort) == (
        "Hills",
        "hike",
        True,
        7,
    )
    assert changed.load_method == "srpe"
    browser(cast.carl).post(address(activity), {"name": "", "activity_type": "hike", "perceived_effort": ""})
    changed.refresh_from_db()
    assert (changed.name, changed.is_race, changed.perceived_effort) == ("", False, None)


def test_a_form_with_a_fault_comes_back_as_it_was_filled(cast: Cast):
    activity = create_run(cast.ada)
    answer = browser(cast.ada).post(
        address(activity), {"name": "Two\nlines", "activity_type": "run", "perceived_effort": "11"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Use one line." in page
    assert '<p class="field-error" id="error-name">' in page
    assert "<details open>" in page
    assert Activity.objects.filter(pk=activity.pk, name="").exists()


def test_a_deletion_is_asked_for_first(cast: Cast):
    activity = recorded(cast.ada)
    asking = browser(cast.carl).get(address(activity, "/delete"))
    assert b"You cannot undo this" in asking.content
    assert Activity.objects.filter(pk=activity.pk).exists()
    answer = browser(cast.carl).post(address(activity, "/delete"), follow=True)
    assert answer.redirect_chain[0][0] == f"/activities?athlete={cast.ada.public_id}"
    assert b"The activity and its recording are deleted" in answer.content
    assert not Activity.objects.filter(pk=activity.pk).exists()


def test_the_list_takes_the_filters_of_the_api(cast: Cast):
    create_run(cast.ada, name="Old", started_at=NOON - timedelta(days=40))
    create_run(cast.ada, name="Ride", activity_type="bike")
    create_run(cast.ada, name="Trial", is_race=True)
    create_run(cast.ben, name="Foreign")

    def names(query: str = "", user: User = cast.ada) -> list[str]:
        return re.findall(r'<th scope="row"><a [^>]*><bdi>(\w+)</bdi></a>', list_page(user, query))

    assert names() == ["Trial", "Ride", "Old"]
    assert names("?activity_type=bike&start_date=&end_date=&is_race=") == ["Ride"]
    assert names("?is_race=1") == ["Trial"]
    assert names("?start_date=2026-06-01") == ["Trial", "Ride"]
    assert names(f"?athlete={cast.ada.public_id}", cast.carl) == ["Trial", "Ride", "Old"]
    assert browser(cast.zora).get(f"/activities?athlete={cast.ada.public_id}").status_code == 403
    assert browser(cast.ada).get("/activities?activity_type=chess").status_code == 400
    assert browser(cast.ada).get("/activities?colour=red").status_code == 400


def test_what_the_form_has_no_field_for_stays_in_the_address(cast: Cast):
    page = browser(cast.ada).get("/activities?min_distance=5000&is_race=1&page=1").content.decode()
    assert '<input type="hidden" name="min_distance" value="5000">' in page
    assert 'type="hidden" name="is_race"' not in page
    assert 'type="hidden" name="page"' not in page


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_has_one_price(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, number: int):
    for day in range(number):
        create_run(cast.ada, started_at=NOON - timedelta(days=day))
    own = browser(cast.ada)
    with django_assert_num_queries(6):  # session, user, their athlete, the page, how many in all, clubs
        page = own.get("/activities?page_size=20").content.decode()
    assert ("Next" in page) == (number > 20)
    assert f"of {number}" in page or number < 20
