"""The two organizations of the demo: their staff, their groups, and the coaches' data about athletes."""

from __future__ import annotations

from dataclasses import dataclass

from athletes.roles import Role, Status
from coaching.demo.people.athlete import SimulatedAthlete
from coaching.demo.people.athletes import (
    ATHLETE_EMAIL,
    EMAIL_IN_BOTH_ORGANIZATIONS,
    HARBOUR_ATHLETES,
    LANTERN_ATHLETES,
    LANTERN_HEAD_COACH,
)

PASSWORD = "astral-demo"  # noqa: S105
COACH_EMAIL, ADMIN_EMAIL = "coach@demo.test", "admin@demo.test"
SIGN_IN_EMAILS = (COACH_EMAIL, ATHLETE_EMAIL, ADMIN_EMAIL)
DEFAULT_JOINED_D = 600  # days before the demo is loaded


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """A person who records no activities: a coach, the admin or a member who is not active."""

    email: str
    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class DemoMember:
    """A membership; athletes also have level, labels and notes. `joined` is days ago."""

    email: str
    role: str
    status: str = Status.ACTIVE
    coach: str = ""
    groups: tuple[str, ...] = ()
    level: str = ""
    labels: tuple[str, ...] = ()
    notes: str = ""
    joined: int = DEFAULT_JOINED_D


@dataclass(frozen=True, slots=True)
class DemoOrganization:
    name: str
    groups: tuple[str, ...]
    members: tuple[DemoMember, ...]


STAFF = (
    DemoStaff(COACH_EMAIL, "Carla Faroviejo", "Europe/Madrid"),
    DemoStaff("marta@demo.test", "Marta Lomaverde", "Europe/Madrid"),
    DemoStaff("idris@demo.test", "Idris Sandgate", "Europe/London"),
    DemoStaff("kenji@demo.test", "Kenji Umibozu", "Asia/Tokyo"),
    DemoStaff("invited@demo.test", "Paloma Nuevallegada", "Europe/Madrid"),
    DemoStaff("left@demo.test", "Tomás Antaño", "Europe/Madrid"),
    DemoStaff("suspended@demo.test", "Ulrich Zwischenzeit", "Europe/London"),
    DemoStaff(ADMIN_EMAIL, "Alex Engineroom", "Europe/Madrid"),
)

GROUP_BY_ARCHETYPE = {
    "Marathon runner": "Marathon",
    "Half-marathon runner": "Roads",
    "10 km runner": "Roads",
    "Beginner": "First steps",
    "Trail runner": "Far and high",
    "Triathlete": "Far and high",
    "Masters runner who also swims": "",
}
GROUP_WITH_PLAN, NEW_MEMBER_D = "First steps", 30  # members of the last 30 days joined after the assignment
HARBOUR_GROUPS = ("Marathon", "Roads", "First steps")
LANTERN_GROUPS = ("Night track", "Far and high")
NOTES_BY_SCENARIO = {
    "injured": "Calf strain. Physio twice a week; no running before she says so.",
    "returning": "Back since three weeks: run and walk first, no hills yet.",
    "training camp": "On camp until Sunday. Watch the legs, not the watch.",
    "no taper": "Will not rest before a race. Talk to her on Thursday.",
    "fading": "New job, sleeps little. Keep it light until the end of the month.",
    "newcomer": "Came from football. Runs too fast, asks good questions.",
    "skips the plan": "Two small children at home. Plan four sessions, hope for three.",
}
LABEL_BY_SCENARIO = {
    "injured": "physio",
    "returning": "comeback",
    "training camp": "camp",
    "newcomer": "new",
    "vanished": "call",
    "long gone": "call",
    "faithful": "captain",
}
# The signals that the head coach has acknowledged, by scenario.
ACKNOWLEDGED_BY_SCENARIO = {
    "old test": "THRESHOLD_OUTDATED",
    "lost watch": "SYNC_STALE",
    "more than asked": "PLAN_EXCEEDED",
}


def build_demo_organizations() -> tuple[DemoOrganization, DemoOrganization]:
    harbour = [
        DemoMember(COACH_EMAIL, Role.HEAD_COACH),
        DemoMember("marta@demo.test", Role.COACH),
        DemoMember("idris@demo.test", Role.ASSISTANT_COACH),
        *(
            _build_member(person, HARBOUR_GROUPS, number, (COACH_EMAIL, "marta@demo.test", "idris@demo.test"))
            for number, person in enumerate((*HARBOUR_ATHLETES, LANTERN_HEAD_COACH))
        ),
        DemoMember(
            EMAIL_IN_BOTH_ORGANIZATIONS, Role.ATHLETE, level="advanced", labels=("guest",), joined=200
        ),
        DemoMember("invited@demo.test", Role.ATHLETE, Status.INVITED, joined=3),
        DemoMember("left@demo.test", Role.ATHLETE, Status.LEFT),
        DemoMember("suspended@demo.test", Role.ATHLETE, Status.SUSPENDED),
    ]
    lantern = [
        DemoMember(LANTERN_HEAD_COACH.email, Role.HEAD_COACH),
        DemoMember("kenji@demo.test", Role.ASSISTANT_COACH),
        *(
            _build_member(person, LANTERN_GROUPS, number, (LANTERN_HEAD_COACH.email, "kenji@demo.test"))
            for number, person in enumerate(LANTERN_ATHLETES)
        ),
    ]
    return (
        DemoOrganization("Harbour Runners", HARBOUR_GROUPS, tuple(harbour)),
        DemoOrganization("Lantern Athletics", LANTERN_GROUPS, tuple(lantern)),
    )


def _build_member(
    person: SimulatedAthlete, groups: tuple[str, ...], number: int, coaches: tuple[str, ...]
) -> DemoMember:
    """Build an athlete's membership. Every fourth athlete has no coach; the kind decides the group."""
    usual = GROUP_BY_ARCHETYPE[person.kind.name]
    chosen = [usual] if usual in groups else [groups[0]] if "Night track" in groups and number % 3 else []
    if number % 7 == 3 and groups[1] not in chosen:
        chosen.append(groups[1])
    is_newcomer = person.scenario.history_d < 30
    return DemoMember(
        person.email,
        Role.ATHLETE,
        coach="" if number % 4 == 3 else coaches[number % len(coaches)],
        groups=tuple(chosen),
        level=_choose_level(person),
        labels=tuple(
            label
            for label in (LABEL_BY_SCENARIO.get(person.scenario_name, ""), _choose_race_label(person))
            if label
        ),
        notes=NOTES_BY_SCENARIO.get(person.scenario_name, ""),
        joined=person.scenario.history_d if is_newcomer else max(20, DEFAULT_JOINED_D - 7 * number),
    )


def _choose_level(person: SimulatedAthlete) -> str:
    if person.kind.name == "Beginner":
        return "beginner"
    return "advanced" if person.vdot >= 50 else "intermediate"


def _choose_race_label(person: SimulatedAthlete) -> str:
    return {42_195.0: "marathon", 21_097.5: "half", 30_000.0: "trail"}.get(person.kind.race_m, "")
