"""WHAT TO DO ABOUT IT: races and plans ahead, absences, what coaches have seen, and how everybody stands today."""

from coaching.models.absences import Absence
from coaching.models.acknowledgements import Acknowledgement
from coaching.models.instances import PlanInstance, PlanLink
from coaching.models.plans import Plan, PlanSession
from coaching.models.races import Race
from coaching.models.standings import Standing
from coaching.models.wordings import InsightWording, ModelCalls

__all__ = [
    "Absence",
    "Acknowledgement",
    "InsightWording",
    "ModelCalls",
    "Plan",
    "PlanInstance",
    "PlanLink",
    "PlanSession",
    "Race",
    "Standing",
]
