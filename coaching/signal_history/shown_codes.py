"""Which episodes a viewer may see: those of signals that no withheld category can change."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from athletes.models import Consent, Organization
from athletes.rights import Category, Visibility
from coaching.attention import RULES_BY_CODE
from coaching.attention.episodes import find_needed_categories

CODES_BY_CATEGORY: dict[str, list[str]] = {
    category.value: [
        code for code, rule in RULES_BY_CODE.items() if category.value in find_needed_categories(rule)
    ]
    for category in Category
}


def list_needed_categories(code: str) -> tuple[Category, ...]:
    """What an athlete must share for this signal to be shown. All, for a code that is no rule any more."""
    if code not in RULES_BY_CODE:
        return tuple(sorted(Category))
    return tuple(category for category in sorted(Category) if code in CODES_BY_CATEGORY[category])


def list_shown_codes(visibility: Visibility) -> list[str]:
    """The codes for a viewer who sees these categories of one athlete."""
    hidden = {code for category in visibility.withheld for code in CODES_BY_CATEGORY[category]}
    return [code for code in RULES_BY_CODE if code not in hidden]


def filter_shared_codes(organization: Organization) -> Q:
    """A condition on episodes: the athlete shares with this organization what the signal needs."""
    condition = Q(code__in=list(RULES_BY_CODE))
    for category, codes in CODES_BY_CATEGORY.items():
        refusals = Consent.objects.filter(
            athlete=OuterRef("athlete"), organization=organization, category=category, granted=False
        )
        condition &= ~Q(code__in=codes) | ~Q(Exists(refusals))
    return condition
