"""Read many rows of PostgreSQL as one byte string of fixed-size records, which numpy decodes at once. Pure.

Fetching row by row, or parsing arrays, takes several times longer than the query itself.

    ROWS = BinaryRows(started_s=(INSTANT, "started_at"), load=(FLOAT, "training_load"))
    cursor.execute(f"SELECT athlete_id, {ROWS.aggregate()} FROM metrics_activity GROUP BY athlete_id")
    loads = {athlete_id: ROWS.decode(content)["load"] for athlete_id, content in cursor}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

# PostgreSQL counts instants and dates from 2000-01-01.
EPOCH_US = 946_684_800 * 1_000_000
EPOCH_ORDINAL = date(2000, 1, 1).toordinal()
INSTANT_INFINITY = np.iinfo(np.int64).max

AnyColumn = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of column. The SQL function `send` gives bytes of dtype `sent`.

    `decode` turns a column of this dtype into one of the dtype `read`. `null`: the bytes of an SQL NULL in
    hex; empty if the column must be NOT NULL.
    """

    send: str
    sent: str
    read: str
    decode: Callable[[AnyColumn], AnyColumn]
    null: str = ""


def _keep_values(sent: AnyColumn) -> AnyColumn:
    return sent


def _decode_instants(sent: AnyColumn) -> AnyColumn:
    # As floats: adding the epoch to an infinite instant would overflow an integer.
    seconds = (sent.astype(np.float64) + EPOCH_US) / 1e6
    seconds[sent == INSTANT_INFINITY] = np.inf
    seconds[sent == -INSTANT_INFINITY - 1] = -np.inf
    return seconds


def _decode_dates(sent: AnyColumn) -> AnyColumn:
    return sent.astype(np.int64) + EPOCH_ORDINAL


FLOAT = Kind("float8send", ">f8", "f8", _keep_values, null="7ff8000000000000")  # any number; NULL is NaN
INSTANT = Kind("timestamptz_send", ">i8", "f8", _decode_instants)  # Unix seconds; infinite instants are ±inf
DATE = Kind("date_send", ">i4", "i8", _decode_dates)  # proleptic ordinals; finite dates only
ID = Kind("uuid_send", "V16", "V16", _keep_values)  # the 16 bytes of a UUID


def build_smallints_kind(length: int) -> Kind:
    """A smallint[] of exactly `length` elements without NULL. An SQL NULL is all zeros."""
    header, element = 20, 6  # bytes; an element is its size and its value
    size = header + element * length

    def decode(sent: AnyColumn) -> AnyColumn:
        content = np.frombuffer(sent.tobytes(), np.uint8).reshape(len(sent), size)
        elements = content[:, header:].reshape(len(sent), length, element)
        return np.ascontiguousarray(elements[:, :, 4:]).view(">i2")[:, :, 0]

    return Kind("array_send", f"V{size}", f"({length},)i4", decode, null="00" * size)


class BinaryRows:
    """Columns by name, each a kind and an SQL expression. The SQL may hold placeholders such as `%(ids)s`.

    PostgreSQL leaves out rows with NULL in an INSTANT, DATE or ID column: use these kinds for NOT NULL
    columns.
    """

    def __init__(self, **columns: tuple[Kind, str]) -> None:
        self.columns = columns
        self.sent = np.dtype([(name, kind.sent) for name, (kind, _) in columns.items()])
        self.read = np.dtype([(name, kind.read) for name, (kind, _) in columns.items()])

    def aggregate(self, order_by: str = "") -> str:
        """The SQL expression of all rows of a group as bytes; NULL without rows."""
        order = f" ORDER BY {order_by}" if order_by else ""
        record = " || ".join(_build_bytes(kind, expression) for kind, expression in self.columns.values())
        return f"string_agg({record}, ''{order})"

    def count(self, content: bytes) -> int:
        """How many rows `content` holds."""
        return len(content) // self.sent.itemsize

    def decode(self, content: bytes | None) -> npt.NDArray[np.void]:
        """The rows as a structured array with the column names as fields. None means no rows."""
        sent = np.frombuffer(content or b"", self.sent)
        rows = np.empty(len(sent), self.read)
        for name, (kind, _) in self.columns.items():
            rows[name] = kind.decode(sent[name])
        return rows


def _build_bytes(kind: Kind, expression: str) -> str:
    sent = f"{kind.send}({expression})"
    return f"coalesce({sent}, '\\x{kind.null}'::bytea)" if kind.null else sent
