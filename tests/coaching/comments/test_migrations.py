"""The migration of comments on sessions goes back: it forgets these comments and keeps the others."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from coaching.comments.changes import add_comment, mark_read
from coaching.models import Comment
from tests.coaching.calendar.calendar_fixtures import create_session
from tests.support.cast import NOON, make_cast


@pytest.mark.django_db(transaction=True)
def test_going_back_forgets_only_comments_on_sessions():
    cast, day = make_cast(), NOON.date()
    session = create_session(cast.ada, day)
    targets = ({"session_id": session.pk}, {"day": day})
    comments = [add_comment(cast.carl, cast.ada.pk, "x", NOON, **target) for target in targets]
    mark_read(cast.ada, [comment.pk for comment in comments], NOON)
    try:
        call_command("migrate", "coaching", "0021_calendar_feeds", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM coaching_comment")
            assert cursor.fetchall() == [(comments[1].pk,)]
            cursor.execute("SELECT comment_id FROM coaching_commentread")
            assert cursor.fetchall() == [(comments[1].pk,)]
    finally:
        call_command("migrate", verbosity=0, interactive=False)
    assert [(row.day, row.session_id) for row in Comment.objects.all()] == [(day, None)]
