"""Blocks side by side: weeks, differences, records; what is withheld is null everywhere; API and pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from athletes.looks.buffer import look_buffer
from athletes.models import AccessLogEntry, Athlete, Organization, User
from athletes.organizations.consent import change_consent
from athletes.rights import EVERYTHING
from coaching.comparison import api
from coaching.comparison.blocks import BlockChoice
from coaching.comparison.reader import load_blocks
from coaching.models import Race
from coaching.profile.progress import load_progress_series
from metrics.models import HealthDay
from metrics.snapshots.current import SNAPSHOT_FORMULA
from tests.support.cast import NOON, ApiClient, Cast, create_run
from tests.support.compare_pages import collapse_white_space
from tests.support.error_shape import assert_error

TODAY = NOON.date()
READER_STATEMENTS = 3  # activities, efforts, readings
SHARED = ("training_load", "distance", "duration", "easy", "moderate", "hard", "fitness", "form")


@pytest.fixture(autouse=True)
def _stop_clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def train(user: User, back: float, load: float = 50.0, **fields: Any) -> None:
    zones = dict(zip((f"zone{number}_s" for number in range(1, 6)), (1800, 300, 0, 0, 900), strict=True))
    create_run(user, NOON - timedelta(days=back), training_load=load, **zones | fields)


def rest(user: User, back: int, hrv_ms: float) -> None:
    HealthDay.objects.create(
        athlete=user.athlete, date=TODAY - timedelta(days=back), source="garmin", hrv_rmssd_ms=hrv_ms
    )


@pytest.fixture
def ada(cast: Cast) -> User:
    """Two weeks before with 50 each, and the last two weeks with 80 and 90; readings in both."""
    for back, load in ((27, 50.0), (20, 50.0), (13, 80.0), (3, 90.0)):
        train(cast.ada, back, load)
    train(cast.ada, 2, best_efforts=[{"distance_m": 5_000.0, "duration_s": 1_150.0, "start_s": 0.0}])
    train(cast.ada, 25, best_efforts=[{"distance_m": 5_000.0, "duration_s": 1_200.0, "start_s": 0.0}])
    for back in range(30):
        rest(cast.ada, back, 60.0 if back < 14 else 50.0)
    return cast.ada


def compare(viewer: User, athlete: User, query: str = "?weeks=2") -> Any:
    return ApiClient(viewer).get(f"/api/v1/athletes/{athlete.public_id}/compare{query}")


def compare_club(viewer: User, club: Organization, *athletes: User, query: str = "&weeks=2") -> Any:
    ids = ",".join(athlete.public_id for athlete in athletes)
    return ApiClient(viewer).get(f"/api/v1/organizations/{club.public_id}/compare?athletes={ids}{query}")


def read_figures(answer: Any) -> dict[str, tuple[list[float | None], list[float | None]]]:
    return {one["figure"]: (one["values"], one["differences"]) for one in answer.json()["data"]["figures"]}


def test_the_last_weeks_stand_against_those_before(ada: User):
    answer = compare(ada, ada)
    before, last = answer.json()["data"]["blocks"]
    assert (before["from_date"], before["to_date"]) == ("2026-05-14", "2026-05-27")
    assert (last["from_date"], last["to_date"]) == ("2026-05-28", "2026-06-10")
    assert [week["training_load"] for week in before["weeks"]] == [100.0, 50.0]
    assert [week["training_load"] for week in last["weeks"]] == [80.0, 140.0]
    figures = read_figures(answer)
    assert figures["training_load"] == ([150.0, 220.0], [0.0, 70.0])
    assert figures["distance"] == ([30_000.0, 30_000.0], [0.0, 0.0])
    assert figures["easy"] == ([0.6, 0.6], [0.0, 0.0])
    assert figures["record"] == ([1_200.0, 1_150.0], [0.0, -50.0])
    assert last["records"][0]["date"] == "2026-06-08"
    assert figures["hrv"][0][0] == 50.0
    assert figures["hrv"][0][1] == pytest.approx(60.0, abs=0.1)


def test_weekly_values_are_those_of_the_athletes_page(ada: User):
    athlete = Athlete.objects.get(pk=ada.pk)
    progress = load_progress_series(athlete, 5, NOON, EVERYTHING)
    assert progress.training is not None
    assert progress.health is not None
    last = compare(ada, ada).json()["data"]["blocks"][1]["weeks"]
    for week, back in ((0, 7), (1, 0)):
        place = len(progress.days) - 1 - back
        assert last[week]["fitness"] == progress.training.fitness[place]
        assert last[week]["form"] == progress.training.form[place]
        assert last[week]["hrv"] == progress.health.hrv.average[place]


def test_the_same_weeks_before_two_races(cast: Cast, ada: User):
    races = [
        Race.objects.create(
            athlete=ada.athlete, name=name, date=TODAY - timedelta(days=back), distance_m=10_000.0
        )
        for name, back in (("Autumn ten", 200), ("Spring ten", 1))
    ]
    ids = ",".join(race.public_id for race in races)
    autumn, spring = compare(cast.carl, ada, f"?races={ids}&weeks=3").json()["data"]["blocks"]
    assert (autumn["title"], spring["title"]) == ("Autumn ten", "Spring ten")
    assert (spring["from_date"], spring["to_date"], len(spring["weeks"])) == ("2026-05-19", "2026-06-08", 3)
    assert autumn["weeks"][0]["training_load"] == 0.0
    assert autumn["weeks"][0]["fitness"] is None
    other = Race.objects.create(athlete=cast.ben.athlete, name="x", date=TODAY, distance_m=10_000.0)
    foreign = compare(cast.carl, ada, f"?races={races[0].public_id},{other.public_id}")
    assert foreign.status_code == 404
    change_consent(ada.athlete, cast.harbour, {"goals_and_plans": False}, NOON)
    assert_error(compare(cast.carl, ada, f"?races={ids}"), 403, "WITHHELD")


def test_any_two_spans_of_days(ada: User):
    query = "?from=2026-06-01&to=2026-06-10&compare_from=2026-05-14&compare_to=2026-05-20"
    before, after = compare(ada, ada, query).json()["data"]["blocks"]
    assert [week["start_date"] for week in after["weeks"]] == ["2026-06-01", "2026-06-08"]
    assert [week["start_date"] for week in before["weeks"]] == ["2026-05-14"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?weeks=27", "weeks"),
        ("?weeks=0", "weeks"),
        ("?races=race_1", "races"),
        ("?from=2026-01-01&weeks=3", "from"),
        ("?from=2026-01-01", "to"),
        ("?from=2026-02-01&to=2026-01-01&compare_from=2026-01-01&compare_to=2026-01-02", "to"),
        ("?from=2025-01-01&to=2026-01-01&compare_from=2026-01-01&compare_to=2026-01-02", "to"),
        ("?athletes=x", "athletes"),
    ],
)
def test_wrong_parameters_are_refused(ada: User, query: str, field: str):
    answer = compare(ada, ada, query)
    assert_error(answer, 400, answer.json()["details"]["code"], field)


def test_four_athletes_load_in_as_many_statements_as_one(
    cast: Cast, ada: User, django_assert_num_queries: DjangoAssertNumQueries
):
    people = [cast.ada, cast.ben, cast.zoe, cast.otto]
    choices = [
        BlockChoice(user.athlete, EVERYTHING, "", TODAY - timedelta(days=20), TODAY, TODAY) for user in people
    ]
    for count in (1, 4):
        with django_assert_num_queries(READER_STATEMENTS):
            assert len(load_blocks(choices[:count])) == count


def test_athletes_of_a_club_stand_side_by_side(cast: Cast, ada: User):
    train(cast.ben, 3, 40.0)
    answer = compare_club(cast.carl, cast.harbour, cast.ben, ada)
    assert [block["title"] for block in answer.json()["data"]["blocks"]] == ["Ben", "Ada"]
    assert read_figures(answer)["training_load"] == ([40.0, 220.0], [0.0, 180.0])


def test_a_comparison_with_other_snapshots_is_not_found(
    cast: Cast, ada: User, monkeypatch: pytest.MonkeyPatch
):
    compare_club(cast.carl, cast.harbour, cast.ben, ada)
    assert compare_club(cast.carl, cast.harbour, cast.ben, ada)["X-Cache"] == "hit"
    monkeypatch.setattr(api, "SNAPSHOT_FORMULA", SNAPSHOT_FORMULA + 1)
    assert compare_club(cast.carl, cast.harbour, cast.ben, ada)["X-Cache"] == "miss"


def test_a_foreign_athlete_in_the_list_is_404_for_the_whole_call(cast: Cast, ada: User):
    for stranger in (cast.zoe, cast.otto, cast.lea, cast.sam, cast.carl):
        answer = compare_club(cast.hanna, cast.harbour, ada, stranger)
        assert answer.status_code == 404
        assert ada.public_id not in answer.content.decode()
    assert compare_club(cast.zora, cast.harbour, ada, cast.ben).status_code == 403


@pytest.mark.parametrize("count", [1, 5])
def test_two_to_four_different_athletes_are_compared(cast: Cast, ada: User, count: int):
    people = [ada, cast.ben, cast.zoe, cast.otto, cast.lea][:count]
    assert_error(compare_club(cast.hanna, cast.harbour, *people), 400, "COUNT", "athletes")


def list_looks(athlete: User) -> list[tuple[str, tuple[str, ...], bool]]:
    look_buffer.flush()
    rows = AccessLogEntry.objects.about(athlete.pk).order_by("viewed_at", "pk")
    return [(row.door, tuple(row.categories), row.is_refused) for row in rows]


def test_athletes_read_that_somebody_asked_for_them_in_vain_or_saw_their_name(cast: Cast, ada: User):
    assert compare_club(cast.hanna, cast.harbour, ada, cast.zoe, cast.lea).status_code == 404
    asked = ("api", ("profile", "activities", "health"), True)
    assert [list_looks(athlete) for athlete in (ada, cast.zoe, cast.lea)] == [[], [asked], [asked]]
    get_club_page(cast.hanna, cast.harbour)
    named = ("page", ("profile",), False)
    assert [list_looks(athlete) for athlete in (ada, cast.ben, cast.sam)] == [[named], [named], []]


def test_withheld_categories_are_null_also_in_differences(cast: Cast, ada: User):
    train(cast.ben, 3, 40.0)
    rest(cast.ben, 1, 70.0)
    change_consent(ada.athlete, cast.harbour, {"activities": False}, NOON)
    change_consent(cast.ben.athlete, cast.harbour, {"health": False}, NOON)
    answer = compare_club(cast.carl, cast.harbour, ada, cast.ben)
    hidden, shown = answer.json()["data"]["blocks"]
    assert (hidden["withheld"], shown["withheld"]) == (["activities"], ["health"])
    assert answer["X-Cache"] == "off"
    figures = read_figures(answer)
    for name in SHARED:
        assert figures[name][0][0] is None
        assert figures[name][1] == [None, None], name
    assert figures["hrv"][0][1] is None
    assert figures["hrv"][1] == [0.0, None]
    assert "record" not in figures
    assert hidden["records"] == []
    page = get_club_page(cast.carl, cast.harbour, ada, cast.ben)
    assert "Ada</bdi>: activities not shared with your club" in page


def get_club_page(viewer: User, club: Organization, *athletes: User) -> str:
    client = Client()
    client.force_login(viewer)
    chosen = {f"athlete{place}": athlete.public_id for place, athlete in enumerate(athletes, 1)}
    answer = client.get("/coach/compare", {"org_id": club.public_id, "weeks": "2"} | chosen)
    assert answer.status_code == 200
    return collapse_white_space(answer.content.decode())


def test_the_pages_show_values_and_differences(cast: Cast, ada: User):
    client = Client()
    client.force_login(cast.carl)
    page = collapse_white_space(client.get(f"/athletes/{ada.public_id}/compare?weeks=2").content.decode())
    assert 'class="number">220 <span class="muted">+70</span>' in page
    assert 'class="number">0:19:10 <span class="muted">-0:00:50</span>' in page
    club = get_club_page(cast.carl, cast.harbour, ada, cast.ben)
    assert "<bdi>Ben</bdi>" in club
    assert "Choose two to four athletes" in get_club_page(cast.carl, cast.harbour)
