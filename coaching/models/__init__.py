"""The models of coaching: plans, calendars, feeds, races, absences, comments, signals, assessments."""

from coaching.models.absences import Absence
from coaching.models.acknowledgements import Acknowledgement
from coaching.models.assessments import Assessment
from coaching.models.calendar import CalendarChange, CalendarSession, PlanLink
from coaching.models.calendar_feeds import CalendarFeed
from coaching.models.comments import Comment, CommentRead
from coaching.models.insight_texts import InsightWording, ModelCalls
from coaching.models.plan_instances import PlanInstance
from coaching.models.plans import Plan, PlanSession
from coaching.models.races import Race
from coaching.models.roster_views import RosterView
from coaching.models.signal_actions import SignalAction
from coaching.models.signal_episodes import SignalEpisode

__all__ = [
    "Absence",
    "Acknowledgement",
    "CalendarChange",
    "CalendarFeed",
    "CalendarSession",
    "Comment",
    "CommentRead",
    "InsightWording",
    "ModelCalls",
    "Plan",
    "PlanInstance",
    "PlanLink",
    "PlanSession",
    "Race",
    "RosterView",
    "Assessment",
    "SignalAction",
    "SignalEpisode",
]
