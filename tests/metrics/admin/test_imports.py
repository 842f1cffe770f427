"""Staff see imports, find what was refused, and can download the refused bytes if they may."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from metrics.models import Import
from tests.metrics.imports.import_fixtures import build_day_run, build_recording_item, run, send_planned
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
DAMAGED = b"<gpx> broken"


@pytest.fixture
def refused(cast: Cast) -> Import:
    items = [build_recording_item("a/1.gpx"), build_recording_item("2.fit")]
    return run(send_planned(cast.ada, {"a/1.gpx": DAMAGED, "2.fit": build_day_run(3)}, items))


def sign_in(cast: Cast, *permissions: str) -> Client:
    """Stella is staff. Without permissions she sees no table."""
    cast.stella.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(cast.stella)
    return client


def test_staff_list_and_filter_imports(cast: Cast, refused: Import):
    client = sign_in(cast, "view_import")
    address = reverse("admin:metrics_import_changelist")
    assert b"export.zip" in client.get(address, {"status": "done", "kind": "folder"}).content
    assert b"export.zip" not in client.get(address, {"status": "failed"}).content
    assert b"export.zip" in client.get(address, {"q": "ada"}).content
    page = client.get(reverse("admin:metrics_import_change", args=[refused.pk])).content.decode()
    assert "refused: 1, stored: 1" in page


def test_staff_find_the_reason_of_a_refused_file(cast: Cast, refused: Import):
    client = sign_in(cast, "view_importfile")
    address = reverse("admin:metrics_importfile_changelist")
    listed = client.get(address, {"parent__id__exact": str(refused.pk), "status": "refused"}).content.decode()
    file = refused.files.get(status="refused")
    assert "a/1.gpx" in listed
    assert "2.fit" not in listed
    page = client.get(reverse("admin:metrics_importfile_change", args=[file.pk])).content.decode()
    assert file.reason in page
    assert 'name="reason"' not in page  # nothing can be edited


def test_refused_bytes_can_be_downloaded_with_the_permission(cast: Cast, refused: Import):
    refused_file, stored_file = refused.files.order_by("position")
    address = reverse("admin:metrics_importfile_file", args=[refused_file.pk])
    client = sign_in(cast, "view_importfile")
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == DAMAGED  # type: ignore[attr-defined]  # of a streamed answer
    assert 'filename="1.gpx"' in answer.headers["Content-Disposition"]
    assert client.get(reverse("admin:metrics_importfile_file", args=[stored_file.pk])).status_code == 404
    assert sign_in(cast, "view_import").get(address).status_code == 403
