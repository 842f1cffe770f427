"""Pages of one activity, its deletion and the list: content, access and SQL statements."""

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

# session, user, the user's athlete, activity with streams, planned sessions, clubs, thresholds, recordings,
# comments
OWN_STATEMENTS = 9
COACH_STATEMENTS = 11  # and the record right, and whether health is shared


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ingest_run(user: User, **options: Any) -> Activity:
    content = encode_gpx(build_steady_run(**options))
    return ingest_file(
        user.athlete, Upload(content, "run.gpx", None, False, MORNING + timedelta(days=365))
    ).activities[0]


def build_path(activity: Activity, suffix: str = "") -> str:
    return f"/activities/{activity.public_id}{suffix}"


def get_page(user: User, activity: Activity, suffix: str = "") -> str:
    answer = sign_in(user).get(build_path(activity, suffix))
    assert answer.status_code == 200, answer.content
    return collapse_white_space(answer.content.decode())


def list_page(user: User, query: str = "") -> str:
    return collapse_white_space(sign_in(user).get(f"/activities{query}").content.decode())


def test_the_page_shows_totals_and_a_profile_of_each_recorded_column(cast: Cast):
    page = get_page(cast.ada, ingest_run(cast.ada))
    assert "5.4 km" in page
    assert "0:30:00" in page
    assert "5:33 /km" in page
    assert "9 Jun 2026, 08:00" in page  # the local time in Madrid
    for title in ("Pace", "Heart rate", "Altitude", "Cadence"):
        assert f'<title id="profile-{title.split()[0].lower()}-title">{title}</title>' in page
    assert "Power</title>" not in page


def test_the_profile_is_over_distance_or_time(cast: Cast):
    activity = ingest_run(cast.ada)
    assert "From km" in get_page(cast.ada, activity)
    by_time = get_page(cast.ada, activity, "?by=time")
    assert "From km" not in by_time
    assert ">25 min</text>" in by_time
    assert sign_in(cast.ada).get(build_path(activity, "?by=weather")).status_code == 400


def test_the_page_uses_the_units_of_the_viewer(cast: Cast):
    activity = ingest_run(cast.ada)
    Athlete.objects.filter(pk=cast.carl.pk).update(unit_system="imperial")
    page = get_page(cast.carl, activity)
    assert "8:56 /mi" in page
    assert "min/mi" in page


def test_the_load_is_explained_with_its_threshold_and_first_day(cast: Cast):
    Threshold.objects.create(
        athlete=cast.ada.athlete,
        kind="threshold_pace",
        value=300.0,
        source="coach",
        valid_from=date(2026, 5, 1),
    )
    page = get_page(cast.ada, ingest_run(cast.ada))
    assert "the speed of every second" in page
    assert "threshold pace 5:00 /km, entered by a coach, valid from Fri 1 May 2026" in page
    assert "Pace zones" in page
    for text in ("slower than 5:41 /km", "5:41 to 5:09 /km", "faster than"):
        assert text in page


def test_the_load_names_the_threshold_that_was_used_after_a_correction(cast: Cast):
    threshold = Threshold.objects.create(
        athlete=cast.ada.athlete, kind="threshold_pace", value=300.0, valid_from=date(2026, 5, 1)
    )
    activity = ingest_run(cast.ada)
    Threshold.objects.filter(pk=threshold.pk).update(value=280.0)
    assert "threshold pace 5:00 /km, which has been corrected since" in get_page(cast.ada, activity)


def test_warnings_are_shown_as_texts(cast: Cast):
    activity = create_run(cast.ada, warnings=["gps_glitch", "something_new"])
    page = get_page(cast.ada, activity)
    assert "impossible speeds are ignored" in page
    assert "something new" in page


def test_a_manual_entry_has_a_page_without_a_profile(cast: Cast):
    page = get_page(cast.ada, create_run(cast.ada, utc_offset_min=540, name="In <Kyoto>"))
    assert "In &lt;Kyoto&gt;" in page
    assert "10 Jun 2026, 21:00</time> local time" in page
    assert 'id="profile"' not in page


def test_an_activity_without_movement_has_a_profile_over_time_only(cast: Cast):
    activity = ingest_run(cast.ada, speed_mps=0.0)
    page = get_page(cast.ada, activity)
    assert "Heart rate</title>" in page
    assert "?by=distance" not in page


def test_laps_are_shown(cast: Cast):
    activity = ingest_run(cast.ada)
    laps = [
        {"start_s": 0, "elapsed_s": 300, "distance_m": 1000, "avg_hr_bpm": 121},
        {"start_s": 300, "elapsed_s": 270},
    ]
    Streams.objects.filter(pk=activity.pk).update(laps=laps)
    page = get_page(cast.ada, activity)
    assert 'id="laps-heading"' in page
    assert re.search(r"1\.00 km</td><td[^>]*>0:05:00</td><td[^>]*>5:00 /km</td><td[^>]*>121</td>", page)


def test_the_page_shows_best_efforts_and_the_smoothing_of_pace(cast: Cast):
    page = get_page(cast.ada, ingest_run(cast.ada))
    assert re.search(
        r'scope="row">1 mile</th><td[^>]*>0:08:56</td><td[^>]*>5:33 /km</td><td[^>]*>0:[0-9:]+</td>', page
    )
    assert "Pace is the mean of every 45 m, while moving." in page
    assert "Pace is the mean of every 15 s, while moving." in get_page(
        cast.ada, ingest_run(cast.ada), "?by=time"
    )


def test_a_ride_shows_speed_instead_of_pace(cast: Cast):
    ride = create_run(cast.ada, activity_type="bike", distance_m=30_000.0)
    assert "<dt>Speed</dt><dd>36.0 km/h</dd>" in get_page(cast.ada, ride)
    assert '<td data-label="Speed" class="number">36.0 km/h</td>' in list_page(cast.ada)


def test_a_swim_shows_lengths_and_the_pace_of_100_m_everywhere(cast: Cast):
    swim = ingest_run(cast.ada)
    totals = {"activity_type": "swim", "distance_m": 1_500.0, "duration_s": 1_575.0}
    Activity.objects.filter(pk=swim.pk).update(**totals, started_at=NOON)
    laps = [{"start_s": 0.0, "distance_m": 25.0, "elapsed_s": 26.25}] * 2
    Streams.objects.filter(pk=swim.pk).update(laps=laps)
    page = get_page(cast.ada, swim)
    assert "<dt>Distance</dt><dd>1,500 m</dd>" in page
    assert "<dt>Pace</dt><dd>1:45 /100 m</dd>" in page
    assert '<td class="number">25 m</td>' in page
    assert '<td data-label="Distance" class="number">1,500 m</td>' in (rows := list_page(cast.ada))
    assert '<td data-label="Pace" class="number">1:45 /100 m</td>' in rows
    home = sign_in(cast.ada).get("/home").content.decode()
    assert "1,500 m</td>" in home
    assert "1:45 /100 m</td>" in home


def test_details_of_a_sport_are_shown_as_words(cast: Cast):
    swim = create_run(cast.ada, activity_type="swim", sub_type="lap_swimming")
    assert "Swim, lap swimming" in get_page(cast.ada, swim)


def test_zones_use_the_threshold_of_the_measurement(cast: Cast):
    threshold = Threshold.objects.create(
        athlete=cast.ada.athlete, kind="threshold_pace", value=300.0, valid_from=date(2026, 5, 1)
    )
    activity = ingest_run(cast.ada)
    Threshold.objects.filter(pk=threshold.pk).update(value=280.0)
    assert "slower than 5:41 /km" in get_page(cast.ada, activity)


def test_the_page_takes_the_same_number_of_statements_for_every_activity(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
):
    for duration_s in (600, 6_000):
        activity = ingest_run(
            cast.ada, duration_s=duration_s, started_at=MORNING + timedelta(hours=duration_s)
        )
        athlete, coach = sign_in(cast.ada), sign_in(cast.carl)
        with django_assert_num_queries(OWN_STATEMENTS):
            assert athlete.get(build_path(activity)).status_code == 200
        with django_assert_num_queries(COACH_STATEMENTS):
            assert coach.get(build_path(activity)).status_code == 200


def test_a_foreign_activity_looks_like_a_missing_one_and_a_withheld_one_says_why(cast: Cast):
    activity = create_run(cast.ada, name="secret")
    foreign = sign_in(cast.zora).get(build_path(activity))
    assert foreign.status_code == 403
    assert b"secret" not in foreign.content
    missing = sign_in(cast.zora).get(build_path(Activity(athlete=cast.ada.athlete)))
    assert remove_form_token(foreign.content) == remove_form_token(missing.content)
    Consent.objects.create(
        athlete=cast.ada.athlete,
        organization=cast.harbour,
        category="activities",
        granted=False,
        changed_at=NOON,
    )
    withheld = sign_in(cast.carl).get(build_path(activity))
    assert withheld.status_code == 403
    assert b"does not share" in withheld.content


def test_an_assistant_can_read_but_not_change_an_activity(cast: Cast):
    activity = create_run(cast.ada)
    assert "Edit activity" in get_page(cast.carl, activity)
    assert "Edit activity" not in get_page(cast.asha, activity)
    form = {"name": "x", "activity_type": "run", "perceived_effort": ""}
    assert sign_in(cast.asha).post(build_path(activity), form).status_code == 403
    assert sign_in(cast.asha).post(build_path(activity, "/delete")).status_code == 403
    assert Activity.objects.filter(pk=activity.pk, name="").exists()


def test_the_form_changes_the_activity_and_measures_it_again(cast: Cast):
    activity = ingest_run(cast.ada)
    form = {"name": "Hills", "activity_type": "hike", "is_race": "on", "perceived_effort": "7"}
    answer = sign_in(cast.carl).post(build_path(activity), form, follow=True)
    assert b"Your changes are saved." in answer.content
    changed = Activity.objects.get(pk=activity.pk)
    assert (changed.name, changed.activity_type, changed.is_race, changed.perceived_effort) == (
        "Hills",
        "hike",
        True,
        7,
    )
    assert changed.load_method == "srpe"
    sign_in(cast.carl).post(
        build_path(activity), {"name": "", "activity_type": "hike", "perceived_effort": ""}
    )
    changed.refresh_from_db()
    assert (changed.name, changed.is_race, changed.perceived_effort) == ("", False, None)


def test_a_form_with_an_error_stays_open_and_changes_nothing(cast: Cast):
    activity = create_run(cast.ada)
    answer = sign_in(cast.ada).post(
        build_path(activity), {"name": "Two\nlines", "activity_type": "run", "perceived_effort": "11"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Use one line." in page
    assert '<p class="field-error" id="error-name">' in page
    assert "<details open>" in page
    assert Activity.objects.filter(pk=activity.pk, name="").exists()


def test_a_deletion_needs_a_confirmation(cast: Cast):
    activity = ingest_run(cast.ada)
    question = sign_in(cast.carl).get(build_path(activity, "/delete"))
    assert b"It goes to the bin" in question.content
    assert Activity.objects.filter(pk=activity.pk).exists()
    answer = sign_in(cast.carl).post(build_path(activity, "/delete"), follow=True)
    assert answer.redirect_chain[0][0] == f"/activities?athlete={cast.ada.public_id}"
    assert b"The activity is in the bin" in answer.content
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
    assert sign_in(cast.zora).get(f"/activities?athlete={cast.ada.public_id}").status_code == 403
    assert sign_in(cast.ada).get("/activities?activity_type=chess").status_code == 400
    assert sign_in(cast.ada).get("/activities?colour=red").status_code == 400


def test_the_filter_form_keeps_parameters_that_it_has_no_field_for(cast: Cast):
    page = sign_in(cast.ada).get("/activities?min_distance=5000&is_race=1&page=1").content.decode()
    assert '<input type="hidden" name="min_distance" value="5000">' in page
    assert 'type="hidden" name="is_race"' not in page
    assert 'type="hidden" name="page"' not in page


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_takes_six_statements_for_any_number_of_rows(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, number: int
):
    for day in range(number):
        create_run(cast.ada, started_at=NOON - timedelta(days=day))
    client = sign_in(cast.ada)
    with django_assert_num_queries(6):  # session, user, the user's athlete, page, count, clubs
        page = client.get("/activities?page_size=20").content.decode()
    assert ("Next" in page) == (number > 20)
    assert f"of {number}" in page or number < 20
