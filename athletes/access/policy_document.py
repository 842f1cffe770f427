"""Builds docs/PERMISSIONS.md from the policy tables. A test checks that the file is up to date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.views.generic import RedirectView

from astral.http.pages import Page
from athletes.access.policy import PolicyRow, load_policy
from athletes.rights import Right
from athletes.roles import Role

STAFF_PAGES = "/admin/"  # Django's own permissions, for staff only

DOCUMENT_HEAD = """# Permissions

This file is generated from the policy tables (`athletes/access/policy.py` and those of the other apps) by
`manage.py permissions > docs/PERMISSIONS.md`. A call without a row is refused for everybody.

Without permission the answer is 403. It is the same whether the person or thing exists or not. Staff get
404 if it does not exist. "Coach" means a coach of an organization in which the athlete is active.

* **yourself**: your own data, in any role. **staff**: everywhere. **assigned**: only for athletes assigned
  to this coach. **others**: for everybody but themselves.
* **key**: the scope that an organization's API key needs (`write` includes `read`). –: no API key may do
  this.
* **consent**: the category that the athlete must share with an organization in which you coach them.
  Otherwise the answer is 403 `WITHHELD`, and lists leave this athlete out.
* Addresses outside `/api/` are pages. They accept only the session cookie and redirect to `/sign-in`
  without one.
* `/admin/` is for staff. Django's admin permissions decide what each of them may do.

| call | who | over | key | consent |
|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class PolicyEndpoint:
    name: str
    address: str
    view: Any

    @property
    def is_page(self) -> bool:
        """Whether it is a page for browsers, which accepts sessions but no tokens or API keys."""
        return isinstance(_view_class(self.view), type) and issubclass(_view_class(self.view), Page)

    @property
    def methods(self) -> frozenset[str]:
        """The HTTP methods it supports, without HEAD and OPTIONS."""
        actions = getattr(self.view, "actions", None)
        handlers = actions or {
            m for m in ("get", "post", "put", "patch", "delete") if hasattr(_view_class(self.view), m)
        }
        return frozenset(method.upper() for method in handlers if method != "head") or frozenset({"GET"})


def _view_class(view: Any) -> Any:
    return getattr(view, "cls", getattr(view, "view_class", view))


def list_endpoints() -> list[PolicyEndpoint]:
    """Every endpoint of this server except staff pages and plain redirects."""
    found = _walk_urls(get_resolver().url_patterns, "/")
    return [
        endpoint
        for endpoint in found
        if not endpoint.address.startswith(STAFF_PAGES) and _view_class(endpoint.view) is not RedirectView
    ]


def _walk_urls(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[PolicyEndpoint]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk_urls(pattern.url_patterns, address)
        else:
            yield PolicyEndpoint(
                pattern.name or "", re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address), pattern.callback
            )


def build_policy_document() -> str:
    policy = load_policy()
    lines = [
        f"| `{method} {endpoint.address}` | {_format_cells(row, keys=not endpoint.is_page)} |"
        for endpoint in sorted(list_endpoints(), key=lambda found: found.address)
        for method, row in policy.get(endpoint.name, {}).items()
    ]
    return DOCUMENT_HEAD + "\n".join(lines) + "\n"


def _format_cells(row: PolicyRow, *, keys: bool) -> str:
    exceptions = [f"`{name}`: {_describe_right(right)}" for name, right in row.fields.items()]
    scope = row.right.scope if keys else None
    cells = (
        "; ".join([_describe_right(row.right), *exceptions]),
        row.over,
        scope or "–",
        row.category or "–",
    )
    return " | ".join(map(str, cells))


def _describe_right(right: Right) -> str:
    if right.anybody:
        return "anybody"
    callers = ["yourself"] if right.own else []
    callers += [
        f"{_role_words(role)} (others)" if role in right.not_own else _role_words(role)
        for role in Role
        if role in right.roles
    ]
    callers += [f"{_role_words(role)} (assigned)" for role in Role if role in right.assigned]
    return ", ".join([*callers, *(["staff"] if right.staff else [])])


def _role_words(role: Role) -> str:
    return role.value.replace("_", " ")
