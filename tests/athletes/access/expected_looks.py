"""Which looks an answer must leave in the access log: everything of others that it shows, and refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from athletes.access.policy import PolicyRow, Target
from athletes.looks.buffer import TimedLook, look_buffer
from tests.athletes.access.expected_access import Owner, has_required_scope
from tests.athletes.access.world import LOCKED_OUT, World

WITHHOLDABLE_CANARY = re.compile(rb"canary-([a-z]+)-([a-z_]+)")


def find_missing_looks(
    world: World, row: PolicyRow, persona: str, owner: Owner, method: str, answer: Any
) -> Iterator[str]:
    """Describe each look at somebody else that the answer shows and the log lacks.

    A refused change is no refused look: what it is about may be in its body.
    """
    looks = look_buffer.drain()
    status, named = answer.status_code, owner.person
    own_id = str(world.people[persona].pk) if persona in world.people else "nobody"
    if any(own_id in look.athletes for look, _ in looks if look.athletes.count(",") == 0):
        yield "logs a look at oneself"
    if status == 200:
        needed = {
            (name.decode(), category.decode())
            for name, category in WITHHOLDABLE_CANARY.findall(answer.content)
        }
        if row.over is Target.ATHLETE and named in world.people:
            needed |= {(named, row.category.value if row.category else "profile")}
        for name, category in sorted(needed):
            if name != persona and not has_look(looks, str(world.people[name].pk), category):
                yield f"shows {category} of {name} without a look in the log"
    elif method == "GET" and status in (403, 404) and row.over is Target.ATHLETE:
        # A key without the scope is refused before anybody knows whose row it names.
        is_known = persona not in LOCKED_OUT and has_required_scope(persona, row)
        is_somebody_else = named in world.people and named != persona
        if is_known and is_somebody_else and not any(look.is_refused for look, _ in looks):
            yield f"refuses {named} without a line in the log"


def has_look(looks: Sequence[TimedLook], athlete_id: str, category: str) -> bool:
    return any(
        athlete_id in look.athletes and category in look.categories and not look.is_refused
        for look, _ in looks
    )
