"""URLs of the roster, athlete and group pages. Each name ends with `-page`."""

from django.urls import path
from django.views.generic import RedirectView

from coaching.absences.pages import AbsenceDeletePage, AbsenceEndPage, AbsencePage, AbsencesPage
from coaching.assessments.pages import AcknowledgeSignalPage, UnacknowledgeSignalPage
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
from coaching.groups.pages import GroupDeletePage, GroupPage
from coaching.plan_instances.pages import AssignPlanPage
from coaching.profile.pages.athlete import AthletePage, OwnPage
from coaching.races.pages import RaceDeletePage, RacePage, RacesPage
from coaching.roster.pages.csv_export import RosterCsvPage
from coaching.roster.pages.roster import RosterPage

SESSION = "athletes/<str:user_id>/sessions/<str:session_id>"
CHANGE = "athletes/<str:user_id>/calendar/changes/<str:change_id>"

urlpatterns = [
    path("coach", RedirectView.as_view(pattern_name="roster-page", query_string=True)),
    path("coach/", RosterPage.as_view(), name="roster-page"),
    path("coach/roster.csv", RosterCsvPage.as_view(), name="roster-csv-page"),
    path("coach/groups/<str:group_id>", GroupPage.as_view(), name="group-page"),
    path("coach/groups/<str:group_id>/delete", GroupDeletePage.as_view(), name="group-delete-page"),
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
    path("start", SetupPage.as_view(), name="start-page"),
    path("start/close", SetupClosePage.as_view(), name="start-close-page"),
    path("home", OwnPage.as_view(), name="own-page"),
    path("coach/athletes/<str:user_id>", AthletePage.as_view(), name="athlete-page"),
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
    path(f"{SESSION}/move", MoveSessionPage.as_view(), name="session-move-page"),
    path(f"{SESSION}/copy", CopySessionPage.as_view(), name="session-copy-page"),
    path(f"{SESSION}/skip", SkipSessionPage.as_view(), name="session-skip-page"),
    path(f"{SESSION}/unskip", UnskipSessionPage.as_view(), name="session-unskip-page"),
    path(f"{SESSION}/delete", DeleteSessionPage.as_view(), name="session-delete-page"),
    path("coach/athletes/<str:user_id>/plans", AssignPlanPage.as_view(), name="athlete-plans-page"),
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
