"""Mutants of the policy table: the server enforces another row than the documented one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from athletes.access.policy import PolicyRow, Target, load_policy
from athletes.access.policy_document import PolicyEndpoint
from athletes.rights import (
    ANNOTATE,
    ARRANGE,
    CONFIGURE,
    MANAGE,
    OVERSEE,
    OWN,
    PUBLIC,
    READ,
    RECORD,
    Category,
    Right,
)

RIGHTS = (PUBLIC, OWN, CONFIGURE, READ, RECORD, OVERSEE, ANNOTATE, ARRANGE, MANAGE)


@dataclass(frozen=True, slots=True)
class RowMutant:
    """A changed row for one endpoint and method. `row` None: the row is removed."""

    endpoint: PolicyEndpoint
    method: str
    change: str
    row: PolicyRow | None

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint.name}: {self.change}"

    @property
    def original_row(self) -> PolicyRow:
        return load_policy()[self.endpoint.name][self.method]

    def apply(self) -> Callable[[], None]:
        """Replace the row in the enforced table. Return a function that restores it."""
        rows: dict[str, PolicyRow] = load_policy()[self.endpoint.name]  # type: ignore[assignment]  # a mapping to all others
        before = rows[self.method]
        rows |= {self.method: self.row} if self.row else {}
        if self.row is None:
            del rows[self.method]
        return lambda: rows.update({self.method: before})


def iterate_row_mutants(endpoint: PolicyEndpoint, method: str) -> Iterator[RowMutant]:
    row = load_policy()[endpoint.name][method]
    changed: dict[str, PolicyRow | None] = {"removed": None}
    others = (
        right
        for right in RIGHTS
        if _select_relevant_parts(right, row, endpoint) != _select_relevant_parts(row.right, row, endpoint)
    )
    changed |= {f"right to {right.description}": replace(row, right=right) for right in others}
    if row.over is Target.ATHLETE and row.right.roles:  # consent does not limit access to own data
        changed |= {
            f"consent to {category}": replace(row, category=category)
            for category in (None, *Category)
            if category != row.category
        }
    for name, right in row.fields.items():
        rest = {other: other_right for other, other_right in row.fields.items() if other != name}
        changed[f"{name} as everything else"] = replace(row, fields=rest)
        changed[f"{name}: {ANNOTATE.description}"] = replace(row, fields=row.fields | {name: ANNOTATE})  # type: ignore[operator]
        assert right != ANNOTATE
    yield from (RowMutant(endpoint, method, change, other) for change, other in changed.items())


def _select_relevant_parts(right: Right, row: PolicyRow, endpoint: PolicyEndpoint) -> tuple[object, ...]:
    """Return the parts of a right that matter for this row. Rights with equal parts behave the same.

    Pages do not accept keys. The targets NOTHING and YOURSELF do not check roles. An organization does not
    check assignments. The own membership only checks that it is the caller's own.
    """
    scope = None if endpoint.is_page else right.scope
    if row.over in (Target.NOTHING, Target.YOURSELF):
        return right.anybody, scope
    if row.right == OWN and row.over is Target.MEMBER:
        return right.anybody, scope, right.own
    if row.over is Target.ORGANIZATION:
        return right.anybody, scope, right.own, right.roles | right.assigned, right.staff
    not_own = right.not_own if row.over is Target.MEMBER else None
    return right.anybody, scope, right.own, right.roles, right.assigned, not_own, right.staff
