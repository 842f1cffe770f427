"""Mutants of the policy table: what the server enforces is another row than the one that is promised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from athletes.policy import Over, Row, whole_policy
from athletes.policy_page import Endpoint
from athletes.rights import ANNOTATE, ARRANGE, MANAGE, OVERSEE, OWN, PUBLIC, READ, RECORD, Category

RIGHTS = (PUBLIC, OWN, READ, RECORD, OVERSEE, ANNOTATE, ARRANGE, MANAGE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The row of one endpoint and method, and what stands in its place; None: nothing."""

    endpoint: Endpoint
    method: str
    change: str
    row: Row | None

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint.name}: {self.change}"

    @property
    def promised(self) -> Row:
        return whole_policy()[self.endpoint.name][self.method]

    def applied(self) -> Callable[[], None]:
        """Exchange it in the table that is enforced; the result puts it back."""
        rows: dict[str, Row] = whole_policy()[self.endpoint.name]  # type: ignore[assignment]  # a mapping to all others
        before = rows[self.method]
        rows |= {self.method: self.row} if self.row else {}
        if self.row is None:
            del rows[self.method]
        return lambda: rows.update({self.method: before})


def exchanges(endpoint: Endpoint, method: str) -> Iterator[Exchange]:
    row = whole_policy()[endpoint.name][method]
    changed: dict[str, Row | None] = {"removed": None}
    # Over nothing and yourself only the sign-in and the scope of a key are asked; no key opens a page.
    rights = {PUBLIC, READ, RECORD} if row.over in (Over.NOTHING, Over.YOURSELF) else set(RIGHTS)
    rights -= {row.right} | ({READ, RECORD} if endpoint.is_page and row.right == OWN else set())
    changed |= {f"right to {right.says}": replace(row, right=right) for right in RIGHTS if right in rights}
    if row.over is Over.ATHLETE and row.right.roles:  # people may always know what is theirs
        changed |= {
            f"consent to {category}": replace(row, category=category)
            for category in (None, *Category)
            if category != row.category
        }
    for name, right in row.fields.items():
        others = {other: kept for other, kept in row.fields.items() if other != name}
        changed[f"{name} as everything else"] = replace(row, fields=others)
        changed[f"{name}: {ANNOTATE.says}"] = replace(row, fields=row.fields | {name: ANNOTATE})  # type: ignore[operator]
        assert right != ANNOTATE
    yield from (Exchange(endpoint, method, change, other) for change, other in changed.items())
