"""WHAT TO DO ABOUT IT: races and plans ahead, absences, what coaches have seen, and how everybody stands today."""

from coaching.models.absences import Absence
from coaching.models.acknowledgements import Acknowledgement
from coaching.models.instances import PlanInstance, PlanLink
from coaching.models.plans import Plan, PlanSession
from coaching.models.races import Race
from coaching.models.standings import Standing

__all__ = ["Absence", "Acknowledgement", "Plan", "PlanInstance", "PlanLink", "PlanSession", "Race", "Standing"]
