"""Imports in a browser: one file chooser or a drop, progress, the report, on a phone and on a desktop."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from metrics.imports.files.run import WorkSlice, run_import
from metrics.models import Activity, Import
from tests.browser.page_checks import check_page
from tests.browser.sign_in import open_page_as
from tests.metrics.imports.import_fixtures import build_day_run, build_zip
from tests.support.cast import NOON, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DROP_JS = """([name, text]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], name));
    const options = {dataTransfer: transfer, cancelable: true};
    const fire = kind => window.dispatchEvent(new DragEvent(kind, options));
    fire("dragover");
    const shown = !document.getElementById("drop-zone").hidden;
    fire("drop");
    return shown;
}"""
PACK_JS = """async count => {
    const files = [...Array(count).keys()].map(number => new File([`run ${number} é`], "run.gpx"));
    const bytes = new Uint8Array(await (await packFiles(files)).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
}"""


@pytest.fixture(autouse=True)
def imports_dir(tmp_path: Path, settings: Any) -> None:
    settings.IMPORTS_DIR = settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "imports"
    settings.IMPORTS_DIR.mkdir()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "years.zip"
    sports = {1: "run", 3: "workout", 6: "bike"}
    runs = {f"activities/{day}.gpx": build_day_run(day, sport=sport) for day, sport in sports.items()}
    path.write_bytes(build_zip(runs | {"activities/broken.fit": b"no fit", "photo.jpg": b"x"}))
    return path


def run_waiting_import() -> Import:
    parent = Import.objects.get()
    assert run_import(parent.pk, WorkSlice(lambda: NOON))
    return parent


def test_an_archive_comes_in_and_its_report_appears(page: Page, live_server: LiveServer, archive: Path):
    ada = make_cast().ada
    open_page_as(page, live_server, ada, "/upload")
    check_page(page)
    page.get_by_label("Files", exact=True).set_input_files(archive)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    check_page(page)
    run_waiting_import()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()  # without loading the page again
    expect(page.get_by_role("heading", name="1 recording does not say its sport")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Stored 3").click()
    expect(page.get_by_role("table").get_by_role("link")).to_have_count(3)
    page.get_by_role("link", name="Undo this import …").click()
    check_page(page)
    page.goto(f"{live_server.url}/imports")
    check_page(page)


def test_files_can_be_dropped_anywhere_and_many_become_one_archive(page: Page, live_server: LiveServer):
    open_page_as(page, live_server, make_cast().ada, "/upload")
    assert page.evaluate(DROP_JS, ["run.gpx", build_day_run(1).decode()]) is True
    expect(page.locator(".result .badge")).to_have_text(["Stored"])
    assert Activity.objects.exists()
    packed = base64.b64decode(page.evaluate(PACK_JS, 3))
    with ZipFile(io.BytesIO(packed)) as zipped:
        assert zipped.testzip() is None
        texts = {name: zipped.read(name).decode() for name in zipped.namelist()}
    assert texts == {f"{number + 1}/run.gpx": f"run {number} é" for number in range(3)}


def test_an_import_works_without_javascript(browser: Browser, live_server: LiveServer, archive: Path):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    open_page_as(page, live_server, make_cast().ada, "/upload")
    page.get_by_label("Files", exact=True).set_input_files(archive)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    context.close()
