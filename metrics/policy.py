"""Permissions of the metrics endpoints and pages."""

from __future__ import annotations

from dataclasses import replace

from athletes.access.policy import Policy, PolicyRow, Target
from athletes.looks.collector import PROFILE
from athletes.rights import ERASE, OWN, READ, RECORD, Category

_READ = {category: PolicyRow(READ, Target.ATHLETE, category) for category in Category}
_RECORD = {category: PolicyRow(RECORD, Target.ATHLETE, category) for category in Category}
_ERASE = PolicyRow(ERASE, Target.ATHLETE, shows=(PROFILE, Category.ACTIVITIES.value))
_ACTIVITIES, _HEALTH = Category.ACTIVITIES, Category.HEALTH
_DESCRIBE = replace(_RECORD[_ACTIVITIES], fields={"private_note": OWN})
_IMPORT = replace(_RECORD[_ACTIVITIES], shows=(_ACTIVITIES.value, _HEALTH.value))  # of health data, too

POLICY: Policy = {
    "activities": {"GET": _READ[_ACTIVITIES], "POST": _DESCRIBE},
    "activities-upload": {"POST": _RECORD[_ACTIVITIES]},
    "activity": {"GET": _READ[_ACTIVITIES], "PATCH": _DESCRIBE, "DELETE": _RECORD[_ACTIVITIES]},
    "activity-streams": {"GET": _READ[_ACTIVITIES]},
    "activity-intervals": {"GET": _READ[_ACTIVITIES]},
    "activity-recordings": {"GET": _READ[_ACTIVITIES], "POST": _RECORD[_ACTIVITIES]},
    "activity-recording-choose": {"POST": _RECORD[_ACTIVITIES]},
    "activity-recording-split": {"POST": _RECORD[_ACTIVITIES]},
    "athlete-bin": {"GET": _RECORD[_ACTIVITIES], "DELETE": _ERASE},
    "athlete-bin-activity": {"DELETE": _ERASE},
    "athlete-bin-restore": {"POST": _RECORD[_ACTIVITIES]},
    "athlete-durability": {"GET": _READ[_ACTIVITIES]},
    "athlete-records": {"GET": _READ[_ACTIVITIES]},
    "athlete-remeasure": {"POST": _RECORD[_ACTIVITIES]},
    "fitness-stats": {"GET": _READ[_ACTIVITIES]},
    "running-stats": {"GET": _READ[_ACTIVITIES]},
    "activity-stats": {"GET": _READ[_ACTIVITIES]},
    "health-metrics": {"GET": _READ[_HEALTH]},
    "health-days": {"GET": _READ[_HEALTH], "PUT": _RECORD[_HEALTH]},
    "imports": {"GET": _IMPORT, "POST": _IMPORT},
    "import": dict.fromkeys(("GET", "PATCH", "DELETE"), _IMPORT),
    "import-files": {"GET": _IMPORT},
    "import-files-csv": {"GET": replace(_IMPORT, door="csv")},
    "import-start": {"POST": _IMPORT},
    "import-retry": {"POST": _IMPORT},
    "import-undo": {"POST": _IMPORT},
    "activities-page": {"GET": _READ[_ACTIVITIES]},
    "activity-page": {"GET": _READ[_ACTIVITIES], "POST": _RECORD[_ACTIVITIES]},
    "activity-felt-page": {"GET": _RECORD[_ACTIVITIES], "POST": _RECORD[_ACTIVITIES]},
    "enter-activity-page": {"GET": _RECORD[_ACTIVITIES], "POST": _RECORD[_ACTIVITIES]},
    "activity-delete-page": {"GET": _RECORD[_ACTIVITIES], "POST": _RECORD[_ACTIVITIES]},
    "activity-recording-choose-page": {"POST": _RECORD[_ACTIVITIES]},
    "activity-recording-split-page": {"POST": _RECORD[_ACTIVITIES]},
    "activity-undo-split-page": {"POST": _RECORD[_ACTIVITIES]},
    "measured-again-page": {"POST": PolicyRow(OWN, Target.YOURSELF)},
    "bin-page": {"GET": _RECORD[_ACTIVITIES]},
    "bin-empty-page": {"GET": _ERASE, "POST": _ERASE},
    "bin-restore-page": {"POST": _RECORD[_ACTIVITIES]},
    "bin-delete-page": {"GET": _ERASE, "POST": _ERASE},
    "upload-page": {"GET": _RECORD[_ACTIVITIES], "POST": _RECORD[_ACTIVITIES]},
    "health-days-page": {"GET": _READ[_HEALTH]},
    "health-day-page": {"GET": _RECORD[_HEALTH], "POST": _RECORD[_HEALTH]},
    "health-day-delete-page": {"GET": _RECORD[_HEALTH], "POST": _RECORD[_HEALTH]},
    "imports-page": {"GET": _IMPORT},
    "import-page": {"GET": _IMPORT},
    "import-report-page": {"GET": _IMPORT},
    "import-cancel-page": {"POST": _IMPORT},
    "import-start-page": {"POST": _IMPORT},
    "import-retry-page": {"POST": _IMPORT},
    "import-sport-page": {"POST": _IMPORT},
    "import-undo-page": {"GET": _IMPORT, "POST": _IMPORT},
    "records-page": {"GET": _READ[_ACTIVITIES]},
    "thresholds-page": {"GET": PolicyRow(OWN, Target.YOURSELF), "POST": PolicyRow(OWN, Target.YOURSELF)},
    "athlete-thresholds-page": {
        "GET": PolicyRow(RECORD, Target.ATHLETE),
        "POST": PolicyRow(RECORD, Target.ATHLETE),
    },
}
