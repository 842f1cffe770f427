"""From the bytes of an export to its days. Its header says whose it is, not its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from metrics.files.errors import UNREADABLE_FILE, FileRefused
from metrics.health.imports import hrv4training, intervals_icu, whoop
from metrics.health.imports.days import DayRow, HealthExport, NotAsDocumented, WrongRow
from metrics.health.imports.table import Record, Table, read_table

ReadDay = Callable[[Record], DayRow | None]


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of export: the source of its days, the columns that tell it, and how its records are read."""

    source: str
    recognised_by: frozenset[str]
    day_reader: Callable[[Table], ReadDay]


SERVICES = (
    Service("intervals.icu", intervals_icu.RECOGNISED_BY, lambda table: intervals_icu.read_day),
    Service("hrv4training", hrv4training.RECOGNISED_BY, hrv4training.day_reader),
    Service("whoop", whoop.CYCLES_RECOGNISED_BY, lambda table: whoop.read_cycle),
    Service("whoop", whoop.SLEEPS_RECOGNISED_BY, lambda table: whoop.read_sleep),
)


def read_health(data: bytes, name: str = "The file") -> HealthExport:
    """The days of an export, as its service numbers them, in the order of the file.

    Readings are in the units of HealthDay; whether they can be true is judged where they are stored.
    Raises FileRefused: UNREADABLE_FILE, FILE_TOO_LARGE.
    """
    table = read_table(data, name)
    service = next((known for known in SERVICES if known.recognised_by <= set(table.header)), None)
    if service is None:
        message = f"{name} is no export of health days by intervals.icu, HRV4Training or Whoop."
        raise FileRefused(UNREADABLE_FILE, message)
    read_day = service.day_reader(table)
    read = [_read(record, read_day) for record in table.records]
    rows = tuple(row for row in read if isinstance(row, DayRow) and row.values)
    wrong = tuple(row for row in read if isinstance(row, WrongRow))
    return HealthExport(service.source, rows, wrong, len(read) - len(rows) - len(wrong))


def _read(record: Record, read_day: ReadDay) -> DayRow | WrongRow | None:
    if not record.complete:
        return WrongRow(record.line, "the row breaks off")
    try:
        return read_day(record)
    except NotAsDocumented as fault:
        return WrongRow(record.line, str(fault))
