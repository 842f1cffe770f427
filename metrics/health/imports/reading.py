"""Read the days of a health export. The header, not the file name, decides which service it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, tzinfo

from metrics.files.errors import UNREADABLE_FILE, FileError
from metrics.health.imports import elite_hrv, garmin, hrv4training, intervals_icu, oura, whoop
from metrics.health.imports.days import DayRow, HealthExport, InvalidRow, UnexpectedCellError
from metrics.health.imports.table import CsvRecord, CsvTable, Header, find_known_header, read_csv_table

ReadDay = Callable[[CsvRecord], DayRow | None]


@dataclass(frozen=True, slots=True)
class HealthExportFormat:
    """One export format: the source of its days, how its header is known, and its record reader."""

    source: str
    is_header: Callable[[Header], bool]
    build_day_reader: Callable[[CsvTable, tzinfo, date | None], ReadDay]


def _has_columns(columns: frozenset[str]) -> Callable[[Header], bool]:
    return lambda header: columns <= set(header)


def _read_each(read_day: ReadDay) -> Callable[[CsvTable, tzinfo, date | None], ReadDay]:
    """For a format whose rows can be read one by one."""
    return lambda table, zone, today: read_day


HEALTH_EXPORT_FORMATS = (
    *(
        HealthExportFormat("intervals.icu", _has_columns(columns), _read_each(intervals_icu.read_day))
        for columns in intervals_icu.IDENTIFYING_COLUMNS
    ),
    *(
        HealthExportFormat("hrv4training", _has_columns(columns), hrv4training.build_hrv4training_reader)
        for columns in hrv4training.IDENTIFYING_COLUMNS
    ),
    HealthExportFormat("whoop", _has_columns(whoop.CYCLE_IDENTIFYING_COLUMNS), _read_each(whoop.read_cycle)),
    HealthExportFormat("whoop", _has_columns(whoop.SLEEP_IDENTIFYING_COLUMNS), _read_each(whoop.read_sleep)),
    HealthExportFormat("oura", oura.is_trend_table, oura.build_trend_reader),
    HealthExportFormat("oura", oura.is_night_table, oura.build_night_reader),
    HealthExportFormat("elite_hrv", elite_hrv.is_elite_hrv_table, elite_hrv.build_elite_hrv_reader),
    HealthExportFormat("garmin", garmin.is_hrv_table, garmin.build_garmin_reader),
    HealthExportFormat("garmin", garmin.is_sleep_table, garmin.build_garmin_reader),
    HealthExportFormat("garmin", garmin.is_resting_hr_table, garmin.build_garmin_reader),
)


def find_format(header: Header) -> HealthExportFormat | None:
    return next((known for known in HEALTH_EXPORT_FORMATS if known.is_header(header)), None)


def is_known_header(header: Header) -> bool:
    return find_format(header) is not None


def detect_health_export(head: bytes) -> str:
    """The source of a table, by its first bytes. "" if it is no known health export."""
    found = find_format(find_known_header(head, is_known_header))
    return "" if found is None else found.source


def read_health_export(
    data: bytes, name: str = "The file", zone: tzinfo = UTC, today: date | None = None
) -> HealthExport:
    """Read the days of an export, in file order. `zone` is the athlete's: some exports have instants.

    `today` is needed for dates without a year. Readings are in the units of HealthDay; their limits are
    checked later, by `validate_export`. Raises FileError: UNREADABLE_FILE, FILE_TOO_LARGE.
    """
    table = read_csv_table(data, name, is_known_header)
    service = find_format(table.header)
    if service is None:
        message = (
            f"{name} isn't a health export of Garmin Connect, intervals.icu, HRV4Training, Whoop, Oura"
            " or Elite HRV."
        )
        raise FileError(UNREADABLE_FILE, message)
    read_day = service.build_day_reader(table, zone, today)
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
