"""Read the days of a health export. The header, not the file name, decides which service it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo

from metrics.files.errors import UNREADABLE_FILE, FileError
from metrics.health.imports import hrv4training, intervals_icu, whoop
from metrics.health.imports.days import DayRow, HealthExport, InvalidRow, UnexpectedCellError
from metrics.health.imports.table import CsvRecord, CsvTable, read_csv_table

ReadDay = Callable[[CsvRecord], DayRow | None]


@dataclass(frozen=True, slots=True)
class HealthExportFormat:
    """One export format: the source of its days, the columns that identify it, and its record reader."""

    source: str
    identifying_columns: frozenset[str]
    build_day_reader: Callable[[CsvTable, tzinfo], ReadDay]


HEALTH_EXPORT_FORMATS = (
    *(
        HealthExportFormat("intervals.icu", columns, lambda table, zone: intervals_icu.read_day)
        for columns in intervals_icu.IDENTIFYING_COLUMNS
    ),
    *(
        HealthExportFormat("hrv4training", columns, hrv4training.build_day_reader)
        for columns in hrv4training.IDENTIFYING_COLUMNS
    ),
    HealthExportFormat("whoop", whoop.CYCLE_IDENTIFYING_COLUMNS, lambda table, zone: whoop.read_cycle),
    HealthExportFormat("whoop", whoop.SLEEP_IDENTIFYING_COLUMNS, lambda table, zone: whoop.read_sleep),
)


def read_health_export(data: bytes, name: str = "The file", zone: tzinfo = UTC) -> HealthExport:
    """Read the days of an export, in file order. `zone` is the athlete's: some exports have instants.

    Readings are in the units of HealthDay; their limits are checked later, by `validate_export`.
    Raises FileError: UNREADABLE_FILE, FILE_TOO_LARGE.
    """
    table = read_csv_table(data, name)
    service = next(
        (known for known in HEALTH_EXPORT_FORMATS if known.identifying_columns <= set(table.header)), None
    )
    if service is None:
        message = f"{name} isn't a health export of intervals.icu, HRV4Training or Whoop."
        raise FileError(UNREADABLE_FILE, message)
    read_day = service.build_day_reader(table, zone)
    read = [_read_row(record, read_day) for record in table.records]
    rows = tuple(row for row in read if isinstance(row, DayRow) and row.values)
    invalid = tuple(row for row in read if isinstance(row, InvalidRow))
    return HealthExport(service.source, rows, invalid, len(read) - len(rows) - len(invalid))


def _read_row(record: CsvRecord, read_day: ReadDay) -> DayRow | InvalidRow | None:
    if not record.is_complete:
        return InvalidRow(record.line, "the row is incomplete")
    try:
        return read_day(record)
    except UnexpectedCellError as error:
        return InvalidRow(record.line, str(error))
