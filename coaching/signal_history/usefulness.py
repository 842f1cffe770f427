"""Which signals were of use to an organization: how often coaches acted, and how soon they cleared."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Aggregate, Count, DurationField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from athletes.models import Organization
from athletes.models.querysets import MembershipQuerySet
from coaching.models import SignalAction, SignalEpisode
from coaching.signal_history.shown_codes import filter_shared_codes

CLEARED_SOON_D = 7
DEFAULT_RANGE_D = 90
MAX_RANGE_D = 400


class SignalUsefulness(NamedTuple):
    """Counts of the episodes of one signal that were raised in the range.

    `acted_on`: more was done than to acknowledge it. `cleared_soon`: within seven days.
    `median_days_to_clear`: of those that cleared; None without any.
    """

    code: str
    raised: int
    acknowledged: int
    acted_on: int
    cleared_soon: int
    median_days_to_clear: float | None


class _Median(Aggregate):
    template = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def load_usefulness(
    organization: Organization, members: MembershipQuerySet, first: date, last: date
) -> list[SignalUsefulness]:
    """`members`: active athletes the viewer may see. The most frequent signal first. One statement.

    Episodes count from the day on which the athlete joined. Those that need a withheld category do not.
    """
    belongs = members.filter(user=OuterRef("athlete"), joined_at__date__lte=OuterRef("raised_on"))
    actions = _find_actions(organization)
    is_acknowledgement = Q(kind=SignalAction.Kind.ACKNOWLEDGED)
    episodes = SignalEpisode.objects.filter(
        filter_shared_codes(organization), Exists(belongs), raised_on__range=(first, last)
    ).annotate(
        is_acknowledged=Exists(actions.filter(is_acknowledgement)),
        is_acted_on=Exists(actions.exclude(is_acknowledgement)),
    )
    soon = Q(cleared_on__lte=F("raised_on") + timedelta(days=CLEARED_SOON_D))
    rows = (
        episodes.order_by()
        .values("code")
        .annotate(
            raised=Count("pk"),
            acknowledged=Count("pk", filter=Q(is_acknowledged=True)),
            acted_on=Count("pk", filter=Q(is_acted_on=True)),
            cleared_soon=Count("pk", filter=soon),
            median=_Median(F("cleared_on") - F("raised_on")),
        )
        .order_by("-raised", "code")
    )
    return [
        SignalUsefulness(
            row["code"],
            row["raised"],
            row["acknowledged"],
            row["acted_on"],
            row["cleared_soon"],
            None if row["median"] is None else row["median"] / timedelta(days=1),
        )
        for row in rows
    ]


def _find_actions(organization: Organization) -> QuerySet[SignalAction]:
    """The organization's actions during an episode that were not undone."""
    return SignalAction.objects.order_by().filter(
        organization=organization,
        athlete=OuterRef("athlete"),
        code=OuterRef("code"),
        day__gte=OuterRef("raised_on"),
        day__lt=Coalesce(OuterRef("cleared_on"), Value(date.max)),
        undone_at__isnull=True,
    )
