"""Give the activities of an import the sport that their files do not name."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from metrics.activities.changes import update_activity
from metrics.imports.control import find_unknown_sports
from metrics.imports.files.run import WorkSlice
from metrics.models import Activity, Import, ImportedActivity
from metrics.storage.identity import UNKNOWN_SPORT

ROWS_PER_QUERY = 100


def apply_named_sport(import_id: UUID, work: WorkSlice) -> bool:
    """Set the sport, if it is named, as far as this turn allows. False: there is more to do."""
    sport = Import.objects.values_list("activity_type_if_unknown", flat=True).filter(pk=import_id).first()
    while sport and (rows := list(find_unknown_sports(import_id)[:ROWS_PER_QUERY])):
        for imported in rows:
            if work.is_over() or work.must_stop():
                return False
            _set_sport(imported, sport)
    return True


@transaction.atomic
def _set_sport(imported: ImportedActivity, sport: str) -> None:
    """A sport that somebody has set since stays."""
    activity = Activity.objects.filter(
        athlete=imported.athlete_id, pk=imported.activity_id, activity_type=UNKNOWN_SPORT
    ).first()
    if activity is not None:
        update_activity(activity, {"activity_type": sport})
        imported.described = imported.described | {"activity_type": sport}
    imported.is_sport_unknown = False
    imported.save(update_fields=["described", "is_sport_unknown"])
