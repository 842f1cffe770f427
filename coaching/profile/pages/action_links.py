"""What a coach can do about signals, as links on pages.

This is the one place that knows how an action is done. An action without an address here is not drawn: no
button is dead. A new page or form is added to `ACTION_ADDRESSES`, or drawn in the template
`coaching/profile/action_links.html`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

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
# From the athlete's id. Still without an address: make_tomorrow_easy, move_hard_session, write.
ACTION_ADDRESSES: dict[SuggestedAction, Callable[[str], str]] = {
    "enter_absence": lambda user_id: reverse("absences-page", args=[user_id]),
    "open_plan": lambda user_id: f"{reverse('athlete-page', args=[user_id])}#calendar",
    "enter_threshold": lambda user_id: reverse("athlete-thresholds-page", args=[user_id]),
    "check_activities": lambda user_id: f"{reverse('activities-page')}?athlete={user_id}",
    "check_races": lambda user_id: reverse("races-page", args=[user_id]),
}
RECORDED_ACTIONS: frozenset[SuggestedAction] = frozenset({"enter_absence", "enter_threshold"})
ACTION_CATEGORIES: dict[SuggestedAction, Category] = {
    "make_tomorrow_easy": Category.GOALS_AND_PLANS,
    "move_hard_session": Category.GOALS_AND_PLANS,
    "enter_absence": Category.GOALS_AND_PLANS,
    "open_plan": Category.GOALS_AND_PLANS,
    "check_activities": Category.ACTIVITIES,
    "check_races": Category.GOALS_AND_PLANS,
}


@dataclass(frozen=True, slots=True)
class ActionLink:
    action: SuggestedAction
    label: str
    address: str


def build_action_links(
    user_id: str, signals: Iterable[SignalView], visibility: Visibility, *, may_record: bool
) -> Sequence[ActionLink]:
    """The actions that these signals suggest and that the viewer may take, worst signal first."""
    suggested = merge_actions((signal.code, signal.domain) for signal in signals)
    return [
        ActionLink(action, ACTION_LABELS[action], ACTION_ADDRESSES[action](user_id))
        for action in suggested
        if action in ACTION_ADDRESSES
        and (may_record or action not in RECORDED_ACTIONS)
        and (action not in ACTION_CATEGORIES or getattr(visibility, ACTION_CATEGORIES[action]))
    ]
