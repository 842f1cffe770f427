"""What a browser loads for a page the first time: HTML, stylesheets and scripts, and the fonts.

Astral sends HTML as gzip. Stylesheets and scripts are compressed once, by `collectstatic` in production.
"""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from athletes.models import User
from metrics.models import HealthDay
from tests.coaching.training_fixtures import add_to_training_group, stop_running
from tests.support.cast import Cast, create_run, make_cast
from tests.support.paths import ROOT

pytestmark = pytest.mark.django_db

MAX_PAGE_BYTES, MAX_FONT_BYTES = 100_000, 160_000
FONTS = ROOT / "astral" / "static" / "astral" / "fonts"
LOADED = re.compile(r'<(?:link rel="stylesheet" href|script src)="/static/([^"]+)"')


def weigh_page(viewer: User, path: str) -> int:
    client = Client()
    client.force_login(viewer)
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200, path
    assert answer["Content-Encoding"] == "gzip", path
    html = gzip.decompress(answer.content).decode()
    files = {name: Path(str(finders.find(name))).read_bytes() for name in LOADED.findall(html)}
    assert "astral/tokens.css" in files
    return len(answer.content) + sum(len(gzip.compress(body, mtime=0)) for body in files.values())


@pytest.fixture
def people() -> Cast:
    cast, now = make_cast(), datetime.now(UTC)
    for back in range(100):
        create_run(cast.ada, now - timedelta(days=back, hours=1), training_load=50.0 + back % 9, name="Lake")
        HealthDay.objects.create(
            athlete=cast.ada.athlete,
            date=(now - timedelta(days=back)).date(),
            source="garmin",
            hrv_rmssd_ms=50.0 + back % 7,
            resting_hr_bpm=50.0 + back % 3,
        )
    add_to_training_group(cast.ada, cast.harbour)
    stop_running(cast.ben, 12, now)
    return cast


def test_first_load_of_the_main_pages_is_at_most_100_kilobytes(people: Cast):
    activity = people.ada.athlete.activities.latest("started_at")
    weights = {
        path: weigh_page(viewer, path)
        for viewer, path in (
            (people.carl, "/coach/"),
            (people.carl, f"/coach/athletes/{people.ada.public_id}"),
            (people.carl, f"/coach/athletes/{people.ada.public_id}/calendar"),
            (people.carl, "/coach/groups"),
            (people.carl, "/coach/plans"),
            (people.carl, "/coach/club"),
            (people.ada, "/home"),
            (people.ada, "/activities"),
            (people.ada, f"/activities/{activity.public_id}"),
            (people.ada, "/upload"),
            (people.ada, "/settings"),
        )
    }
    assert {path: bytes_ for path, bytes_ in weights.items() if bytes_ > MAX_PAGE_BYTES} == {}


def test_answers_of_the_api_are_not_compressed(people: Cast):
    client = Client()
    client.force_login(people.carl)
    answer = client.get("/api/v1/coach/athletes_metrics", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer
    assert "Content-Encoding" not in client.get("/coach/")


def test_fonts_with_their_licence_are_at_most_160_kilobytes():
    files = list(FONTS.iterdir())
    assert {path.name for path in files} == {"LICENSE.txt", "inter-latin.woff2", "inter-latin-ext.woff2"}
    assert sum(path.stat().st_size for path in files) <= MAX_FONT_BYTES
