"""Permissions of races, absences, plans, signals, profile and roster."""

from __future__ import annotations

from dataclasses import replace

from athletes.access.policy import Policy, PolicyRow, Target
from athletes.looks.collector import PROFILE, WHOLE_ATHLETE
from athletes.rights import (
    ANNOTATE,
    ARRANGE,
    COMMENT,
    DECIDE,
    MANAGE,
    OVERSEE,
    OWN,
    PUBLIC,
    READ,
    RECORD,
    REVIEW,
    SCHEDULE,
    Category,
)

_READ = PolicyRow(READ, Target.ATHLETE, Category.GOALS_AND_PLANS)
_RECORD = PolicyRow(RECORD, Target.ATHLETE, Category.GOALS_AND_PLANS)
_ARRANGE = PolicyRow(ARRANGE, Target.ATHLETE, Category.GOALS_AND_PLANS)
# Sessions are shown with the activities that they were.
_PLANNED = (Category.GOALS_AND_PLANS.value, Category.ACTIVITIES.value)
_CALENDAR = replace(_READ, shows=(*_PLANNED, Category.HEALTH.value))
_SESSION = replace(_READ, shows=_PLANNED)
_SCHEDULE = replace(_SESSION, right=SCHEDULE)
_DECIDE = replace(_SESSION, right=DECIDE)
# Buttons show only what they changed. A refused form shows its whole page again.
_SCHEDULE_BUTTON = replace(_READ, right=SCHEDULE)
_SCHEDULE_CALENDAR = replace(_CALENDAR, right=SCHEDULE)
# The next race and results of races are shown only if they are shared.
_PERFORMANCE = PolicyRow(
    READ,
    Target.ATHLETE,
    Category.ACTIVITIES,
    shows=(Category.ACTIVITIES.value, Category.GOALS_AND_PLANS.value),
)
_ANNOTATE = PolicyRow(ANNOTATE, Target.ATHLETE)
_OVERSEE, _MAKE = PolicyRow(OVERSEE, Target.ORGANIZATION), PolicyRow(ARRANGE, Target.ORGANIZATION)
_MANAGE = PolicyRow(MANAGE, Target.ORGANIZATION)
_ROSTER = replace(_OVERSEE, shows=WHOLE_ATHLETE)
_SIDE_BY_SIDE = replace(_OVERSEE, shows=(PROFILE, Category.ACTIVITIES.value, Category.HEALTH.value))
_PLAN = replace(_OVERSEE, shows=(Category.GOALS_AND_PLANS.value,))
_GROUP = replace(_OVERSEE, shows=(PROFILE, Category.ACTIVITIES.value, Category.GOALS_AND_PLANS.value))
_READ_WORDS = {category: PolicyRow(READ, Target.ATHLETE, category) for category in Category}
_WRITE_WORDS = {category: PolicyRow(COMMENT, Target.ATHLETE, category) for category in Category}
_OWN_WORDS = PolicyRow(COMMENT, Target.ATHLETE)
_ACTIVITIES, _HEALTH, _PLANS = Category.ACTIVITIES, Category.HEALTH, Category.GOALS_AND_PLANS

POLICY: Policy = {
    "athlete-profile": {"GET": PolicyRow(READ, Target.ATHLETE, shows=WHOLE_ATHLETE)},
    "coach-athletes-metrics": {"GET": _ROSTER},
    "athlete-performance": {"GET": _PERFORMANCE},
    "athlete-compare": {"GET": PolicyRow(READ, Target.ATHLETE, shows=WHOLE_ATHLETE)},
    "organization-compare": {"GET": _SIDE_BY_SIDE},
    "roster-views": dict.fromkeys(("GET", "POST"), PolicyRow(OWN, Target.YOURSELF)),
    "roster-view": {"DELETE": PolicyRow(OWN, Target.YOURSELF)},
    "races": {"GET": _READ, "POST": _RECORD},
    "race": {"GET": _READ, "PATCH": _RECORD, "DELETE": _RECORD},
    "absences": {"GET": _READ, "POST": _RECORD},
    "absence": {"GET": _READ, "PATCH": _RECORD, "DELETE": _RECORD},
    # Each tool of an assistant has the rights of calls of the API.
    "mcp": {"POST": PolicyRow(READ, Target.YOURSELF)},
    "calendar": {"GET": _CALENDAR},
    "calendar-feed": dict.fromkeys(("GET", "POST", "DELETE"), PolicyRow(OWN, Target.ATHLETE)),
    "calendar-sessions": {"POST": _SCHEDULE},
    "calendar-session": {"GET": _SESSION, "PATCH": _SCHEDULE, "DELETE": _SCHEDULE},
    "calendar-session-skip": {"POST": _SCHEDULE},
    "calendar-session-unskip": {"POST": _SCHEDULE},
    "calendar-session-move": {"POST": _SCHEDULE},
    "calendar-shift": {"POST": _SCHEDULE},
    "calendar-copy-week": {"POST": _SCHEDULE},
    "calendar-changes": {"GET": _SESSION},
    "calendar-change-undo": {"POST": _SCHEDULE},
    "calendar-change-accept": {"POST": _DECIDE},
    "calendar-change-decline": {"POST": _DECIDE},
    "calendar-session-workout": {"GET": _READ},
    "training-plans": {"GET": _OVERSEE, "POST": _MAKE},
    "training-plan": {"GET": _OVERSEE, "PATCH": _MAKE, "DELETE": _MAKE},
    "training-plan-duplicate": {"POST": _MAKE},
    "training-plan-export": {"GET": _OVERSEE},
    "plan-instances": {"GET": _READ, "POST": _ARRANGE},
    "plan-instance": {"GET": _READ, "PATCH": _ARRANGE, "DELETE": _ARRANGE},
    "plan-instance-activity": {"PUT": _RECORD, "DELETE": _RECORD},
    "group-plans": {"GET": replace(_OVERSEE, shows=(Category.GOALS_AND_PLANS.value,))},
    "signals-history": {"GET": PolicyRow(REVIEW, Target.ATHLETE, shows=WHOLE_ATHLETE)},
    "signals-usefulness": {"GET": _OVERSEE},
    "signals-acknowledge": {"POST": _ANNOTATE, "DELETE": _ANNOTATE},
    "signal-acknowledge": {"POST": _ANNOTATE, "DELETE": _ANNOTATE},
    "activity-comments": {"GET": _READ_WORDS[_ACTIVITIES], "POST": _WRITE_WORDS[_ACTIVITIES]},
    "activity-comments-read": {"POST": _WRITE_WORDS[_ACTIVITIES]},
    "day-comments": {"GET": _READ_WORDS[_HEALTH], "POST": _WRITE_WORDS[_HEALTH]},
    "day-comments-read": {"POST": _WRITE_WORDS[_HEALTH]},
    "session-comments": {"GET": _READ_WORDS[_PLANS], "POST": _WRITE_WORDS[_PLANS]},
    "session-comments-read": {"POST": _WRITE_WORDS[_PLANS]},
    "comment": {"PATCH": _OWN_WORDS, "DELETE": _OWN_WORDS},
    "comments-page": {"GET": PolicyRow(OWN, Target.YOURSELF)},
    "activity-comments-page": {"GET": _READ_WORDS[_ACTIVITIES], "POST": _WRITE_WORDS[_ACTIVITIES]},
    "day-comments-page": {"GET": _READ_WORDS[_HEALTH], "POST": _WRITE_WORDS[_HEALTH]},
    "session-comments-page": {"GET": _READ_WORDS[_PLANS], "POST": _WRITE_WORDS[_PLANS]},
    "comment-page": {"GET": _OWN_WORDS, "POST": _OWN_WORDS},
    "comment-delete-page": {"GET": _OWN_WORDS, "POST": _OWN_WORDS},
    "roster-page": {"GET": _ROSTER},
    "roster-view-save-page": {"POST": PolicyRow(OWN, Target.YOURSELF)},
    "roster-view-delete-page": {"POST": PolicyRow(OWN, Target.YOURSELF)},
    "roster-csv-page": {"GET": replace(_ROSTER, door="csv")},
    "start-page": {"GET": PolicyRow(OWN, Target.YOURSELF)},
    "start-close-page": {"POST": PolicyRow(OWN, Target.YOURSELF)},
    "own-page": {"GET": PolicyRow(OWN, Target.YOURSELF)},
    "athlete-page": {"GET": PolicyRow(READ, Target.ATHLETE, shows=WHOLE_ATHLETE)},
    "athlete-plans-page": {"POST": _ARRANGE},
    "athlete-plan-again-page": {"POST": _ARRANGE},
    "plan-instance-end-page": {"POST": _ARRANGE},
    "plan-instance-resume-page": {"POST": _ARRANGE},
    "plan-instance-take-back-page": {"POST": _ARRANGE},
    "calendar-file-page": {"GET": PolicyRow(PUBLIC, Target.NOTHING)},
    "calendar-feed-page": dict.fromkeys(("GET", "POST"), PolicyRow(OWN, Target.YOURSELF)),
    "calendar-feed-end-page": {"POST": PolicyRow(OWN, Target.YOURSELF)},
    "own-calendar-page": {"GET": PolicyRow(OWN, Target.YOURSELF)},
    "athlete-calendar-page": {"GET": _CALENDAR},
    "calendar-shift-page": {"POST": _SCHEDULE_CALENDAR},
    "calendar-copy-week-page": {"POST": _SCHEDULE_CALENDAR},
    "easy-tomorrow-page": {"POST": _SCHEDULE_BUTTON},
    "move-hard-session-page": {"POST": _SCHEDULE_BUTTON},
    "calendar-change-undo-page": {"POST": _SCHEDULE_BUTTON},
    "calendar-change-accept-page": {"POST": _SCHEDULE_BUTTON},
    "calendar-change-decline-page": {"POST": _SCHEDULE_BUTTON},
    "session-add-page": {"GET": _SCHEDULE_BUTTON, "POST": _SCHEDULE_BUTTON},
    "session-page": {"GET": _SESSION, "POST": _SCHEDULE},
    "session-move-page": {"POST": _SCHEDULE},
    "session-copy-page": {"POST": _SCHEDULE},
    "session-skip-page": {"POST": _SCHEDULE},
    "session-unskip-page": {"POST": _SCHEDULE},
    "session-delete-page": {"POST": _SCHEDULE},
    "compare-page": {"GET": PolicyRow(READ, Target.ATHLETE, shows=WHOLE_ATHLETE)},
    "club-compare-page": {"GET": _SIDE_BY_SIDE},
    "performance-page": {"GET": _PERFORMANCE},
    "races-page": {"GET": _READ, "POST": _RECORD},
    "race-page": {"GET": _RECORD, "POST": _RECORD},
    "race-delete-page": {"GET": _RECORD, "POST": _RECORD},
    "absences-page": {"GET": _READ, "POST": _RECORD},
    "absence-page": {"GET": _RECORD, "POST": _RECORD},
    "absence-end-page": {"POST": _RECORD},
    "absence-delete-page": {"GET": _RECORD, "POST": _RECORD},
    "group-page": {"GET": _GROUP, "POST": replace(_MANAGE, shows=_GROUP.shows)},
    "group-delete-page": {"POST": _MANAGE},
    "digest-page": {"GET": _ROSTER},
    "usefulness-page": {"GET": _OVERSEE},
    "signal-history-page": {"GET": PolicyRow(REVIEW, Target.ATHLETE, shows=WHOLE_ATHLETE)},
    "acknowledge-all-page": {"POST": replace(_ANNOTATE, shows=WHOLE_ATHLETE)},
    "take-back-all-page": {"POST": replace(_ANNOTATE, shows=WHOLE_ATHLETE)},
    "group-plan-end-page": {"POST": _MAKE},
    "group-plan-resume-page": {"POST": _MAKE},
    "group-plan-add-page": {"POST": replace(_MAKE, shows=_PLAN.shows)},
    "step-rows-page": {"GET": PolicyRow(OWN, Target.YOURSELF)},
    "plans-page": {"GET": _OVERSEE, "POST": _MAKE},
    "plan-import-page": {"GET": _MAKE, "POST": _MAKE},
    "plan-give-page": dict.fromkeys(("GET", "POST"), replace(_MAKE, shows=_PLAN.shows)),
    "plan-page": {"GET": _PLAN},
    "plan-export-page": {"GET": _OVERSEE},
    "plan-duplicate-page": {"POST": _MAKE},
    "plan-archive-page": {"POST": _MAKE},
    "plan-delete-page": {"GET": _MAKE, "POST": _MAKE},
    "plan-details-page": {"GET": _MAKE, "POST": _MAKE},
    "plan-revise-page": {"POST": _MAKE},
    "plan-apply-page": dict.fromkeys(("GET", "POST"), replace(_MAKE, shows=_PLAN.shows)),
    "plan-discard-page": {"GET": _MAKE, "POST": _MAKE},
    "plan-editor-page": {"GET": _MAKE},
    "plan-entries-page": {"GET": _MAKE, "POST": _MAKE},
    "plan-weeks-page": {"POST": _MAKE},
    "plan-session-page": {"GET": _MAKE, "POST": _MAKE},
    "plan-session-remove-page": {"POST": _MAKE},
    "acknowledge-page": {"POST": _ANNOTATE},
    "take-back-page": {"POST": _ANNOTATE},
}
