"""WHO: people, the organizations they belong to, and what is known of their bodies."""

from athletes.models.clubs import Group, Membership, Organization
from athletes.models.people import Athlete, User
from athletes.models.physiology import Threshold

__all__ = ["Athlete", "Group", "Membership", "Organization", "Threshold", "User"]
