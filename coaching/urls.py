"""API addresses: races, absences, plans, comments, signals, the profile and the roster."""

from typing import Any

from django.urls import path

from coaching.absences.api import AbsenceViewSet
from coaching.assessments.api import OpenSignalsAcknowledgementView, SignalAcknowledgementView
from coaching.calendar.api import CalendarSessionViewSet, CalendarView, CalendarWeeksViewSet
from coaching.calendar.changes_api import CalendarChangeViewSet
from coaching.calendar.feed.api import CalendarFeedView
from coaching.calendar.plan_api import AssignedPlanViewSet
from coaching.calendar.watch.api import SessionWorkoutView
from coaching.comments.api import (
    ActivityCommentViewSet,
    CommentView,
    DayCommentViewSet,
    SessionCommentViewSet,
)
from coaching.comparison.api import AthletesCompareView, CompareView
from coaching.performance.api import PerformanceView
from coaching.plan_instances.api import GroupPlanViewSet, PlanInstanceViewSet
from coaching.plans.api import PlanViewSet
from coaching.profile.api import AthleteProfileView
from coaching.races.api import RaceViewSet
from coaching.roster.api import RosterViewSet
from coaching.roster.saved_views.api import RosterViewDetail, RosterViewList
from coaching.signal_history.api import SignalHistoryViewSet, SignalUsefulnessView

DETAIL_ACTIONS: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
LIST_ACTIONS: dict[str, Any] = {"get": "list", "post": "create"}

urlpatterns = [
    path("analytics/athlete_profile", AthleteProfileView.as_view(), name="athlete-profile"),
    path(
        "analytics/coach_athletes_metrics",
        RosterViewSet.as_view({"get": "list"}),
        name="coach-athletes-metrics",
    ),
    path("roster_views", RosterViewList.as_view(), name="roster-views"),
    path("roster_views/<str:view_name>", RosterViewDetail.as_view(), name="roster-view"),
    path("races", RaceViewSet.as_view(LIST_ACTIONS), name="races"),
    path("races/<str:race_id>", RaceViewSet.as_view(DETAIL_ACTIONS), name="race"),
    path("athletes/<str:user_id>/absences", AbsenceViewSet.as_view(LIST_ACTIONS), name="absences"),
    path(
        "athletes/<str:user_id>/absences/<str:absence_id>",
        AbsenceViewSet.as_view(DETAIL_ACTIONS),
        name="absence",
    ),
    path("athletes/<str:user_id>/performance", PerformanceView.as_view(), name="athlete-performance"),
    path("athletes/<str:user_id>/compare", CompareView.as_view(), name="athlete-compare"),
    path("organizations/<str:org_id>/compare", AthletesCompareView.as_view(), name="organization-compare"),
    path("athletes/<str:user_id>/calendar", CalendarView.as_view(), name="calendar"),
    path("athletes/<str:user_id>/calendar_feed", CalendarFeedView.as_view(), name="calendar-feed"),
    path(
        "athletes/<str:user_id>/calendar/shift",
        CalendarWeeksViewSet.as_view({"post": "shift"}),
        name="calendar-shift",
    ),
    path(
        "athletes/<str:user_id>/calendar/copy_week",
        CalendarWeeksViewSet.as_view({"post": "copy_week"}),
        name="calendar-copy-week",
    ),
    path(
        "athletes/<str:user_id>/calendar/changes",
        CalendarChangeViewSet.as_view({"get": "list"}),
        name="calendar-changes",
    ),
    *(
        path(
            f"athletes/<str:user_id>/calendar/changes/<str:change_id>/{verb}",
            CalendarChangeViewSet.as_view({"post": verb}),
            name=f"calendar-change-{verb}",
        )
        for verb in ("undo", "accept", "decline")
    ),
    path(
        "athletes/<str:user_id>/sessions",
        CalendarSessionViewSet.as_view({"post": "create"}),
        name="calendar-sessions",
    ),
    path(
        "athletes/<str:user_id>/sessions/<str:session_id>",
        CalendarSessionViewSet.as_view(DETAIL_ACTIONS),
        name="calendar-session",
    ),
    *(
        path(
            f"athletes/<str:user_id>/sessions/<str:session_id>/{verb}",
            CalendarSessionViewSet.as_view({"post": verb}),
            name=f"calendar-session-{verb}",
        )
        for verb in ("skip", "unskip", "move")
    ),
    path(
        "athletes/<str:user_id>/sessions/<str:session_id>/workout.fit",
        SessionWorkoutView.as_view(),
        name="calendar-session-workout",
    ),
    path("training_plans", PlanViewSet.as_view(LIST_ACTIONS), name="training-plans"),
    path("training_plans/<str:plan_id>", AssignedPlanViewSet.as_view(DETAIL_ACTIONS), name="training-plan"),
    path(
        "training_plans/<str:plan_id>/duplicate",
        PlanViewSet.as_view({"post": "duplicate"}),
        name="training-plan-duplicate",
    ),
    path(
        "training_plans/<str:plan_id>/export",
        PlanViewSet.as_view({"get": "export"}),
        name="training-plan-export",
    ),
    path("plan_instances", PlanInstanceViewSet.as_view(LIST_ACTIONS), name="plan-instances"),
    path(
        "plan_instances/<str:plan_instance_id>",
        PlanInstanceViewSet.as_view(DETAIL_ACTIONS),
        name="plan-instance",
    ),
    path(
        "plan_instances/<str:plan_instance_id>/sessions/<str:session_id>/activity",
        PlanInstanceViewSet.as_view({"put": "link", "delete": "unlink"}),
        name="plan-instance-activity",
    ),
    path(
        "organizations/<str:org_id>/groups/<str:group_id>/plans",
        GroupPlanViewSet.as_view({"get": "list"}),
        name="group-plans",
    ),
    path(
        "athletes/<str:user_id>/signals/history",
        SignalHistoryViewSet.as_view({"get": "list"}),
        name="signals-history",
    ),
    path(
        "organizations/<str:org_id>/signals/usefulness",
        SignalUsefulnessView.as_view(),
        name="signals-usefulness",
    ),
    path(
        "athletes/<str:user_id>/signals/acknowledge",
        OpenSignalsAcknowledgementView.as_view(),
        name="signals-acknowledge",
    ),
    path(
        "athletes/<str:user_id>/signals/<str:code>/acknowledge",
        SignalAcknowledgementView.as_view(),
        name="signal-acknowledge",
    ),
    path(
        "activities/<str:activity_id>/comments",
        ActivityCommentViewSet.as_view(LIST_ACTIONS),
        name="activity-comments",
    ),
    path(
        "activities/<str:activity_id>/comments/read",
        ActivityCommentViewSet.as_view({"post": "mark_read"}),
        name="activity-comments-read",
    ),
    path(
        "athletes/<str:user_id>/days/<str:date>/comments",
        DayCommentViewSet.as_view(LIST_ACTIONS),
        name="day-comments",
    ),
    path(
        "athletes/<str:user_id>/days/<str:date>/comments/read",
        DayCommentViewSet.as_view({"post": "mark_read"}),
        name="day-comments-read",
    ),
    path(
        "athletes/<str:user_id>/sessions/<str:session_id>/comments",
        SessionCommentViewSet.as_view(LIST_ACTIONS),
        name="session-comments",
    ),
    path(
        "athletes/<str:user_id>/sessions/<str:session_id>/comments/read",
        SessionCommentViewSet.as_view({"post": "mark_read"}),
        name="session-comments-read",
    ),
    path("comments/<str:comment_id>", CommentView.as_view(), name="comment"),
]
