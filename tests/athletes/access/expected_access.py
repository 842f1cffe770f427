"""The expected answer to each call of each caller, according to the policy table.

Computed in plain Python from the policy table, `world.MEMBERSHIPS` and `world.REFUSED_CONSENTS`, without the
queries under test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from athletes.access.policy import PolicyRow, Target
from athletes.access.policy_document import PolicyEndpoint
from athletes.rights import ANNOTATE, OWN, Category, Scope
from athletes.roles import COACHING_ROLES, Role, Status
from tests.athletes.access.world import (
    API_KEYS,
    CLUBS,
    LOCKED_OUT,
    MEMBERSHIPS,
    MISSING,
    REFUSED_CONSENTS,
    find_home_organization,
)

UNNAMED = "unnamed"
OWNERS = ("ada", "ben", "sam", "lea", "zoe", "cora", "carl", MISSING)  # and the caller itself
ENDPOINTS_WITH_ORG_ID = {
    "training-plans", "coach-athletes-metrics", "roster-page", "roster-csv-page", "selection-coach-page",
    "selection-group-page", "selection-label-page", "groups-page", "club-page", "club-member-page",
    "club-link-page", "club-mail-page", "club-invitation-page", "club-key-page", "club-key-end-page",
    "club-key-confirm-page", "digest-page", "club-webhooks-page", "club-webhook-page",
    "plans-page", "plan-import-page", "plan-give-page", "club-hand-over-page", "club-second-factor-page",
    "usefulness-page",
}  # fmt: skip  # they take org_id as a parameter, not in the address
EXTRA_CONSENT = {"PUT plan-instance-activity": Category.ACTIVITIES}  # calls whose body needs a second consent
ORGANIZATION_LISTS = {
    "organizations",
    "clubs-page",
}  # all signed-in users may call them; most get an empty list
# Calls that change a plan, and the pages for it; an assistant coach may change only her own plans.
PLAN_EDIT_PAGES = {
    "plan-archive-page", "plan-delete-page", "plan-details-page", "plan-editor-page", "plan-entries-page",
    "plan-weeks-page", "plan-session-page", "plan-session-remove-page", "plan-revise-page",
    "plan-apply-page", "plan-discard-page",
}  # fmt: skip
PLAN_INSTANCE_CHANGES = {
    ("PATCH", "plan-instance"),
    ("DELETE", "plan-instance"),
    ("POST", "plan-instance-end-page"),
    ("POST", "plan-instance-resume-page"),
    ("POST", "plan-instance-take-back-page"),
}
IMPORT_ENDPOINTS = {
    "import",
    "import-files",
    "import-files-csv",
    "import-start",
    "import-retry",
    "import-undo",
    "import-page",
    "import-report-page",
    "import-cancel-page",
    "import-start-page",
    "import-retry-page",
    "import-sport-page",
    "import-undo-page",
}
OWN_COMMENT_ENDPOINTS = {"comment", "comment-page", "comment-delete-page"}
CONSENT_ENDPOINTS = {"organization-consent", "consent-page"}


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner that a call names: a person, a club, and the club of the named thing (such as a group)."""

    person: str = UNNAMED
    club: str = ""
    thing: str = ""


def list_owners(endpoint: PolicyEndpoint, row: PolicyRow, persona: str) -> Iterator[Owner]:
    named = set(re.findall(r"{(\w+)}", endpoint.address))
    people = sorted({*_choose_people(persona), *({persona} & MEMBERSHIPS.keys())})
    if row.over is Target.ATHLETE:
        yield from (
            Owner(person) for person in (people if named or not row.right.own else (UNNAMED, *people))
        )
    elif "user_id" in named:
        yield from (Owner(person, club, club) for club in CLUBS for person in people)
        yield Owner("ada", MISSING, "harbour")
    elif named == {"group_id"}:
        yield from (Owner(club=club, thing=club) for club in (*CLUBS, MISSING))
    elif named & {"webhook_id", "notice_id"} and row.over is Target.YOURSELF:
        yield from map(Owner, people)
    elif named & {"group_id", "invitation_id", "key_id", "webhook_id"}:
        yield from (
            Owner(club=club, thing=thing) for club in (*CLUBS, MISSING) for thing in (*CLUBS, MISSING)
        )
    elif "plan_id" in named:
        yield from (Owner(club=club, thing=club) for club in (*CLUBS, MISSING))
    elif "org_id" in named or endpoint.name in ENDPOINTS_WITH_ORG_ID:
        yield from (Owner(club=club) for club in (*CLUBS, MISSING))
    else:
        yield Owner()


def _choose_people(persona: str) -> tuple[str, ...]:
    """The people to try. Personas without a coaching role or without a valid sign-in need fewer."""
    if persona in LOCKED_OUT:
        return (OWNERS[0], MISSING)
    return (
        OWNERS
        if get_active_roles(persona) or persona == "stella"
        else (OWNERS[0], "sam", "lea", "zoe", MISSING)
    )


def get_active_roles(persona: str) -> dict[str, str]:
    """The active role of a persona in each club. A key counts as a coach of its club."""
    if persona in API_KEYS:
        return {API_KEYS[persona][0]: Role.COACH}
    return {club: role for club, (role, status, _) in MEMBERSHIPS[persona].items() if status == Status.ACTIVE}


def has_required_scope(persona: str, row: PolicyRow) -> bool:
    if persona not in API_KEYS:
        return True
    scopes = API_KEYS[persona][1]
    return row.right.scope in scopes or (row.right.scope == Scope.READ and "write" in scopes)


def can_supervise(persona: str, row: PolicyRow, club: str, coach: str) -> bool:
    role = get_active_roles(persona).get(club)
    return role in row.right.roles or (role in row.right.assigned and coach == persona)


def can_reach_athlete(persona: str, row: PolicyRow, person: str) -> bool:
    if person in (UNNAMED, persona) and row.right.own:
        return True
    return (persona == "stella" and row.right.staff and person in MEMBERSHIPS) or any(
        (role, status) == (Role.ATHLETE, Status.ACTIVE)
        and can_supervise(persona, row, club, coach)
        and (person, club, row.category) not in REFUSED_CONSENTS
        for club, (role, status, coach) in MEMBERSHIPS.get(person, {}).items()
    )


def is_withheld(persona: str, row: PolicyRow, person: str) -> bool:
    """Whether only the athlete's consent to the row's category is missing."""
    if persona in LOCKED_OUT or not has_required_scope(persona, row):
        return False
    return not can_reach_athlete(persona, row, person) and can_reach_athlete(
        persona, replace(row, category=None), person
    )


def can_reach_organization(persona: str, row: PolicyRow, club: str) -> bool:
    if persona == "stella" and row.right.staff:
        return club in CLUBS
    role = get_active_roles(persona).get(club)
    return role in row.right.roles | row.right.assigned or (row.right.own and role is not None)


def can_reach_member(persona: str, row: PolicyRow, endpoint: str, owner: Owner) -> bool:
    if row.right == OWN:  # the own membership, even if suspended
        role, status, _ = MEMBERSHIPS[persona].get(owner.club, ("", Status.LEFT, ""))
        return status != Status.LEFT and (endpoint not in CONSENT_ENDPOINTS or role == Role.ATHLETE)
    if owner.person == UNNAMED or not can_reach_organization(persona, row, owner.club):
        return can_reach_organization(persona, row, owner.club)
    role, status, coach = MEMBERSHIPS.get(owner.person, {}).get(owner.club, ("", Status.LEFT, ""))
    if status == Status.LEFT or (endpoint == "organization-group-member" and role != Role.ATHLETE):
        return False
    if row.right == ANNOTATE and owner.person == persona:  # nobody but the head coach, notes about oneself
        return role == Role.HEAD_COACH or persona == "stella"
    own = row.right.own and owner.person == persona
    return own or persona == "stella" or can_supervise(persona, row, owner.club, coach)


def compute_expected_status(
    endpoint: PolicyEndpoint, method: str, row: PolicyRow, persona: str, owner: Owner
) -> int:
    """The expected status: 401, 403, 404, 302 (to the sign-in page), or 200 for any other answer."""
    if endpoint.is_page and (persona in LOCKED_OUT or persona in API_KEYS):
        return 200 if row.right.anybody else 302
    if category := EXTRA_CONSENT.get(f"{method} {endpoint.name}"):
        second_status = _compute_status(endpoint.name, replace(row, category=category), persona, owner)
        return max(second_status, _compute_status(endpoint.name, row, persona, owner))
    status = _compute_status(endpoint.name, narrow_row(endpoint.name, method, row), persona, owner)
    if status == 200 and (method, endpoint.name) in PLAN_INSTANCE_CHANGES:
        return 200 if can_edit_plan_instance(persona, row, owner.person) else 403
    return status


def narrow_row(endpoint: str, method: str, row: PolicyRow) -> PolicyRow:
    """The row for plans, imports and comments that the caller did not make.

    An assistant coach may not change such a plan. Such an import is only for the athlete and staff. Nobody
    may change such a comment.
    """
    if endpoint in OWN_COMMENT_ENDPOINTS:
        return replace(row, right=replace(row.right, roles=frozenset(), staff=False))
    if endpoint in IMPORT_ENDPOINTS:
        return replace(row, right=replace(row.right, roles=frozenset()))
    is_change_of_plan = endpoint in PLAN_EDIT_PAGES or (endpoint == "training-plan" and method != "GET")
    return replace(row, right=replace(row.right, assigned=frozenset())) if is_change_of_plan else row


def can_edit_plan_instance(persona: str, row: PolicyRow, person: str) -> bool:
    """Whether the caller may plan for this athlete in the club that the plan is from."""
    club = find_home_organization(person)
    role, status, coach = MEMBERSHIPS.get(person, {}).get(club, ("", "", ""))
    return persona == "stella" or (
        (role, status) == (Role.ATHLETE, Status.ACTIVE) and can_supervise(persona, row, club, coach)
    )


def _compute_status(endpoint: str, row: PolicyRow, persona: str, owner: Owner) -> int:
    if persona in LOCKED_OUT:
        return 200 if row.right.anybody and persona == "anonymous" else 401
    if not has_required_scope(persona, row):
        return 403
    allowed = row.right.anybody or row.over is Target.YOURSELF or endpoint in ORGANIZATION_LISTS
    if row.over is Target.ATHLETE:
        allowed = can_reach_athlete(persona, row, owner.person)
    elif row.over is Target.MEMBER:
        allowed = can_reach_member(persona, row, endpoint, owner)
    elif row.over is Target.YOURSELF and owner.person != UNNAMED:  # a thing that a person has
        allowed = owner.person == persona
    elif owner.club:
        allowed = can_reach_organization(persona, row, owner.club) and owner.thing in ("", owner.club)
    return 200 if allowed else 404 if persona == "stella" else 403


def list_visible_names(persona: str) -> set[str]:
    """The canaries this persona may see: names of people and clubs, and `name-category` for each category.

    The private notes of other people are for nobody.
    """
    if persona == "stella":
        return {
            "stella-private_note",
            *MEMBERSHIPS,
            *CLUBS,
            *(f"{person}-{category}" for person in MEMBERSHIPS for category in Category),
        }
    roles = {} if persona in LOCKED_OUT else get_active_roles(persona)
    coached = {club for club, role in roles.items() if role in COACHING_ROLES}
    memberships = [
        (person, club, roles_by_club[club])
        for person, roles_by_club in MEMBERSHIPS.items()
        for club in coached & roles_by_club.keys()
    ]
    members = {person for person, _, (_, status, _) in memberships if status != Status.LEFT}
    shared = {
        f"{person}-{category}"
        for person, club, (role, status, _) in memberships
        for category in Category
        if (role, status) == (Role.ATHLETE, Status.ACTIVE)
        and (person, club, category) not in REFUSED_CONSENTS
    }
    own = {f"{persona}-{kind}" for kind in (*Category, "private_note")}
    return {persona, *own, *coached, *members, *shared, *MEMBERSHIPS.get(persona, {})}
