"""Store the rows of one file of an import by the restorer of its table."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from athletes.models import Athlete
from athletes.personal_data.archive import load_row_restorers
from athletes.personal_data.restorer import RestoredRows, RestoreTarget, Row, RowRestorer
from metrics.files.errors import UNREADABLE_FILE, FileError
from metrics.imports.astral_export.undo_rows import describe_created_rows
from metrics.imports.files.outcomes import FileOutcome, Status
from metrics.models import ImportFile
from metrics.storage.locks import lock_athlete

WRONG_ROWS = "INVALID_ROWS"
NAMED_ERRORS = 3


def parse_rows(data: bytes) -> list[dict[str, Any]]:
    """The rows of a file that the planner wrote. Raises FileError."""
    try:
        rows = json.loads(data)
    except ValueError as error:
        raise FileError(UNREADABLE_FILE, "It is no list of rows.") from error
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def store_rows(athlete: Athlete, file: ImportFile, data: bytes, now: datetime) -> FileOutcome:
    """Store what is not there yet. Raises FileError and QuotaReached; then nothing is stored."""
    restorer = load_row_restorers().get(str(file.details.get("table")))
    if restorer is None:
        raise FileError(UNREADABLE_FILE, "This server restores no such table.")
    rows: list[Row] = [*parse_rows(data)]
    lock_athlete(athlete.pk)
    restored = restorer.restore(RestoreTarget(athlete, file.parent_id, now), rows)
    return FileOutcome(
        _choose_status(restored),
        WRONG_ROWS if restored.errors else "",
        _describe(restorer, restored),
        created_rows=describe_created_rows(restored.created),
    )


def _choose_status(restored: RestoredRows) -> str:
    if restored.stored_count:
        return Status.STORED
    if restored.errors:
        return Status.REFUSED
    return Status.ALREADY_THERE if restored.known_count else Status.SKIPPED


def _describe(restorer: RowRestorer, restored: RestoredRows) -> str:
    """“12 races stored; 1 was there already; 1 is wrong: …”"""
    stored, known, wrong = restored.stored_count, restored.known_count, len(restored.errors)
    parts = [f"{_count(restorer, stored)} stored"]
    if known:
        parts.append(f"{known:,} {'was' if known == 1 else 'were'} there already")
    if wrong:
        listed = " ".join(dict.fromkeys(restored.errors[:NAMED_ERRORS]))
        parts.append(f"{wrong:,} {'is' if wrong == 1 else 'are'} wrong: {listed}")
    text = "; ".join(parts)
    return text if text.endswith(".") else f"{text}."


def _count(restorer: RowRestorer, number: int) -> str:
    return f"{number:,} {restorer.singular if number == 1 else restorer.plural}"
