"""After an upgrade with other formulas: measure every athlete again, and tell what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from athletes.models import Athlete
from athletes.models.querysets import AthleteQuerySet
from metrics.activities.measure import MEASUREMENT_FORMULA
from metrics.models import Activity, MeasurementState
from metrics.remeasurement.remeasure import RemeasureCounts, remeasure_athlete_activities


def filter_outdated(athletes: AthleteQuerySet) -> AthleteQuerySet:
    """The athletes with activities that were measured with other formulas than those of this version."""
    current = MeasurementState.objects.filter(athlete=OuterRef("pk"), formula=MEASUREMENT_FORMULA)
    stored = Activity.objects.filter(athlete_id=OuterRef("pk"))
    return athletes.filter(~Exists(current), Exists(stored))


def measure_with_new_formulas(athlete_id: UUID) -> Iterator[RemeasureCounts]:
    """Read an athlete's files and measure all activities again. Yields the counts of each batch.

    The counts are stored after each batch: a second run changes nothing that the first one changed. Those of
    a batch at whose end the worker is killed are lost.
    """
    for counts in remeasure_athlete_activities(athlete_id, reread=True):
        _add_counts(athlete_id, counts)
        yield counts
    if Athlete.objects.filter(pk=athlete_id).exists():
        MeasurementState.objects.update_or_create(
            athlete_id=athlete_id, defaults={"formula": MEASUREMENT_FORMULA}
        )


@transaction.atomic
def _add_counts(athlete_id: UUID, counts: RemeasureCounts) -> None:
    if not counts.changed or not Athlete.objects.filter(pk=athlete_id).exists():
        return
    state, _ = MeasurementState.objects.select_for_update().get_or_create(athlete_id=athlete_id)
    if state.told_at is not None:  # news of an earlier change
        state.changed, state.changed_columns, state.told_at = 0, {}, None
    state.changed += counts.changed
    state.changed_columns = dict(Counter(state.changed_columns) + counts.changed_columns)
    state.save()
