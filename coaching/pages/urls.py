"""Where coaches look: the roster, an athlete, a group. Each page's name ends with `-page`."""

from django.urls import path
from django.views.generic import RedirectView

from coaching.pages.acknowledging import AcknowledgePage, TakeBackPage
from coaching.pages.athlete import AthletePage, OwnPage
from coaching.pages.athlete_notes import NotesPage
from coaching.pages.roster import RosterPage
from coaching.pages.roster_csv import RosterCsvPage
from coaching.pages.selection import CoachPage, GroupPage, LabelPage

urlpatterns = [
    path("coach", RedirectView.as_view(pattern_name="roster-page", query_string=True)),
    path("coach/", RosterPage.as_view(), name="roster-page"),
    path("coach/roster.csv", RosterCsvPage.as_view(), name="roster-csv-page"),
    path("coach/selection/coach", CoachPage.as_view(), name="selection-coach-page"),
    path("coach/selection/group", GroupPage.as_view(), name="selection-group-page"),
    path("coach/selection/label", LabelPage.as_view(), name="selection-label-page"),
    path("home", OwnPage.as_view(), name="own-page"),
    path("coach/athletes/<str:user_id>", AthletePage.as_view(), name="athlete-page"),
    path("coach/athletes/<str:user_id>/notes/<str:org_id>", NotesPage.as_view(), name="athlete-notes-page"),
    path(
        "coach/athletes/<str:user_id>/signals/<str:code>/acknowledge",
        AcknowledgePage.as_view(),
        name="acknowledge-page",
    ),
    path("coach/athletes/<str:user_id>/signals/<str:code>/take-back", TakeBackPage.as_view(), name="take-back-page"),
]
