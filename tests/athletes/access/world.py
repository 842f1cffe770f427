"""The world of the authorization matrix: two clubs with rows of every kind, and every kind of caller.

Every row is marked with its owner's name.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.test import Client
from knox.models import AuthToken

from astral.ids import decode, encode
from athletes.models import (
    ApiKey,
    Consent,
    Group,
    Invitation,
    Notice,
    Organization,
    User,
    WebhookDelivery,
    WebhookEvent,
)
from athletes.organizations.api_keys import create_api_key
from athletes.organizations.invitations import InvitationOffer, create_invitation
from athletes.rights import Category
from athletes.roles import Role, Status
from athletes.webhooks.changes import WebhookOwner, create_webhook
from coaching.calendar.feed.addresses import make_feed
from coaching.models import (
    Absence,
    CalendarChange,
    CalendarSession,
    Comment,
    Plan,
    PlanInstance,
    PlanSession,
    Race,
    SignalEpisode,
)
from coaching.models.comment_querysets import NEW_FOR
from coaching.plans.filling import fill_calendars
from metrics.activities import streams
from metrics.activities.changes import delete_activity
from metrics.activities.recordings.stored_recordings import (
    build_recording,
    load_stored_recordings,
    save_row,
)
from metrics.models import Activity, BinActivity, HealthDay, Import, ImportFile, Streams
from tests.support.cast import ApiClient, create_member, create_person, create_run
from tests.support.recordings import build_steady_run

YESTERDAY = datetime.now(UTC) - timedelta(days=1)
FAR_FUTURE = datetime(2099, 1, 1, tzinfo=UTC)
MISSING = "missing"
CALENDAR_SECRET = "a-secret-of-a-calendar-that-everybody-knows"  # its owner has no mark
CLUBS = ("harbour", "hill")
HEAD_COACHES = {"harbour": "hanna", "hill": "zora"}

# All memberships: {person: {organization: (role, status, assigned coach)}}.
MEMBERSHIPS: dict[str, dict[str, tuple[str, str, str]]] = {
    "hanna": {"harbour": (Role.HEAD_COACH, Status.ACTIVE, "")},
    "carl": {"harbour": (Role.COACH, Status.ACTIVE, "")},
    "cora": {"harbour": (Role.COACH, Status.ACTIVE, ""), "hill": (Role.ATHLETE, Status.ACTIVE, "")},
    "asha": {"harbour": (Role.ASSISTANT_COACH, Status.ACTIVE, "")},
    "sid": {"harbour": (Role.COACH, Status.SUSPENDED, "")},
    "lars": {"harbour": (Role.COACH, Status.LEFT, "")},
    "ada": {"harbour": (Role.ATHLETE, Status.ACTIVE, "carl")},
    "ben": {"harbour": (Role.ATHLETE, Status.ACTIVE, "asha")},
    "lea": {"harbour": (Role.ATHLETE, Status.LEFT, "")},
    "sam": {"harbour": (Role.ATHLETE, Status.SUSPENDED, "")},
    "zora": {"hill": (Role.HEAD_COACH, Status.ACTIVE, "")},
    "zack": {"hill": (Role.COACH, Status.ACTIVE, "")},
    "zoe": {"hill": (Role.ATHLETE, Status.ACTIVE, "")},
    "otto": {},
    "stella": {},  # staff
}
# What people do not share with a club. These show whether a call checks consent.
REFUSED_CONSENTS = {
    ("ben", "harbour", Category.ACTIVITIES),
    ("zoe", "hill", Category.HEALTH),
    ("cora", "hill", Category.GOALS_AND_PLANS),
}
GRANTED_CONSENTS = {
    ("ada", "harbour", category) for category in Category
}  # stored explicitly; the others have no consent rows
API_KEYS: dict[str, tuple[str, frozenset[str]]] = {
    "key-read": ("harbour", frozenset({"read"})),
    "key-write": ("harbour", frozenset({"write"})),
    "key-of-another": ("hill", frozenset({"read", "write"})),
}
PLANNED_PREFIXES = {
    "race_id": "race", "absence_id": "abs", "plan_instance_id": "pi", "calendar_session_id": "ses",
    "change_id": "chg",
}  # fmt: skip
LOCKED_OUT = ("anonymous", "expired-token", "revoked-token", "switched-off", "expired-key", "ended-key")
PERSONAS = (*MEMBERSHIPS, *API_KEYS, *LOCKED_OUT)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """All rows.

    Rows of a person or club contain `canary-<name>`, or `canary-<name>-<category>` if they can be withheld.
    `canary-<name>-private_note` is for the person alone.
    """

    people: dict[str, User]
    clubs: dict[str, Organization]
    groups: dict[str, Group]
    invitations: dict[str, Invitation]
    keys: dict[str, ApiKey]
    activities: dict[str, str]
    deleted: dict[str, str]  # by person: an activity in the bin
    imports: dict[str, str]  # by person: an import that the person made
    comments: dict[str, str]  # by person: an own comment on an own activity
    plans: dict[str, Plan]
    planned: dict[str, dict[str, str]]  # by person: the ids of PLANNED_PREFIXES
    clients: dict[str, Client]
    sessions: dict[str, str]  # session cookies by person
    webhooks: dict[str, WebhookDelivery]  # by club or person: the only message of the only webhook
    notices: dict[str, str]  # by person: a notice of a comment that somebody wrote to them

    def create_browser(self, persona: str) -> Client:
        """A new browser each time, because pages set cookies.

        Personas without a session use their token or key.
        """
        if persona not in self.sessions:
            return self.clients[persona]
        browser = ApiClient()
        browser.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[persona]
        return browser

    def user_id(self, person: str) -> str:
        return self.people[person].public_id if person in self.people else encode("usr", uuid4())

    def activity_id(self, person: str) -> str:
        return self.activities.get(person) or encode("act", uuid4())

    def recording_id(self, person: str) -> str:
        """The id of the second recording of a person's activity."""
        return encode("rec", derive_recording_id(decode("act", self.activity_id(person))))

    def deleted_id(self, person: str) -> str:
        return self.deleted.get(person) or encode("act", uuid4())

    def import_id(self, person: str) -> str:
        return self.imports.get(person) or encode("imp", uuid4())

    def comment_id(self, person: str) -> str:
        return self.comments.get(person) or encode("cmt", uuid4())

    def club_id(self, club: str) -> str:
        return self.clubs[club].public_id if club in self.clubs else encode("org", uuid4())

    def thing_id(self, kind: str, club: str) -> str:
        """The id of a group, invitation, key or plan of this club."""
        things: dict[str, Any] = {
            "group_id": self.groups, "invitation_id": self.invitations, "key_id": self.keys,
            "plan_id": self.plans,
        }  # fmt: skip
        prefix = {"group_id": "grp", "invitation_id": "inv", "key_id": "key", "plan_id": "plan"}[kind]
        return str(things[kind][club].public_id) if club in things[kind] else encode(prefix, uuid4())

    def planned_id(self, kind: str, person: str) -> str:
        """The id of a person's race, absence, plan instance, session or change of the calendar."""
        return (
            self.planned[person][kind] if person in self.planned else encode(PLANNED_PREFIXES[kind], uuid4())
        )

    def webhook_ids(self, owner: str) -> dict[str, str]:
        """The ids of the webhook of a club or a person, and of its message."""
        if owner not in self.webhooks:
            return {"webhook_id": encode("whk", uuid4()), "delivery_id": encode("msg", uuid4())}
        delivery = self.webhooks[owner]
        return {"webhook_id": delivery.webhook.public_id, "delivery_id": delivery.public_id}

    def notice_id(self, person: str) -> str:
        return self.notices[person] if person in self.notices else encode("ntc", uuid4())

    def plan_of(self, person: str) -> Plan:
        return self.plans[find_home_organization(person)]


def find_home_organization(person: str) -> str:
    """The club where the person is an athlete, else any of their clubs."""
    roles_by_club = MEMBERSHIPS.get(person, {})
    return next(
        (club for club, (role, _, _) in roles_by_club.items() if role == Role.ATHLETE),
        next(iter(roles_by_club), "nowhere"),
    )


def make_world() -> World:
    people = {name: _create_person(name) for name in MEMBERSHIPS}
    clubs = {club: Organization.objects.create(name=f"canary-{club}") for club in CLUBS}
    for name, roles_by_club in MEMBERSHIPS.items():
        for club, (role, status, coach) in roles_by_club.items():
            notes = f"canary-{name}"
            create_member(
                people[name], clubs[club], role, status=status, assigned_coach=people.get(coach), notes=notes
            )
    for name, club, category in {*REFUSED_CONSENTS, *GRANTED_CONSENTS}:
        Consent.objects.create(
            athlete=people[name].athlete,
            organization=clubs[club],
            category=category,
            granted=(name, club, category) in GRANTED_CONSENTS,
            changed_at=YESTERDAY,
        )
    plans = {club: _create_plan(clubs[club], f"canary-{club}") for club in CLUBS}
    plans["nowhere"] = _create_plan(Organization.objects.create(name="nowhere"), "nowhere")
    nick = create_person("nick", is_staff=True, is_active=False)
    make_feed(create_person("fred").athlete, YESTERDAY, CALENDAR_SECRET)
    activities = {name: _create_training(user, name) for name, user in people.items()}
    heads, now = {club: people[name] for club, name in HEAD_COACHES.items()}, datetime.now(UTC)
    return World(
        people,
        clubs,
        groups={c: Group.objects.create(organization=clubs[c], name=f"canary-{c}") for c in CLUBS},
        invitations={
            c: create_invitation(clubs[c], InvitationOffer("athlete", FAR_FUTURE), heads[c], now)[0]
            for c in CLUBS
        },
        keys={c: create_api_key(clubs[c], f"canary-{c}", ["read"], FAR_FUTURE, heads[c])[0] for c in CLUBS},
        activities=activities,
        deleted={name: _create_deleted_activity(user, name) for name, user in people.items()},
        imports={name: _create_import(user, name) for name, user in people.items()},
        comments={name: _create_comments(user, activities[name], name) for name, user in people.items()},
        plans=plans,
        planned={
            name: _create_calendar(user, plans[find_home_organization(name)], name)
            for name, user in people.items()
        },
        clients=_create_clients(people, clubs, nick),
        sessions={name: _create_session(user) for name, user in people.items()}
        | {"switched-off": _create_session(nick)},
        webhooks={c: _create_webhook(WebhookOwner(heads[c], clubs[c]), c) for c in CLUBS}
        | {name: _create_webhook(WebhookOwner(user), name) for name, user in people.items()},
        notices=_create_notices(people),
    )


def _create_person(name: str) -> User:
    user = create_person(name, is_staff=name == "stella")
    user.display_name = f"canary-{name}"
    user.save(update_fields=["display_name"])
    return user


def _create_training(user: User, name: str) -> str:
    activity = create_run(
        user,
        YESTERDAY,
        name=f"canary-{name}-activities",
        pain_score=1,
        pain_where=f"canary-{name}-health",
        private_note=f"canary-{name}-private_note",
    )
    Streams.objects.create(
        activity=activity,
        athlete=user.athlete,
        content=streams.encode(build_steady_run(duration_s=60).samples),
    )
    _record_again(activity, name)
    HealthDay.objects.create(
        athlete=user.athlete, date=YESTERDAY.date(), source=f"canary-{name}-health", resting_hr_bpm=50.0
    )
    HealthDay.objects.create(
        athlete=user.athlete, date=YESTERDAY.date(), source="manual", pain_score=1,
        pain_where=f"canary-{name}-health",
    )  # fmt: skip
    return activity.public_id


def derive_recording_id(activity_id: UUID) -> UUID:
    return UUID(int=activity_id.int ^ 1)


def _record_again(activity: Activity, name: str) -> None:
    """Add a second recording."""
    stored, second = load_stored_recordings(activity), build_recording(activity)
    second.id = derive_recording_id(activity.pk)
    second.device = f"canary-{name}-activities"
    stored.add_rows([second])
    for row in stored.changed:
        save_row(row)


def _create_deleted_activity(user: User, name: str) -> str:
    activity = create_run(user, YESTERDAY, name=f"canary-{name}-activities")
    public_id = activity.public_id
    delete_activity(activity, BinActivity.DeletedBy.ATHLETE, YESTERDAY)
    return public_id


def _create_import(user: User, name: str) -> str:
    """An import with a refused file that is kept. Nobody but the person and staff may see it."""
    parent = Import.objects.create(
        athlete=user.athlete,
        made_by=user,
        added_by="athlete",
        filename=f"canary-{name}-health",
        status="cancelled",
        planned_at=YESTERDAY,
        file_count=1,
        done_count=1,
    )
    ImportFile.objects.create(
        athlete=user.athlete,
        parent=parent,
        position=0,
        name=f"canary-{name}-health",
        kind="health",
        status="refused",
        kept_bytes=1,
        content=zlib.compress(b"x"),
    )
    return parent.public_id


def _create_comments(user: User, activity_id: str, name: str) -> str:
    """Own comments on an activity and on a day. They are too old to be new: a read mark has a new id."""
    activity = Activity.parse_public_id(activity_id)
    own = {"athlete": user.athlete, "author": user, "created_at": YESTERDAY - NEW_FOR}
    comment = Comment.objects.create(**own, activity_id=activity, text=f"canary-{name}-activities")
    Comment.objects.create(**own, day=YESTERDAY.date(), text=f"canary-{name}-health")
    return comment.public_id


def _create_webhook(owner: WebhookOwner, name: str) -> WebhookDelivery:
    values = {"url": f"https://canary-{name}.example.org/", "events": ["import.done"]}
    webhook, _ = create_webhook(owner, values)
    event = WebhookEvent.objects.create(kind="webhook.test", categories=[], occurred_at=YESTERDAY)
    return WebhookDelivery.objects.create(webhook=webhook, event=event, status="parked")


def _create_notices(people: dict[str, User]) -> dict[str, str]:
    """Everybody is told of an own import, and of a signal of each athlete: also who must not see it."""
    imports = {row.athlete_id: row for row in Import.objects.filter(made_by__in=people.values())}
    own = {
        name: Notice.objects.create(
            recipient=user,
            kind="import",
            athlete=user.athlete,
            subject_id=imports[user.pk].pk,
            created_at=YESTERDAY,
        )
        for name, user in people.items()
    }
    signals = {
        name: SignalEpisode.objects.create(
            athlete=user.athlete,
            code="POSSIBLE_ILLNESS",
            worst_severity="critical",
            raised_on=YESTERDAY.date(),
        )
        for name, user in people.items()
    }
    Notice.objects.bulk_create(
        Notice(
            recipient=reader,
            kind="signal",
            athlete=signals[name].athlete,
            subject_id=signals[name].pk,
            categories=list(Category),
            created_at=YESTERDAY,
        )
        for reader in people.values()
        for name in people
    )
    return {name: notice.public_id for name, notice in own.items()}


def _create_plan(club: Organization, name: str) -> Plan:
    plan = Plan.objects.create(organization=club, name=name, total_weeks=1)
    weekday = YESTERDAY.isoweekday()  # so that the session is on the start date of the plan instance
    PlanSession.objects.create(plan=plan, week=1, weekday=weekday, duration_s=3600, title=name)
    return plan


def _create_calendar(user: User, plan: Plan, name: str) -> dict[str, str]:
    day = YESTERDAY.date()
    race = Race.objects.create(
        athlete=user.athlete, name=f"canary-{name}-goals_and_plans", date=day, distance_m=10_000
    )
    absence = Absence.objects.create(athlete=user.athlete, kind="ill", first_day=day, last_day=day)
    instance = PlanInstance.objects.create(athlete=user.athlete, plan=plan, start_date=day)
    fill_calendars(plan, [instance])
    title = f"canary-{name}-goals_and_plans"
    session = CalendarSession.objects.create(athlete=user.athlete, day=day, duration_s=60, title=title)
    change = CalendarChange.objects.create(
        athlete=user.athlete, kind="shift", reason=title, made_at=YESTERDAY, author_name=title
    )
    old = YESTERDAY - NEW_FOR
    Comment.objects.create(athlete=user.athlete, session=session, author=user, text=title, created_at=old)
    return {
        "race_id": race.public_id, "absence_id": absence.public_id, "plan_instance_id": instance.public_id,
        "calendar_session_id": session.public_id, "change_id": change.public_id,
    }  # fmt: skip


def _create_clients(people: dict[str, User], clubs: dict[str, Organization], nick: User) -> dict[str, Client]:
    clients = {name: _create_token_client(AuthToken.objects.create(user)[1]) for name, user in people.items()}
    for name, (club, scopes) in API_KEYS.items():
        clients[name] = _create_key_client(
            create_api_key(clubs[club], name, scopes, FAR_FUTURE, people[HEAD_COACHES[club]])[1]
        )
    return clients | _create_locked_out_clients(people["hanna"], clubs["harbour"], nick)


def _create_locked_out_clients(hanna: User, harbour: Organization, nick: User) -> dict[str, Client]:
    """Callers with all rights, whose sign-in is invalid for one reason each."""
    revoked, token = AuthToken.objects.create(hanna)
    revoked.delete()
    ended, secret = create_api_key(harbour, "x", ["read", "write"], FAR_FUTURE, hanna)
    ended.delete()
    return {
        "anonymous": Client(raise_request_exception=False),
        "expired-token": _create_token_client(
            AuthToken.objects.create(hanna, expiry=timedelta(seconds=-1))[1]
        ),
        "revoked-token": _create_token_client(token),
        "switched-off": _create_token_client(AuthToken.objects.create(nick)[1]),
        "expired-key": _create_key_client(
            create_api_key(harbour, "x", ["read", "write"], datetime.now(UTC), hanna)[1]
        ),
        "ended-key": _create_key_client(secret),
    }


def _create_session(user: User) -> str:
    browser = Client()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def _create_token_client(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)


def _create_key_client(secret: str) -> Client:
    return Client(headers={"X-API-Key": secret}, raise_request_exception=False)
