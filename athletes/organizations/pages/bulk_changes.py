"""What a bulk action does with each chosen athlete, and what the notice says."""

from __future__ import annotations

from uuid import UUID

from astral.http.errors import ApiError
from athletes.models import Group, Membership
from athletes.organizations.groups import add_to_group, remove_from_group
from athletes.organizations.membership import change_membership

MAX_LABELS = 20


class BulkChange:
    """A change of one athlete.

    `done`: the notice's words for the changed athletes; `unchanged`: for the others.
    """

    done: str
    unchanged: str

    def apply(self, member: Membership) -> bool:
        """Returns whether anything changed."""
        raise NotImplementedError

    def describe(self, changed: int, total: int) -> str:
        """For example: 3 athletes added to Marathon; 1 was there already."""
        left = total - changed
        first = f"{changed or 'No'} athlete{'' if changed == 1 else 's'} {self.done}"
        return f"{first}; {left} {'was' if left == 1 else 'were'} {self.unchanged}." if left else f"{first}."


class CoachChange(BulkChange):
    """`coach_id`: None unassigns the coach.

    `apply` raises ApiError for somebody who does not coach in the club.
    """

    def __init__(self, coach_id: UUID | None, name: str = "") -> None:
        self.coach_id = coach_id
        self.done = f"assigned to {name}" if coach_id else "now without a coach"
        self.unchanged = "already assigned" if coach_id else "already without a coach"

    def apply(self, member: Membership) -> bool:
        if member.assigned_coach_id == self.coach_id:
            return False
        change_membership(member, {"assigned_coach_id": self.coach_id})
        return True


class GroupChange(BulkChange):
    """`member_ids`: who is in the group before the change."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.member_ids = set(group.members.values_list("pk", flat=True))


class GroupAddition(GroupChange):
    unchanged = "there already"

    def __init__(self, group: Group) -> None:
        super().__init__(group)
        self.done = f"added to {group}"

    def apply(self, member: Membership) -> bool:
        add_to_group(self.group, member)
        return member.pk not in self.member_ids


class GroupRemoval(GroupChange):
    unchanged = "not in it"

    def __init__(self, group: Group) -> None:
        super().__init__(group)
        self.done = f"removed from {group}"

    def apply(self, member: Membership) -> bool:
        remove_from_group(self.group, member)
        return member.pk in self.member_ids


class LabelAddition(BulkChange):
    unchanged = "already labelled"

    def __init__(self, label: str) -> None:
        self.label, self.done = label, f"labelled “{label}”"

    def apply(self, member: Membership) -> bool:
        """Raises ApiError if the athlete has too many labels."""
        if self.label in member.labels:
            return False
        if len(member.labels) >= MAX_LABELS:
            raise ApiError("TOO_MANY_LABELS", f"{member.user} has {MAX_LABELS} labels. Nobody is changed.")
        change_membership(member, {"labels": [*member.labels, self.label]})
        return True


class LabelRemoval(BulkChange):
    unchanged = "not labelled"

    def __init__(self, label: str) -> None:
        self.label, self.done = label, f"no longer labelled “{label}”"

    def apply(self, member: Membership) -> bool:
        if self.label not in member.labels:
            return False
        change_membership(member, {"labels": [name for name in member.labels if name != self.label]})
        return True
