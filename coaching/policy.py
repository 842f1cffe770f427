"""Permissions of races, absences, plans, signals, profile and roster."""

from __future__ import annotations

from dataclasses import replace

from athletes.access.policy import Policy, PolicyRow, Target
from athletes.looks.collector import PROFILE, WHOLE_ATHLETE
from athletes.rights import ANNOTATE, ARRANGE, MANAGE, OVERSEE, OWN, READ, RECORD, Category

_READ = PolicyRow(READ, Target.ATHLETE, Category.GOALS_AND_PLANS)
_RECORD = PolicyRow(RECORD, Target.ATHLETE, Category.GOALS_AND_PLANS)
_ARRANGE = PolicyRow(ARRANGE, Target.ATHLETE, Category.GOALS_AND_PLANS)
_ANNOTATE = PolicyRow(ANNOTATE, Target.ATHLETE)
_OVERSEE, _MAKE = PolicyRow(OVERSEE, Target.ORGANIZATION), PolicyRow(ARRANGE, Target.ORGANIZATION)
_MANAGE = PolicyRow(MANAGE, Target.ORGANIZATION)
_ROSTER = replace(_OVERSEE, shows=WHOLE_ATHLETE)
_PLAN = replace(_OVERSEE, shows=(Category.GOALS_AND_PLANS.value,))
_GROUP = replace(_OVERSEE, shows=(PROFILE, Category.ACTIVITIES.value, Category.GOALS_AND_PLANS.value))

POLICY: Policy = {
    "athlete-profile": {"GET": PolicyRow(READ, Target.ATHLETE, shows=WHOLE_ATHLETE)},
    "coach-athletes-metrics": {"GET": _ROSTER},
    "races": {"GET": _READ, "POST": _RECORD},
    "race": {"GET": _READ, "PATCH": _RECORD, "DELETE": _RECORD},
    "absences": {"GET": _READ, "POST": _RECORD},
    "absence": {"GET": _READ, "PATCH": _RECORD, "DELETE": _RECORD},
    "training-plans": {"GET": _OVERSEE, "POST": _MAKE},
    "training-plan": {"GET": _OVERSEE, "PATCH": _MAKE, "DELETE": _MAKE},
    "training-plan-duplicate": {"POST": _MAKE},
    "training-plan-export": {"GET": _OVERSEE},
    "plan-instances": {"GET": _READ, "POST": _ARRANGE},
    "plan-instance": {"GET": _READ, "PATCH": _ARRANGE, "DELETE": _ARRANGE},
    "plan-instance-activity": {"PUT": _RECORD, "DELETE": _RECORD},
    "group-plans": {"GET": replace(_OVERSEE, shows=(Category.GOALS_AND_PLANS.value,))},
    "signal-acknowledge": {"POST": _ANNOTATE, "DELETE": _ANNOTATE},
    "roster-page": {"GET": _ROSTER},
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
    "races-page": {"GET": _READ, "POST": _RECORD},
    "race-page": {"GET": _RECORD, "POST": _RECORD},
    "race-delete-page": {"GET": _RECORD, "POST": _RECORD},
    "absences-page": {"GET": _READ, "POST": _RECORD},
    "absence-page": {"GET": _RECORD, "POST": _RECORD},
    "absence-end-page": {"POST": _RECORD},
    "absence-delete-page": {"GET": _RECORD, "POST": _RECORD},
    "group-page": {"GET": _GROUP, "POST": replace(_MANAGE, shows=_GROUP.shows)},
    "group-delete-page": {"POST": _MANAGE},
    "group-plan-end-page": {"POST": _MAKE},
    "group-plan-resume-page": {"POST": _MAKE},
    "group-plan-add-page": {"POST": replace(_MAKE, shows=_PLAN.shows)},
    "plans-page": {"GET": _OVERSEE, "POST": _MAKE},
    "plan-import-page": {"GET": _MAKE, "POST": _MAKE},
    "plan-give-page": dict.fromkeys(("GET", "POST"), replace(_MAKE, shows=_PLAN.shows)),
    "plan-page": {"GET": _PLAN},
    "plan-export-page": {"GET": _OVERSEE},
    "plan-duplicate-page": {"POST": _MAKE},
    "plan-archive-page": {"POST": _MAKE},
    "plan-delete-page": {"GET": _MAKE, "POST": _MAKE},
    "plan-details-page": {"GET": _MAKE, "POST": _MAKE},
    "plan-editor-page": {"GET": _MAKE},
    "plan-entries-page": {"POST": _MAKE},
    "plan-weeks-page": {"POST": _MAKE},
    "plan-session-page": {"GET": _MAKE, "POST": _MAKE},
    "plan-session-remove-page": {"POST": _MAKE},
    "acknowledge-page": {"POST": _ANNOTATE},
    "take-back-page": {"POST": _ANNOTATE},
}
