"""Time of an upload, from the first byte to 201: `make bench BENCH=upload`.

Every upload is a different hour at 1 Hz, for athletes with three years of training. Astral is served as by
`make run`, on CORES cores. Floors: the same bytes to an authenticated view that only reads them, and the
stored rows inserted again by bare SQL in one transaction. Floors and uploads take turns.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from bench.http_load.requests import HttpConnection, measure_requests_ms
from bench.http_load.server import RunningServer, run_server
from bench.report import format_machine, format_versions
from bench.statistics import CORES, EMPTY_URL, prepare_crowd
from metrics.files.example_recordings import build_example_run
from metrics.files.xml.writer import encode_fit

CROWD_SIZE, WARM_UPS, ROUNDS, UPLOADS_PER_ROUND = 40, 10, 10, 30
TARGET_P50_MS, TARGET_P99_MS, TARGET_SQL = 60.0, 150.0, 8
DATABASE_NAME, BOUNDARY, JSONB_OID = "bench_upload", "hour", 3802
UPLOAD_URL = "/api/v1/activities/upload"
TABLES = ("metrics_originalfile", "metrics_activity", "metrics_streams")  # in the order of their references
SENT_COUNT_SQL = """SELECT coalesce(sum(calls), 0)
  FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
 WHERE datname = current_database() AND query !~* '^(begin|commit)|pg_stat_statements|for key share of x$'"""

ColumnValues = dict[str, Any]


@dataclass(slots=True)
class CallTimings:
    """Times of one kind of call over all rounds. `cpu_s` is the CPU of the web server."""

    ms: list[float] = field(default_factory=list)
    cpu_s: float = 0.0

    def add(self, server: RunningServer, requests: Sequence[bytes], status: int) -> None:
        connection, before = HttpConnection(server.port), server.cpu_s()
        self.ms += measure_requests_ms(connection, requests, len(requests), status)
        self.cpu_s += server.cpu_s() - before

    def cells(self) -> str:
        cpu = f"{1000 * self.cpu_s / len(self.ms):.1f}" if self.cpu_s else ""
        return f"{statistics.median(self.ms):.1f} | {statistics.quantiles(self.ms, n=100)[98]:.1f} | {cpu}"


def build_hour_file(number: int, until: datetime) -> bytes:
    """A FIT file of an hour. Each number gives another day and other noise."""
    start = (until - timedelta(days=1 + number // CROWD_SIZE)).replace(
        hour=12, minute=37, second=13, microsecond=0
    )
    return encode_fit(build_example_run(start, seed=number, easy_mps=2.6 + number % 40 / 50))


def build_upload_request(path: str, token: str, content: bytes) -> bytes:
    """The bytes of the whole request."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="run.fit"\r\n'
    body = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content
    body += f"\r\n--{BOUNDARY}--\r\n".encode()
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}"]
    lines += [
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {len(body)}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body


def read_newest_rows(database: psycopg.Connection) -> list[tuple[str, ColumnValues]]:
    """The rows of the newest upload, as (table, columns)."""
    return [(table, _read_newest_row(database, table)) for table in TABLES]


def _read_newest_row(database: psycopg.Connection, table: str) -> ColumnValues:
    order = "activity_id" if table == "metrics_streams" else "id"  # ids grow with time
    cursor = database.execute(
        sql.SQL("SELECT * FROM {} ORDER BY {} DESC LIMIT 1").format(
            sql.Identifier(table), sql.Identifier(order)
        )
    )
    (values,) = cursor.fetchall()
    columns = cursor.description or ()
    return {
        column.name: Jsonb(value) if column.type_code == JSONB_OID else value
        for column, value in zip(columns, values, strict=True)
    }


def measure_insert_ms(
    database: psycopg.Connection, rows: Sequence[tuple[str, ColumnValues]], athlete: Any
) -> float:
    """Time to insert the same rows for another athlete, with commit."""
    file, activity = uuid4(), uuid4()
    new_ids = {"id": file}, {"id": activity, "original_id": file}, {"activity_id": activity}
    statements = [
        (_build_insert(table, row), row | ids | {"athlete_id": athlete})
        for (table, row), ids in zip(rows, new_ids, strict=True)
    ]
    began = perf_counter()
    with database.transaction():
        for statement, values in statements:
            database.execute(statement, values)
    return 1000 * (perf_counter() - began)


def _build_insert(table: str, row: ColumnValues) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, row))
    values = sql.SQL(", ").join(map(sql.Placeholder, row))
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, values)


def measure_uploads(url: str, server: RunningServer, people: dict[str, Any]) -> str:
    until = datetime.fromtimestamp(people["until"], UTC)
    tokens = [token for _, token in people["runners"]]
    files = [build_hour_file(number, until) for number in range(WARM_UPS + ROUNDS * UPLOADS_PER_ROUND)]
    tokens_and_files = [(tokens[number % len(tokens)], content) for number, content in enumerate(files)]
    uploads, empty, bare = CallTimings(), CallTimings(), CallTimings()
    with psycopg.connect(url, autocommit=True) as database:
        athlete = database.execute("SELECT user_id FROM athletes_athlete LIMIT 1").fetchall()[0][0]
        CallTimings().add(
            server,
            [
                build_upload_request(UPLOAD_URL, *token_and_file)
                for token_and_file in tokens_and_files[:WARM_UPS]
            ],
            201,
        )
        CallTimings().add(
            server,
            [
                build_upload_request(EMPTY_URL, *token_and_file)
                for token_and_file in tokens_and_files[:WARM_UPS]
            ],
            200,
        )
        sent, rows = 0, read_newest_rows(database)
        for first in range(WARM_UPS, len(tokens_and_files), UPLOADS_PER_ROUND):
            chunk = tokens_and_files[first : first + UPLOADS_PER_ROUND]
            before = _count_statements(database)
            uploads.add(
                server, [build_upload_request(UPLOAD_URL, *token_and_file) for token_and_file in chunk], 201
            )
            sent += _count_statements(database) - before
            empty.add(
                server, [build_upload_request(EMPTY_URL, *token_and_file) for token_and_file in chunk], 200
            )
            bare.ms += [
                measure_insert_ms(database, _make_rows_unique(rows, first + place), athlete)
                for place in range(len(chunk))
            ]
    return format_report(uploads, empty, bare, sent / len(uploads.ms), len(files[0]))


def _make_rows_unique(
    rows: Sequence[tuple[str, ColumnValues]], number: int
) -> list[tuple[str, ColumnValues]]:
    """The rows with a new digest and a new start, as of a new upload."""
    (file, original), (activity, run), streams = rows
    digest = uuid4().bytes * 2
    later = run["started_at"] - timedelta(days=4_000 + number)
    return [(file, original | {"sha256": digest}), (activity, run | {"started_at": later}), streams]


def _count_statements(database: psycopg.Connection) -> int:
    """Number of statements so far, without BEGIN, COMMIT, checks of foreign keys, and this statement."""
    (row,) = database.execute(SENT_COUNT_SQL).fetchall()
    return int(row[0])


def format_report(uploads: CallTimings, empty: CallTimings, bare: CallTimings, sent: float, size: int) -> str:
    floor = statistics.median(empty.ms) + statistics.median(bare.ms)
    p50, p99 = statistics.median(uploads.ms), statistics.quantiles(uploads.ms, n=100)[98]
    # The rounding ignores rare statements of other processes.
    met = p50 <= TARGET_P50_MS and p99 <= TARGET_P99_MS and round(sent, 1) <= TARGET_SQL
    return "\n".join(
        [
            f"{format_machine(CORES, os.getloadavg()[1])}, {format_versions()}.",
            f"{len(uploads.ms)} different hours of {size:,} bytes; gunicorn, 2 workers × 4 threads.",
            "Times in ms.",
            "",
            "| | p50 | p99 | app CPU | SQL |",
            "|---|---|---|---|---|",
            f"| floor: an empty authenticated view that takes the same bytes | {empty.cells()} | 1 |",
            f"| floor: the bare INSERTs of the same rows | {bare.cells()} | {len(TABLES)} |",
            f"| **upload of a 1-hour FIT, to 201** | {uploads.cells()} | {sent:.1f} |",
            "",
            (
                f"An upload takes {p50 / floor:.1f} times as long as its floors."
                f" Targets: p50 ≤ {TARGET_P50_MS:.0f}, p99 ≤ {TARGET_P99_MS:.0f} ms,"
                f" ≤ {TARGET_SQL} statements: {'met' if met else 'missed'}."
            ),
        ]
    )


def create_fresh_database(url: str) -> str:
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE_NAME))
        )
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE_NAME)))
        server.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    return urlsplit(url)._replace(path=f"/{DATABASE_NAME}").geturl()


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.http_load.settings"
    url = create_fresh_database(os.environ["DATABASE_URL"])
    print(f"Preparing {CROWD_SIZE} athletes …", file=sys.stderr, flush=True)
    people = prepare_crowd(url, CROWD_SIZE)
    with run_server(
        os.environ | {"DATABASE_URL": url, "REDIS_PREFIX": "bench-upload", "LOG_FORMAT": "json"}
    ) as server:
        print(f"{datetime.now(UTC).date()}. {measure_uploads(url, server, people)}")


if __name__ == "__main__":
    main()
