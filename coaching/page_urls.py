"""URLs of the roster, athlete and group pages. Each name ends with `-page`."""

from django.urls import path
from django.views.generic import RedirectView

from coaching.absences.pages import AbsenceDeletePage, AbsenceEndPage, AbsencePage, AbsencesPage
from coaching.assessments.pages import AcknowledgeSignalPage, UnacknowledgeSignalPage
from coaching.calendar.feed.pages import CalendarFeedEndPage, CalendarFeedPage, CalendarFilePage
from coaching.calendar.pages.apply_plan import PlanApplyPage
from coaching.calendar.pages.calendar_page import (
    AddSessionPage,
    AthleteCalendarPage,
    CopyWeekPage,
    OwnCalendarPage,
    ShiftSessionsPage,
)
from coaching.calendar.pages.change_pages import (
    AcceptProposalPage,
    DeclineProposalPage,
    MakeTomorrowEasyPage,
    MoveHardSessionPage,
    UndoChangePage,
)
from coaching.calendar.pages.session_pages import (
    CopySessionPage,
    DeleteSessionPage,
    MoveSessionPage,
    SessionPage,
    SkipSessionPage,
    UnskipSessionPage,
)
from coaching.club_setup.pages import SetupClosePage, SetupPage
from coaching.comments.pages import (
    ActivityCommentsPage,
    CommentDeletePage,
    CommentPage,
    CommentsPage,
    DayCommentsPage,
    SessionCommentsPage,
)
from coaching.comparison.pages.compare import ClubComparePage, ComparePage
from coaching.groups.pages import GroupDeletePage, GroupPage
from coaching.groups.plan_pages import GroupPlanAddPage, GroupPlanEndPage, GroupPlanResumePage
from coaching.notices.pages import DigestPage
from coaching.performance.pages.performance import PerformancePage
from coaching.plan_instances.end_pages import (
    AthletePlanAgainPage,
    PlanInstanceEndPage,
    PlanInstanceResumePage,
    PlanInstanceTakeBackPage,
)
from coaching.plan_instances.give_pages import GivePlanPage
from coaching.plan_instances.pages import AssignPlanPage
from coaching.plans.pages.details import PlanDetailsPage
from coaching.plans.pages.editor import PlanEditorPage, PlanEntriesPage, PlanWeeksPage
from coaching.plans.pages.plan import (
    PlanArchivePage,
    PlanDeletePage,
    PlanDuplicatePage,
    PlanExportPage,
    PlanPage,
)
from coaching.plans.pages.plans import PlanImportPage, PlansPage
from coaching.plans.pages.revisions import PlanDiscardPage, PlanRevisePage
from coaching.plans.pages.sessions import PlanSessionPage, PlanSessionRemovePage
from coaching.plans.pages.step_rows import StepRowsPage
from coaching.profile.pages.athlete import AthletePage, OwnPage
from coaching.profile.pages.signal_history import SignalHistoryPage
from coaching.races.pages import RaceDeletePage, RacePage, RacesPage
from coaching.roster.pages.csv_export import RosterCsvPage
from coaching.roster.pages.queue_actions import AcknowledgeAllPage, UnacknowledgeAllPage
from coaching.roster.pages.roster import RosterPage
from coaching.roster.pages.usefulness import UsefulnessPage
from coaching.roster.saved_views.pages import DeleteRosterViewPage, SaveRosterViewPage

SESSION = "athletes/<str:user_id>/sessions/<str:session_id>"
CHANGE = "athletes/<str:user_id>/calendar/changes/<str:change_id>"

urlpatterns = [
    path("coach", RedirectView.as_view(pattern_name="roster-page", query_string=True)),
    path("coach/", RosterPage.as_view(), name="roster-page"),
    path("coach/views", SaveRosterViewPage.as_view(), name="roster-view-save-page"),
    path("coach/views/delete", DeleteRosterViewPage.as_view(), name="roster-view-delete-page"),
    path("coach/roster.csv", RosterCsvPage.as_view(), name="roster-csv-page"),
    path("coach/groups/<str:group_id>", GroupPage.as_view(), name="group-page"),
    path("coach/groups/<str:group_id>/delete", GroupDeletePage.as_view(), name="group-delete-page"),
    path("coach/groups/<str:group_id>/plans/end", GroupPlanEndPage.as_view(), name="group-plan-end-page"),
    path(
        "coach/groups/<str:group_id>/plans/resume",
        GroupPlanResumePage.as_view(),
        name="group-plan-resume-page",
    ),
    path("coach/groups/<str:group_id>/plans/add", GroupPlanAddPage.as_view(), name="group-plan-add-page"),
    path("step_rows", StepRowsPage.as_view(), name="step-rows-page"),
    path("coach/plans", PlansPage.as_view(), name="plans-page"),
    path("coach/plans/import", PlanImportPage.as_view(), name="plan-import-page"),
    path("coach/plans/give", GivePlanPage.as_view(), name="plan-give-page"),
    path("coach/plans/<str:plan_id>", PlanPage.as_view(), name="plan-page"),
    path("coach/plans/<str:plan_id>/plan.json", PlanExportPage.as_view(), name="plan-export-page"),
    path("coach/plans/<str:plan_id>/duplicate", PlanDuplicatePage.as_view(), name="plan-duplicate-page"),
    path("coach/plans/<str:plan_id>/archive", PlanArchivePage.as_view(), name="plan-archive-page"),
    path("coach/plans/<str:plan_id>/delete", PlanDeletePage.as_view(), name="plan-delete-page"),
    path("coach/plans/<str:plan_id>/details", PlanDetailsPage.as_view(), name="plan-details-page"),
    path("coach/plans/<str:plan_id>/revise", PlanRevisePage.as_view(), name="plan-revise-page"),
    path("coach/plans/<str:plan_id>/apply", PlanApplyPage.as_view(), name="plan-apply-page"),
    path("coach/plans/<str:plan_id>/discard", PlanDiscardPage.as_view(), name="plan-discard-page"),
    path("coach/plans/<str:plan_id>/edit", PlanEditorPage.as_view(), name="plan-editor-page"),
    path("coach/plans/<str:plan_id>/entries", PlanEntriesPage.as_view(), name="plan-entries-page"),
    path("coach/plans/<str:plan_id>/weeks", PlanWeeksPage.as_view(), name="plan-weeks-page"),
    path("coach/plans/<str:plan_id>/session", PlanSessionPage.as_view(), name="plan-session-page"),
    path(
        "coach/plans/<str:plan_id>/session/remove",
        PlanSessionRemovePage.as_view(),
        name="plan-session-remove-page",
    ),
    path("athletes/<str:user_id>/compare", ComparePage.as_view(), name="compare-page"),
    path("coach/compare", ClubComparePage.as_view(), name="club-compare-page"),
    path("athletes/<str:user_id>/performance", PerformancePage.as_view(), name="performance-page"),
    path("athletes/<str:user_id>/races", RacesPage.as_view(), name="races-page"),
    path("races/<str:race_id>", RacePage.as_view(), name="race-page"),
    path("races/<str:race_id>/delete", RaceDeletePage.as_view(), name="race-delete-page"),
    path("athletes/<str:user_id>/absences", AbsencesPage.as_view(), name="absences-page"),
    path("athletes/<str:user_id>/absences/<str:absence_id>", AbsencePage.as_view(), name="absence-page"),
    path(
        "athletes/<str:user_id>/absences/<str:absence_id>/end",
        AbsenceEndPage.as_view(),
        name="absence-end-page",
    ),
    path(
        "athletes/<str:user_id>/absences/<str:absence_id>/delete",
        AbsenceDeletePage.as_view(),
        name="absence-delete-page",
    ),
    path("comments", CommentsPage.as_view(), name="comments-page"),
    path("comments/<str:comment_id>", CommentPage.as_view(), name="comment-page"),
    path("comments/<str:comment_id>/delete", CommentDeletePage.as_view(), name="comment-delete-page"),
    path(
        "activities/<str:activity_id>/comments", ActivityCommentsPage.as_view(), name="activity-comments-page"
    ),
    path(
        "athletes/<str:user_id>/days/<str:date>/comments", DayCommentsPage.as_view(), name="day-comments-page"
    ),
    path("start", SetupPage.as_view(), name="start-page"),
    path("start/close", SetupClosePage.as_view(), name="start-close-page"),
    path("home", OwnPage.as_view(), name="own-page"),
    path("coach/athletes/<str:user_id>", AthletePage.as_view(), name="athlete-page"),
    path("calendar/<str:secret>.ics", CalendarFilePage.as_view(), name="calendar-file-page"),
    path("settings/calendar", CalendarFeedPage.as_view(), name="calendar-feed-page"),
    path("settings/calendar/end", CalendarFeedEndPage.as_view(), name="calendar-feed-end-page"),
    path("home/calendar", OwnCalendarPage.as_view(), name="own-calendar-page"),
    path(
        "coach/athletes/<str:user_id>/calendar", AthleteCalendarPage.as_view(), name="athlete-calendar-page"
    ),
    path("athletes/<str:user_id>/calendar/shift", ShiftSessionsPage.as_view(), name="calendar-shift-page"),
    path("athletes/<str:user_id>/calendar/copy-week", CopyWeekPage.as_view(), name="calendar-copy-week-page"),
    path(
        "athletes/<str:user_id>/calendar/easy-tomorrow",
        MakeTomorrowEasyPage.as_view(),
        name="easy-tomorrow-page",
    ),
    path(
        "athletes/<str:user_id>/calendar/move-hard-session",
        MoveHardSessionPage.as_view(),
        name="move-hard-session-page",
    ),
    path(f"{CHANGE}/undo", UndoChangePage.as_view(), name="calendar-change-undo-page"),
    path(f"{CHANGE}/accept", AcceptProposalPage.as_view(), name="calendar-change-accept-page"),
    path(f"{CHANGE}/decline", DeclineProposalPage.as_view(), name="calendar-change-decline-page"),
    path("athletes/<str:user_id>/calendar/new-session", AddSessionPage.as_view(), name="session-add-page"),
    path(SESSION, SessionPage.as_view(), name="session-page"),
    path(f"{SESSION}/comments", SessionCommentsPage.as_view(), name="session-comments-page"),
    path(f"{SESSION}/move", MoveSessionPage.as_view(), name="session-move-page"),
    path(f"{SESSION}/copy", CopySessionPage.as_view(), name="session-copy-page"),
    path(f"{SESSION}/skip", SkipSessionPage.as_view(), name="session-skip-page"),
    path(f"{SESSION}/unskip", UnskipSessionPage.as_view(), name="session-unskip-page"),
    path(f"{SESSION}/delete", DeleteSessionPage.as_view(), name="session-delete-page"),
    path("coach/athletes/<str:user_id>/plans", AssignPlanPage.as_view(), name="athlete-plans-page"),
    path("coach/week", DigestPage.as_view(), name="digest-page"),
    path("coach/signals", UsefulnessPage.as_view(), name="usefulness-page"),
    path("coach/athletes/<str:user_id>/signals", SignalHistoryPage.as_view(), name="signal-history-page"),
    path(
        "coach/athletes/<str:user_id>/signals/acknowledge",
        AcknowledgeAllPage.as_view(),
        name="acknowledge-all-page",
    ),
    path(
        "coach/athletes/<str:user_id>/signals/take-back",
        UnacknowledgeAllPage.as_view(),
        name="take-back-all-page",
    ),
    path(
        "coach/athletes/<str:user_id>/plans/again",
        AthletePlanAgainPage.as_view(),
        name="athlete-plan-again-page",
    ),
    path(
        "coach/plan_instances/<str:plan_instance_id>/end",
        PlanInstanceEndPage.as_view(),
        name="plan-instance-end-page",
    ),
    path(
        "coach/plan_instances/<str:plan_instance_id>/resume",
        PlanInstanceResumePage.as_view(),
        name="plan-instance-resume-page",
    ),
    path(
        "coach/plan_instances/<str:plan_instance_id>/take_back",
        PlanInstanceTakeBackPage.as_view(),
        name="plan-instance-take-back-page",
    ),
    path(
        "coach/athletes/<str:user_id>/signals/<str:code>/acknowledge",
        AcknowledgeSignalPage.as_view(),
        name="acknowledge-page",
    ),
    path(
        "coach/athletes/<str:user_id>/signals/<str:code>/take-back",
        UnacknowledgeSignalPage.as_view(),
        name="take-back-page",
    ),
]
