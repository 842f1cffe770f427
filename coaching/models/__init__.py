"""The models of coaching: races, plans, calendars, absences, acknowledgements, assessments, wordings."""

from coaching.models.absences import Absence
from coaching.models.acknowledgements import Acknowledgement
from coaching.models.assessments import Assessment
from coaching.models.calendar import CalendarChange, CalendarSession, PlanLink
from coaching.models.insight_texts import InsightWording, ModelCalls
from coaching.models.plan_instances import PlanInstance
from coaching.models.plans import Plan, PlanSession
from coaching.models.races import Race

__all__ = [
    "Absence",
    "Acknowledgement",
    "CalendarChange",
    "CalendarSession",
    "InsightWording",
    "ModelCalls",
    "Plan",
    "PlanInstance",
    "PlanLink",
    "PlanSession",
    "Race",
    "Assessment",
]
