"""The pages say what became of a second recording, and let a person choose and split."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from athletes.models import User
from metrics.activities.changes import delete_activity
from metrics.activities.recordings.merge import split_recording
from metrics.models import Activity, ActivityRecording, BinActivity
from tests.metrics.activities.recordings.recording_files import (
    build_phone_file,
    build_watch_file,
    count_rows,
    get_row,
    ingest_recording,
)
from tests.support.cast import NOON, Cast
from tests.support.compare_pages import collapse_white_space


@pytest.fixture
def activity(cast: Cast) -> Activity:
    """Ada's run, by a watch and a phone; the watch counts."""
    [stored] = ingest_recording(cast.ada, build_watch_file()).activities
    ingest_recording(cast.ada, build_phone_file(), filename="phone.gpx")
    return stored


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def read_page(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return collapse_white_space(answer.content.decode())


def get_page(user: User, activity: Activity) -> str:
    return read_page(sign_in(user).get(reverse("activity-page", args=[activity.public_id])))


def find_actions(page: str) -> list[str]:
    return re.findall(r'action="[^"]*/(choose|split|undo_split)"', page)


def press(user: User, name: str, *ids: str) -> str:
    return read_page(sign_in(user).post(reverse(name, args=ids), follow=True))


def test_the_upload_page_says_that_it_is_another_recording(cast: Cast):
    files = [
        SimpleUploadedFile(name, data)
        for name, data in (("w.fit", build_watch_file()), ("p.gpx", build_phone_file()))
    ]
    page = read_page(sign_in(cast.ada).post("/upload", {"files": files}))
    assert re.findall(r'data-outcome="(\w+)"', page) == ["stored", "second"]
    sentence = re.search(r"<bdi>p.gpx</bdi> is another recording of <a [^>]+>([^<]+)</a>", page)
    assert sentence
    assert sentence[1] == "Run, 9 Jun 2026, 08:00"


def test_the_page_lists_the_recordings_and_which_one_counts(cast: Cast, activity: Activity):
    page = get_page(cast.ada, activity)
    assert "This was recorded 2 times." in page
    watch, phone = re.findall(r'<li class="result"><p><strong>.*?</li>', page)
    assert ("Watch" in watch, "Counts" in watch, "heart rate" in watch) == (True, True, True)
    assert ("phone.gpx" in phone, "Counts" in phone, "5.7 km in 0:30:00" in phone) == (True, False, True)
    assert find_actions(page) == ["split", "choose", "split"]


def test_an_activity_that_was_recorded_once_has_no_such_section(cast: Cast):
    [alone] = ingest_recording(cast.ben, build_watch_file()).activities
    assert "recordings-heading" not in get_page(cast.ben, alone)


def test_an_assistant_sees_the_recordings_without_buttons(cast: Cast, activity: Activity):
    page = get_page(cast.asha, activity)
    assert "This was recorded 2 times." in page
    assert find_actions(page) == []


def test_a_coach_lets_another_recording_count(cast: Cast, activity: Activity):
    phone = get_row(activity, counts=False)
    page = press(cast.carl, "activity-recording-choose-page", activity.public_id, phone.public_id)
    assert "This recording counts now." in page
    assert "chosen by a person" in page
    assert get_row(activity, counts=True) == phone


def test_a_recording_is_split_off_and_put_back(cast: Cast, activity: Activity):
    phone = get_row(activity, counts=False)
    page = press(cast.ada, "activity-recording-split-page", activity.public_id, phone.public_id)
    own = Activity.objects.get(pk=phone.pk)
    assert "The recording is an activity of its own now: this one." in page
    assert f'href="/activities/{activity.public_id}">another activity</a>' in page
    assert find_actions(page) == ["undo_split"]
    assert "undo_split" not in get_page(cast.ada, activity)
    page = press(cast.ada, "activity-undo-split-page", own.public_id)
    assert "The recording is back in this activity." in page
    assert count_rows() == (1, 2, 1, 2)


def test_a_split_recording_has_no_link_to_an_activity_that_was_deleted(cast: Cast, activity: Activity):
    own = split_recording(activity, get_row(activity, counts=False).pk)
    assert "another activity" in get_page(cast.ada, own)
    delete_activity(activity, BinActivity.DeletedBy.ATHLETE, NOON)
    page = get_page(cast.ada, own)
    assert "another activity" not in page
    assert find_actions(page) == []


def test_the_recording_of_a_swim_has_lengths(cast: Cast, activity: Activity):
    phone = get_row(activity, counts=False)
    ActivityRecording.objects.filter(pk=phone.pk).update(recorded=phone.recorded | {"sport": "swim"})
    assert "5,670 m in 0:30:00" in get_page(cast.ada, activity)


def test_what_cannot_be_done_is_a_warning(cast: Cast, activity: Activity):
    page = press(cast.ada, "activity-undo-split-page", activity.public_id)
    assert "is not there any more" in page
    [alone] = ingest_recording(cast.ben, build_watch_file()).activities
    only = ActivityRecording(id=alone.pk).public_id
    page = press(cast.ben, "activity-recording-split-page", alone.public_id, only)
    assert "This is the only recording of the activity." in page
