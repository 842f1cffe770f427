"""The steps from an empty server to a working club, and which of them are done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse

from athletes.models import Invitation, Membership, Organization, User
from athletes.roles import COACHING_ROLES, Role
from metrics.models import Activity

_ACTIVE_ATHLETES = Membership.objects.active().athletes()


@dataclass(frozen=True, slots=True)
class SetupStep:
    """`link`: the address and the text of the button. `can_wait`: the club works without it."""

    title: str
    text: str
    is_done: bool
    link: tuple[str, str]
    can_wait: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """`club`: the club of the checklist; None before there is one."""

    club: Organization | None
    steps: tuple[SetupStep, ...]

    @property
    def is_complete(self) -> bool:
        return all(step.is_done or step.can_wait for step in self.steps)

    @property
    def next_step(self) -> SetupStep | None:
        """The first step to do; one that can wait comes after the others."""
        open_steps = [step for step in self.steps if not step.is_done]
        return min(open_steps, key=lambda step: step.can_wait, default=None)


def find_setup_club(person: User, organization: Organization | None) -> Organization | None:
    """The club to set up: the given one, else the newest that the person leads, else for staff the newest."""
    if organization:
        return organization
    led = Organization.objects.coached_by(person, [Role.HEAD_COACH]).order_by("-created_at").first()
    if led or not person.is_staff:
        return led
    return Organization.objects.order_by("-created_at").first()


def load_setup(club: Organization | None, now: datetime) -> Setup:
    """The steps, for a person who may manage the club. Three statements for a club, none without one."""
    counts = _count_members(club) if club else {}
    invited = _count_invited(club, now) if club else {}
    has_upload = club is not None and _has_activity(club)
    steps = (
        _build_club_step(club),
        _build_head_coach_step(club, counts, invited),
        _build_coaches_step(club, counts, invited),
        _build_athletes_step(club, counts, invited),
        SetupStep(
            "First upload",
            "An activity is there. The roster shows who needs attention."
            if has_upload
            else "Your athletes upload the files of their watches. You can upload for them, too.",
            has_upload,
            (reverse("upload-page"), "Upload recordings"),
        ),
    )
    return Setup(club, steps)


def is_server_in_use() -> bool:
    """Whether an athlete of some club has an activity. Staff who lead no club have nothing to set up then."""
    return Activity.objects.filter(athlete__in=_ACTIVE_ATHLETES.values("user")).exists()


def _count_members(club: Organization) -> dict[str, int]:
    members = Membership.objects.filter(organization=club).active()
    return members.aggregate(
        leaders=Count("pk", filter=Q(role=Role.HEAD_COACH)),
        coaches=Count("pk", filter=Q(role__in=COACHING_ROLES)),
        athletes=Count("pk", filter=Q(role=Role.ATHLETE)),
    )


def _count_invited(club: Organization, now: datetime) -> dict[str, int]:
    """Open invitations for each role."""
    opened = Invitation.objects.open(now).made_by_coaches().filter(organization=club).order_by()
    return dict(opened.values_list("role").annotate(number=Count("pk")))


def _has_activity(club: Organization) -> bool:
    athletes = _ACTIVE_ATHLETES.filter(organization=club)
    return Activity.objects.filter(athlete__in=athletes.values("user")).exists()


def _build_club_step(club: Organization | None) -> SetupStep:
    text = f"{club} is founded." if club else "It can be a club, or your own coaching business."
    return SetupStep("Found a club", text, club is not None, (reverse("club-new-page"), "Found a club"))


def _build_head_coach_step(
    club: Organization | None, counts: dict[str, int], invited: dict[str, int]
) -> SetupStep:
    """The founder leads the club. An invited head coach takes over."""
    is_led = bool(counts.get("leaders"))
    text = "The head coach invites people and manages the club."
    if is_led:
        text = "The club has a head coach. If somebody else shall lead it, invite them as head coach."
    elif club:
        text = "The club has no head coach. Invite one: only the head coach can invite people and manage it."
    text += _describe_invited(invited.get(Role.HEAD_COACH, 0))
    return SetupStep("Choose the head coach", text, is_led, _invite_link(club, "Invite a head coach"))


def _build_coaches_step(
    club: Organization | None, counts: dict[str, int], invited: dict[str, int]
) -> SetupStep:
    others = max(counts.get("coaches", 0) - counts.get("leaders", 0), 0)
    waiting = invited.get(Role.COACH, 0) + invited.get(Role.ASSISTANT_COACH, 0)
    text = f"{_count_people(others, 'more coach', 'more coaches')} joined."
    text = text if others else "Invite those who coach with you. You can also do this later."
    title, link = "Invite coaches", _invite_link(club, "Invite coaches")
    return SetupStep(title, text + _describe_invited(waiting), others > 0, link, can_wait=True)


def _build_athletes_step(
    club: Organization | None, counts: dict[str, int], invited: dict[str, int]
) -> SetupStep:
    athletes = counts.get("athletes", 0)
    text = f"{_count_people(athletes, 'athlete', 'athletes')} joined."
    if not athletes:
        text = "Share one link with many athletes" + (
            ", or invite each by e-mail." if settings.SENDS_EMAIL else ". This server sends no e-mail."
        )
    text += _describe_invited(invited.get(Role.ATHLETE, 0))
    return SetupStep("Invite athletes", text, athletes > 0, _invite_link(club, "Invite athletes"))


def _invite_link(club: Organization | None, text: str) -> tuple[str, str]:
    """The club's page with its forms; empty before there is a club."""
    if club is None:
        return "", text
    return f"{reverse('club-page')}?{urlencode({'org_id': club.public_id})}#invite-link", text


def _count_people(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _describe_invited(number: int) -> str:
    return f" {number} invitation{'' if number == 1 else 's'} not answered yet." if number else ""
