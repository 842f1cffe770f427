"""URLs of the roster, athlete and group pages. Each name ends with `-page`."""

from django.urls import path
from django.views.generic import RedirectView

from coaching.absences.pages import AbsenceDeletePage, AbsenceEndPage, AbsencePage, AbsencesPage
from coaching.assessments.pages import AcknowledgeSignalPage, UnacknowledgeSignalPage
from coaching.club_setup.pages import SetupClosePage, SetupPage
from coaching.groups.pages import GroupDeletePage, GroupPage
from coaching.plan_instances.pages import AssignPlanPage
from coaching.profile.pages.athlete import AthletePage, OwnPage
from coaching.profile.pages.signal_history import SignalHistoryPage
from coaching.races.pages import RaceDeletePage, RacePage, RacesPage
from coaching.roster.pages.csv_export import RosterCsvPage
from coaching.roster.pages.queue_actions import AcknowledgeAllPage, UnacknowledgeAllPage
from coaching.roster.pages.roster import RosterPage
from coaching.roster.pages.usefulness import UsefulnessPage

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
    path("coach/athletes/<str:user_id>/plans", AssignPlanPage.as_view(), name="athlete-plans-page"),
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
