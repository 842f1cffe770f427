"""Webhooks and coaches are told of signals: once for each episode, in order, and not of what is withheld."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import orjson
import pytest
from django.db import connections, transaction

from athletes.models import Notice, User, Webhook, WebhookEvent
from athletes.organizations.consent import change_consent
from athletes.webhooks.deliveries import build_body
from coaching.attention.episodes import RaisedSignal
from coaching.attention.signal import Severity
from coaching.models import SignalEpisode
from coaching.signal_history import episodes
from coaching.signal_history.episodes import DaySignals, store_episodes
from coaching.signal_history.shown_codes import list_needed_categories
from tests.athletes.webhooks.webhook_fixtures import add_webhook
from tests.coaching.plan_fixtures import TODAY, bump_data_version, get_data_version, get_day
from tests.support.cast import NOON, Cast

HEALTH_CODE, LOAD_CODE = "POSSIBLE_ILLNESS", "LOAD_JUMP"


def assess(user: User, *codes: str, back: int = 0, severity: Severity = "warning", version: int = 0) -> None:
    """Store a day with these signals, each since that day."""
    today = get_day(-back)
    signals = [RaisedSignal(code, severity, today) for code in codes]
    store_episodes({user.pk: DaySignals(today, signals, version)}, NOON)


def list_events(webhook: Webhook) -> list[tuple[str, str]]:
    """Kinds and codes, in order."""
    events = [row.event for row in webhook.deliveries.select_related("event").order_by("event")]
    codes = {row.public_id: row.code for row in SignalEpisode.objects.all()}
    return [(event.kind.removeprefix("signal."), codes[event.subject]) for event in events]


def test_an_episode_is_raised_once_and_cleared_once(cast: Cast):
    club, own = add_webhook(cast.hanna, cast.harbour)[0], add_webhook(cast.ada)[0]
    assess(cast.ada, LOAD_CODE, back=3)
    assess(cast.ada, LOAD_CODE, back=3)
    assess(cast.ada, LOAD_CODE, back=2, severity="critical")  # it gets worse: no event
    assess(cast.ada, back=1)
    assess(cast.ada)
    expected = [("raised", LOAD_CODE), ("cleared", LOAD_CODE)]
    assert list_events(club) == list_events(own) == expected
    body = orjson.loads(build_body(WebhookEvent.objects.latest("number")))
    signal_id = SignalEpisode.objects.get().public_id
    assert body == {
        "type": "signal.cleared",
        "timestamp": "2026-06-10T12:00:00Z",
        "data": {"user_id": cast.ada.public_id, "signal_id": signal_id},
    }


def test_a_signal_that_was_only_hidden_is_raised_again_with_its_id(cast: Cast):
    webhook, _ = add_webhook(cast.ada)
    assess(cast.ada, LOAD_CODE, back=3)
    assess(cast.ada, back=2)
    signals = [RaisedSignal(LOAD_CODE, "warning", get_day(-3))]  # late data: it had gone on
    store_episodes({cast.ada.pk: DaySignals(TODAY, signals, 0)}, NOON)
    assert [kind for kind, _ in list_events(webhook)] == ["raised", "cleared", "raised"]
    assert SignalEpisode.objects.count() == 1


def test_a_club_gets_no_event_of_a_signal_that_needs_what_is_withheld(cast: Cast):
    club, own = add_webhook(cast.hanna, cast.harbour)[0], add_webhook(cast.ada)[0]
    change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOON)
    version = get_data_version(cast.ada)
    assess(cast.ada, HEALTH_CODE, LOAD_CODE, back=1, version=version)
    assess(cast.ada, version=version)
    assert list_events(club) == [("raised", LOAD_CODE), ("cleared", LOAD_CODE)]
    assert len(list_events(own)) == 4


def test_a_code_that_is_no_rule_any_more_needs_everything():
    assert len(list_needed_categories("OLD_RULE")) == 3


def test_what_was_assessed_from_older_data_is_not_stored(cast: Cast):
    bump_data_version(cast.ada)
    assess(cast.ada, LOAD_CODE)
    assert not SignalEpisode.objects.exists()


def test_events_and_notices_vanish_with_the_transaction(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    add_webhook(cast.ada)

    def fail(*arguments: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(episodes, "tell_coaches", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        assess(cast.ada, LOAD_CODE, severity="critical")
    assert not SignalEpisode.objects.exists()
    assert not WebhookEvent.objects.exists()


def test_the_coach_is_told_when_a_signal_gets_urgent_and_not_again(cast: Cast):
    assess(cast.ada, LOAD_CODE, back=3)
    assert not Notice.objects.exists()
    for back in (2, 1, 0):
        assess(cast.ada, LOAD_CODE, back=back, severity="critical")
    notice = Notice.objects.get()
    assert (notice.recipient, notice.kind, notice.athlete_id) == (cast.carl, "signal", cast.ada.pk)
    assert notice.subject_id == SignalEpisode.objects.get().pk
    assert notice.created_at == NOON


def test_no_coach_is_told_of_an_urgent_signal_of_withheld_health(cast: Cast):
    change_consent(cast.ada.athlete, cast.harbour, {"health": False}, NOON)
    assess(cast.ada, HEALTH_CODE, severity="critical", version=get_data_version(cast.ada))
    assert SignalEpisode.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_tell_one_episode_once(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    webhook, _ = add_webhook(cast.ada)
    start, find = Barrier(2), episodes._find_changes

    def find_together(assessed: Any) -> Any:
        """Both have seen that nothing is stored before one of them stores."""
        found = find(assessed)
        if not transaction.get_connection().in_atomic_block:
            start.wait()
        return found

    monkeypatch.setattr(episodes, "_find_changes", find_together)

    def work() -> None:
        assess(cast.ada, LOAD_CODE, severity="critical")
        connections.close_all()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert list_events(webhook) == [("raised", LOAD_CODE)]
    assert Notice.objects.count() == 1


def test_many_athletes_get_their_events_and_notices_in_a_fixed_number_of_statements(
    cast: Cast, django_assert_num_queries: Any
):
    add_webhook(cast.hanna, cast.harbour)
    day = DaySignals(TODAY, [RaisedSignal(LOAD_CODE, "critical", TODAY)], 0)
    # Find, savepoint, lock, find, write, events, two for coaches, notices, release; job of the webhook later.
    with django_assert_num_queries(10):
        store_episodes({cast.ada.pk: day, cast.ben.pk: day}, NOON + timedelta(hours=1))
    assert WebhookEvent.objects.count() == 2
    assert sorted(Notice.objects.values_list("recipient__username", flat=True)) == ["carl", "hanna"]
