"""Write what happened for the webhooks that ask for it, in the transaction of the change.

The message is sent if the transaction commits, and never if it does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from astral import ids
from athletes.events.kinds import DESCRIPTIONS, EventKind
from athletes.events.queue import queue_deliveries
from athletes.rights import Category

# One statement finds the webhooks that ask for the events, and writes events and deliveries for them. Without
# such a webhook it writes nothing. FOR KEY SHARE: a webhook that is being deleted must not make the change
# fail. Rows of one athlete keep the order of the arrays.
RECORD_SQL = """
WITH happened AS MATERIALIZED (
  SELECT kind, athlete_id, subject, string_to_array(categories, ',')::varchar[] AS categories, place
    FROM unnest(%(kinds)s::text[], %(athletes)s::uuid[], %(subjects)s::text[], %(categories)s::text[])
      WITH ORDINALITY AS happened(kind, athlete_id, subject, categories, place)
), listening AS MATERIALIZED (
  SELECT happened.*, webhook.id AS webhook_id
    FROM happened
    JOIN athletes_webhook webhook
      ON webhook.owner_id = happened.athlete_id OR webhook.organization_id = ANY ({organizations})
   WHERE webhook.disabled_at IS NULL AND webhook.events @> ARRAY[happened.kind]::varchar[]
     FOR KEY SHARE OF webhook
), event AS (
  INSERT INTO athletes_webhookevent (kind, athlete_id, organization_id, subject, categories, occurred_at)
  SELECT kind, athlete_id, %(organization)s::uuid, subject, categories,
         coalesce(%(now)s::timestamptz, statement_timestamp())
    FROM (SELECT DISTINCT kind, athlete_id, subject, categories, place FROM listening) AS wanted
   ORDER BY place
  RETURNING number, kind, athlete_id, subject, occurred_at
), delivery AS (
  INSERT INTO athletes_webhookdelivery
    (id, webhook_id, event_id, athlete_id, status, attempts, next_try_at, error)
  SELECT gen_random_uuid(), listening.webhook_id, event.number, event.athlete_id, 'waiting', 0,
         event.occurred_at, ''
    FROM listening JOIN event USING (kind, athlete_id, subject)
  RETURNING webhook_id
)
SELECT DISTINCT webhook_id FROM delivery
"""
# The organizations where the athlete is an active athlete and shares the categories.
SHARING_ORGANIZATIONS_SQL = """ARRAY (
        SELECT member.organization_id FROM athletes_membership member
         WHERE member.user_id = happened.athlete_id AND member.status = 'active' AND member.role = 'athlete'
           AND NOT EXISTS (
             SELECT FROM athletes_consent consent
              WHERE consent.athlete_id = member.user_id AND NOT consent.granted
                AND consent.organization_id = member.organization_id
                AND consent.category = ANY (happened.categories)))"""
SHARED_EVENT_SQL = RECORD_SQL.format(organizations=SHARING_ORGANIZATIONS_SQL)
MEMBERSHIP_EVENT_SQL = RECORD_SQL.format(organizations="ARRAY[%(organization)s::uuid]")


class EventRow(NamedTuple):
    """Something that happened. `categories`: what an athlete must share with an organization for it to get
    the event; None: what the kind needs.
    """

    kind: EventKind
    athlete_id: UUID
    subject_id: UUID
    categories: Collection[Category] | None = None


def record_event(
    kind: EventKind,
    athlete_id: UUID,
    subject_id: UUID,
    categories: Collection[Category] | None = None,
    now: datetime | None = None,
) -> None:
    """Record one event of an athlete. See `record_event_rows`."""
    record_event_rows([EventRow(kind, athlete_id, subject_id, categories)], now)


def record_events(
    kind: EventKind, subjects: Iterable[tuple[UUID, UUID]], now: datetime | None = None
) -> None:
    """Record events of one kind: pairs of an athlete and the id of what it is about."""
    record_event_rows((EventRow(kind, *pair) for pair in dict.fromkeys(subjects)), now)


def record_event_rows(rows: Iterable[EventRow], now: datetime | None = None) -> None:
    """Record events in this order. One statement.

    Call it in the transaction of the change, under the lock of the athletes. `now`: by default the
    database's clock, so that no writer needs to know the time.
    """
    _record(SHARED_EVENT_SQL, list(rows), now, None)


def record_membership_event(
    kind: EventKind, organization_id: UUID, user_id: UUID, membership_id: UUID, now: datetime | None = None
) -> None:
    """Record that somebody has joined or left. The organization gets it although the member has left."""
    _record(MEMBERSHIP_EVENT_SQL, [EventRow(kind, user_id, membership_id)], now, organization_id)


def _record(sql: str, rows: Sequence[EventRow], now: datetime | None, organization_id: UUID | None) -> None:
    if not rows:
        return
    needed = [DESCRIPTIONS[row.kind].categories if row.categories is None else row.categories for row in rows]
    parameters: dict[str, Any] = {
        "kinds": [row.kind.value for row in rows],
        "athletes": [row.athlete_id for row in rows],
        "subjects": [ids.encode(DESCRIPTIONS[row.kind].prefix, row.subject_id) for row in rows],
        "categories": [",".join(sorted(categories)) for categories in needed],
        "organization": organization_id,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        webhook_ids = [row[0] for row in cursor.fetchall()]
    if webhook_ids:
        transaction.on_commit(partial(queue_deliveries, webhook_ids), robust=True)
