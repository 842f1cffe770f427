"""The two organizations of the demo: coaches, groups, and the coaches' notes on athletes."""

from __future__ import annotations

from dataclasses import dataclass

from athletes.roles import Role, Status
from coaching.demo.people import ATHLETE, HARBOUR, IN_BOTH, LANTERN, LANTERN_HEAD
from coaching.demo.person import Person

PASSWORD = "astral-demo"  # noqa: S105
COACH, ADMIN = "coach@demo.test", "admin@demo.test"
SIGN_IN = (COACH, ATHLETE, ADMIN)
JOINED_D = 600  # days before the demo is loaded


@dataclass(frozen=True, slots=True)
class Staff:
    """A user without activities: a coach, the admin or an inactive member."""

    email: str
    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class Member:
    """A membership; for athletes also coach, groups, level, labels and notes."""

    email: str
    role: str
    status: str = Status.ACTIVE
    coach: str = ""
    groups: tuple[str, ...] = ()
    level: str = ""
    labels: tuple[str, ...] = ()
    notes: str = ""
    joined: int = JOINED_D


@dataclass(frozen=True, slots=True)
class Club:
    name: str
    groups: tuple[str, ...]
    members: tuple[Member, ...]


STAFF = (
    Staff(COACH, "Carla Faroviejo", "Europe/Madrid"),
    Staff("marta@demo.test", "Marta Lomaverde", "Europe/Madrid"),
    Staff("idris@demo.test", "Idris Sandgate", "Europe/London"),
    Staff("kenji@demo.test", "Kenji Umibozu", "Asia/Tokyo"),
    Staff("invited@demo.test", "Paloma Nuevallegada", "Europe/Madrid"),
    Staff("left@demo.test", "Tomás Antaño", "Europe/Madrid"),
    Staff("suspended@demo.test", "Ulrich Zwischenzeit", "Europe/London"),
    Staff(ADMIN, "Alex Engineroom", "Europe/Madrid"),
)

GROUP_OF = {
    "Marathon runner": "Marathon",
    "Half-marathon runner": "Roads",
    "10 km runner": "Roads",
    "Beginner": "First steps",
    "Trail runner": "Far and high",
    "Triathlete": "Far and high",
    "Masters runner who also swims": "",
}
GROUP_WITH_PLAN, NEW_D = "First steps", 30  # members who joined in the last NEW_D days have no plan
HARBOUR_GROUPS = ("Marathon", "Roads", "First steps")
LANTERN_GROUPS = ("Night track", "Far and high")
NOTES = {
    "injured": "Calf strain. Physio twice a week; no running before she says so.",
    "returning": "Back since three weeks: run and walk first, no hills yet.",
    "training camp": "On camp until Sunday. Watch the legs, not the watch.",
    "no taper": "Will not rest before a race. Talk to her on Thursday.",
    "fading": "New job, sleeps little. Keep it light until the end of the month.",
    "newcomer": "Came from football. Runs too fast, asks good questions.",
    "skips the plan": "Two small children at home. Plan four sessions, hope for three.",
}
LABELS = {
    "injured": "physio",
    "returning": "comeback",
    "training camp": "camp",
    "newcomer": "new",
    "vanished": "call",
    "long gone": "call",
    "faithful": "captain",
}
# The signals that the head coach has acknowledged, by story.
SEEN = {"old test": "THRESHOLD_OUTDATED", "lost watch": "SYNC_STALE", "more than asked": "PLAN_EXCEEDED"}


def clubs() -> tuple[Club, Club]:
    harbour = [
        Member(COACH, Role.HEAD_COACH),
        Member("marta@demo.test", Role.COACH),
        Member("idris@demo.test", Role.ASSISTANT_COACH),
        *(
            _athlete(person, HARBOUR_GROUPS, number, (COACH, "marta@demo.test", "idris@demo.test"))
            for number, person in enumerate((*HARBOUR, LANTERN_HEAD))
        ),
        Member(IN_BOTH, Role.ATHLETE, level="advanced", labels=("guest",), joined=200),
        Member("invited@demo.test", Role.ATHLETE, Status.INVITED, joined=3),
        Member("left@demo.test", Role.ATHLETE, Status.LEFT),
        Member("suspended@demo.test", Role.ATHLETE, Status.SUSPENDED),
    ]
    lantern = [
        Member(LANTERN_HEAD.email, Role.HEAD_COACH),
        Member("kenji@demo.test", Role.ASSISTANT_COACH),
        *(
            _athlete(person, LANTERN_GROUPS, number, (LANTERN_HEAD.email, "kenji@demo.test"))
            for number, person in enumerate(LANTERN)
        ),
    ]
    return (
        Club("Harbour Runners", HARBOUR_GROUPS, tuple(harbour)),
        Club("Lantern Athletics", LANTERN_GROUPS, tuple(lantern)),
    )


def _athlete(person: Person, groups: tuple[str, ...], number: int, coaches: tuple[str, ...]) -> Member:
    """Every fourth athlete has no assigned coach. Groups follow the archetype; some athletes are in two."""
    own = GROUP_OF[person.kind.name]
    inside = [own] if own in groups else [groups[0]] if "Night track" in groups and number % 3 else []
    if number % 7 == 3 and groups[1] not in inside:
        inside.append(groups[1])
    is_newcomer = person.story.history_d < 30
    return Member(
        person.email,
        Role.ATHLETE,
        coach="" if number % 4 == 3 else coaches[number % len(coaches)],
        groups=tuple(inside),
        level=_level(person),
        labels=tuple(label for label in (LABELS.get(person.story_name, ""), _short(person)) if label),
        notes=NOTES.get(person.story_name, ""),
        joined=person.story.history_d if is_newcomer else max(20, JOINED_D - 7 * number),
    )


def _level(person: Person) -> str:
    if person.kind.name == "Beginner":
        return "beginner"
    return "advanced" if person.vdot >= 50 else "intermediate"


def _short(person: Person) -> str:
    return {42_195.0: "marathon", 21_097.5: "half", 30_000.0: "trail"}.get(person.kind.race_m, "")
