"""Restore races and absences out of an archive of personal data."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from athletes.personal_data.restorer import (
    RestoredRows,
    RestoreTarget,
    Row,
    RowRestorer,
    build_valid_row,
    restore_each,
)
from coaching.models import Absence, Race

RACE_COLUMNS = ("name", "date", "distance_m", "goal_time_s", "result_time_s", "priority")
ABSENCE_COLUMNS = ("kind", "first_day", "last_day")


def restore_races(target: RestoreTarget, rows: Sequence[Row]) -> RestoredRows:
    """Store each race, unless one has its name, day and distance. That one gets a result that it lacks."""
    known = {(race.name, race.date, race.distance_m): race for race in target.athlete.races.all()}

    def restore_row(row: Row) -> Race | bool:
        built = build_valid_row(Race, row, RACE_COLUMNS, athlete=target.athlete)
        found = known.get((built.name, built.date, built.distance_m))
        if found is None:
            known[built.name, built.date, built.distance_m] = built
            built.save(force_insert=True)
            return built
        if found.result_time_s is None and built.result_time_s is not None:
            found.result_time_s = built.result_time_s
            found.save(update_fields=["result_time_s"])
            return True
        return False

    return restore_each(rows, restore_row)


def restore_absences(target: RestoreTarget, rows: Sequence[Row]) -> RestoredRows:
    """Store each absence, unless one has its kind and first day."""
    known = set(target.athlete.absences.values_list("kind", "first_day"))

    def restore_row(row: Row) -> Absence | bool:
        built = build_valid_row(Absence, row, ABSENCE_COLUMNS, athlete=target.athlete)
        if built.last_day is not None and built.last_day < built.first_day:
            raise ValidationError(f"The absence from {built.first_day} ends before it begins.")
        if (built.kind, built.first_day) in known:
            return False
        known.add((built.kind, built.first_day))
        built.save(force_insert=True)
        return built

    return restore_each(rows, restore_row)


RACE_RESTORER = RowRestorer("race", "races", restore_races, Race)
ABSENCE_RESTORER = RowRestorer("absence", "absences", restore_absences, Absence)
