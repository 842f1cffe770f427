"""What a coach can do about signals, as links and buttons on pages.

This is the one place that knows how an action is done: `ACTION_ADDRESSES` says where, and the template
`coaching/profile/action_links.html` draws it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from athletes.rights import Category, Visibility
from coaching.assessments.values import SignalView
from coaching.attention.suggested_actions import SuggestedAction, merge_actions

ACTION_LABELS: dict[SuggestedAction, str] = {
    "make_tomorrow_easy": "Make tomorrow easy",
    "move_hard_session": "Move hard session",
    "write": "Write",
    "enter_absence": "Enter absence",
    "open_plan": "Open plan",
    "enter_threshold": "Enter threshold",
    "check_activities": "Check activities",
    "check_races": "Check races",
}
# From the athlete's id and local day.
ACTION_ADDRESSES: dict[SuggestedAction, Callable[[str, date], str]] = {
    "make_tomorrow_easy": lambda user_id, _: reverse("easy-tomorrow-page", args=[user_id]),
    "move_hard_session": lambda user_id, _: reverse("move-hard-session-page", args=[user_id]),
    "write": lambda user_id, today: reverse("day-comments-page", args=[user_id, today.isoformat()]),
    "enter_absence": lambda user_id, _: reverse("absences-page", args=[user_id]),
    "open_plan": lambda user_id, _: f"{reverse('athlete-page', args=[user_id])}#calendar",
    "enter_threshold": lambda user_id, _: reverse("athlete-thresholds-page", args=[user_id]),
    "check_activities": lambda user_id, _: f"{reverse('activities-page')}?athlete={user_id}",
    "check_races": lambda user_id, _: reverse("races-page", args=[user_id]),
}
BUTTONS: frozenset[SuggestedAction] = frozenset({"make_tomorrow_easy"})
DAY_FORMS: frozenset[SuggestedAction] = frozenset({"move_hard_session"})
SCHEDULING_ACTIONS = BUTTONS | DAY_FORMS
RECORDED_ACTIONS: frozenset[SuggestedAction] = frozenset({"enter_absence", "enter_threshold"})
ACTION_CATEGORIES: dict[SuggestedAction, Category] = {
    "make_tomorrow_easy": Category.GOALS_AND_PLANS,
    "move_hard_session": Category.GOALS_AND_PLANS,
    "write": Category.HEALTH,
    "enter_absence": Category.GOALS_AND_PLANS,
    "open_plan": Category.GOALS_AND_PLANS,
    "check_activities": Category.ACTIVITIES,
    "check_races": Category.GOALS_AND_PLANS,
}


@dataclass(frozen=True, slots=True)
class ActionLink:
    """`is_button`: it acts at once. `first_day`: the first day that its form takes; None without a form."""

    label: str
    address: str
    is_button: bool
    first_day: date | None


@dataclass(frozen=True, slots=True)
class ActionRights:
    """Whether the viewer may record for the athlete, and change the athlete's calendar."""

    record: bool
    schedule: bool


def build_action_links(
    user_id: str, today: date, signals: Iterable[SignalView], visibility: Visibility, may: ActionRights
) -> Sequence[ActionLink]:
    """The actions that these signals suggest and that the viewer may take, worst signal first.

    `today`: the athlete's local day.
    """
    suggested = merge_actions((signal.code, signal.domain) for signal in signals)
    return [
        ActionLink(
            ACTION_LABELS[action],
            ACTION_ADDRESSES[action](user_id, today),
            action in BUTTONS,
            today + timedelta(days=1) if action in DAY_FORMS else None,
        )
        for action in suggested
        if (may.record or action not in RECORDED_ACTIONS)
        and (may.schedule or action not in SCHEDULING_ACTIONS)
        and (action not in ACTION_CATEGORIES or getattr(visibility, ACTION_CATEGORIES[action]))
    ]
