"""The models of coaching: races, plans, absences, comments, acknowledgements, assessments, wordings."""

from coaching.models.absences import Absence
from coaching.models.acknowledgements import Acknowledgement
from coaching.models.assessments import Assessment
from coaching.models.comments import Comment, CommentRead
from coaching.models.insight_texts import InsightWording, ModelCalls
from coaching.models.plan_instances import PlanInstance, PlanLink
from coaching.models.plans import Plan, PlanSession
from coaching.models.races import Race

__all__ = [
    "Absence",
    "Acknowledgement",
    "Comment",
    "CommentRead",
    "InsightWording",
    "ModelCalls",
    "Plan",
    "PlanInstance",
    "PlanLink",
    "PlanSession",
    "Race",
    "Assessment",
]
