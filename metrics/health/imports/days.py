"""The result of reading a health export: its days, and invalid rows with line and reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

from metrics.health.imports.table import CsvRecord

NOT_MEASURED = frozenset({"", "-", "--", "None", "null"})

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

DayValues = Mapping[str, float]
"""Readings by column name of HealthDay; readings that were not measured are omitted."""


@dataclass(frozen=True, slots=True)
class DayRow:
    """The readings of one row on a local date."""

    line: int
    date: date
    values: DayValues


@dataclass(frozen=True, slots=True)
class InvalidRow:
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class HealthExport:
    """A read export. `skipped_count` counts rows without a reading: empty days, zeros, naps."""

    source: str
    rows: tuple[DayRow, ...]
    invalid_rows: tuple[InvalidRow, ...]
    skipped_count: int


class UnexpectedCellError(ValueError):
    """A cell has a value that the service never writes."""


def read_measurements(record: CsvRecord, columns: Mapping[str, str], unit: float = 1.0) -> dict[str, float]:
    """The measured values of these columns, times `unit`. Empty, a dash, None and zero mean: not measured."""
    found = {name: _parse_number(column, record.cells.get(column, "")) for column, name in columns.items()}
    return {name: value * unit for name, value in found.items() if value}


def _parse_number(column: str, text: str) -> float:
    if text in NOT_MEASURED:
        return 0.0
    if not _NUMBER.fullmatch(text):
        raise UnexpectedCellError(f"{column}: “{shorten_for_message(text)}” is not a number")
    return float(text)


def parse_day(text: str) -> date:
    """YYYY-MM-DD, in ASCII digits."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise UnexpectedCellError(f"“{shorten_for_message(text)}” is not a date") from None


def shorten_for_message(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:30])


def merge_by_day(rows: Iterable[DayRow]) -> list[DayRow]:
    """One row per date, sorted.

    Several measurements of a day give the median of each reading (FORMULAS §7.1).
    """
    by_day: dict[date, list[DayRow]] = {}
    for row in rows:
        by_day.setdefault(row.date, []).append(row)
    return [_merge_rows(by_day[found]) for found in sorted(by_day)]


def _merge_rows(rows: list[DayRow]) -> DayRow:
    names = {name for row in rows for name in row.values}
    values = {name: median(row.values[name] for row in rows if name in row.values) for name in sorted(names)}
    return DayRow(rows[0].line, rows[0].date, values)
