"""Speed of an import, beside its floor: `make bench BENCH=imports`, with FILES=3000.

A ZIP of made-up recordings of real sizes is sent to Astral, which is served as by `make run` with one worker,
on CORES cores. ASTRAL_RECORDINGS adds a folder of real ones. The floor is to read and measure the same files
and store nothing. While the import runs, a coach reads the roster again and again: its p50 may be 1.3 times
that of before. The memory is that of the worker, and of the worker with the processes that read for it.
"""

from __future__ import annotations

import gzip
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, process_time
from typing import Any
from urllib.request import Request, urlopen
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from bench.http_load.requests import HttpConnection, build_http_request, measure_requests_ms
from bench.http_load.server import RunningServer, list_child_pids, run_server
from bench.report import format_machine, format_versions
from bench.statistics import CORES, prepare_crowd
from bench.upload import create_fresh_database
from metrics.activities.encoded_recordings import read_and_encode
from metrics.files.errors import FileError
from metrics.files.example_recordings import build_example_run
from metrics.files.xml.writer import encode_fit, encode_gpx, encode_tcx
from metrics.science.measurement import measure
from metrics.science.thresholds import Thresholds

FILES = int(os.environ.get("FILES", "3000"))
CROWD_SIZE, FLOOR_FILES, ROSTER_CALLS, POLL_S = 40, 60, 60, 0.5
TARGET_FILES_PER_S, TARGET_MEMORY_MB, TARGET_ROSTER_RATIO, TARGET_ERROR = 5.0, 400, 1.3, 0.1
ROSTER_URL = "/api/v1/analytics/coach_athletes_metrics?page_size=50&refresh=1"
WRITERS = (("fit", encode_fit), ("fit", encode_fit), ("gpx", encode_gpx), ("tcx.gz", encode_tcx))
RECORDING_ENDINGS = (".fit", ".gpx", ".tcx", ".gz")


@dataclass(slots=True)
class ImportTimes:
    """`shares`: the seconds since the start, and the share that Astral named then."""

    seconds: float = 0.0
    shares: list[tuple[float, float]] = field(default_factory=list)
    roster_ms: list[float] = field(default_factory=list)
    worker_mb: float = 0.0
    all_mb: float = 0.0
    report: dict[str, Any] = field(default_factory=dict)

    def find_largest_error(self) -> float:
        """How far the share was off, from a tenth of the time on."""
        later = [(at, share) for at, share in self.shares if at >= self.seconds / 10]
        return max((abs(share - at / self.seconds) for at, share in later), default=0.0)


def build_file(number: int) -> tuple[str, bytes]:
    """A run of half an hour to two hours. Each number gives another day, length and format."""
    start = datetime(2026, 1, 1, 6, tzinfo=UTC) - timedelta(days=number)
    recording = build_example_run(start, duration_s=1_800 + number * 977 % 5_400, seed=number % 50)
    ending, encode = WRITERS[number % len(WRITERS)]
    data = encode(recording)
    return f"activities/{number:05}.{ending}", gzip.compress(data, 6) if ending.endswith("gz") else data


def write_archive(path: Path, count: int) -> list[bytes]:
    """Write the ZIP. Returns some of its files, for the floor."""
    sample: list[bytes] = []
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive, ProcessPoolExecutor(CORES) as pool:
        for number, (name, data) in enumerate(pool.map(build_file, range(count), chunksize=8)):
            archive.writestr(name, data, ZIP_STORED if name.endswith("gz") else None)
            if number % max(1, count // FLOOR_FILES) == 0:
                sample.append(data)
        for file in find_real_files():
            archive.write(file, f"real/{file.name}")
    return sample


def find_real_files() -> Iterator[Path]:
    if folder := os.environ.get("ASTRAL_RECORDINGS"):
        files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
        yield from (path for path in files if path.name.lower().endswith(RECORDING_ENDINGS))


def measure_floor_s(files: list[bytes]) -> float:
    """CPU seconds to read and measure one file."""
    began = process_time()
    for data in files:
        try:
            recordings = read_and_encode(data, "", True)
        except FileError:
            continue
        for encoded in recordings:
            run = encoded.recording
            inputs = (run.totals, run.sport, Thresholds(), None, run.altitude_source, False, None)
            measure(run.samples, list(run.pauses), *inputs)
    return (process_time() - began) / len(files)


def send_archive(port: int, token: str, path: Path) -> str:
    """Send the archive with curl, which streams it. Returns the id of the import."""
    url = f"http://127.0.0.1:{port}/api/v1/imports"
    command = ["curl", "-s", "-H", f"Authorization: Bearer {token}", "-F", f"file=@{path}", url]
    answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return str(answer["data"]["import_id"])


def read_import(port: int, token: str, import_id: str) -> dict[str, Any]:
    request = Request(f"http://127.0.0.1:{port}/api/v1/imports/{import_id}")
    request.add_header("Authorization", f"Bearer {token}")
    with urlopen(request) as answer:
        found: dict[str, Any] = json.loads(answer.read())["data"]
    return found


def watch_import(server: RunningServer, worker: int, people: dict[str, Any], path: Path) -> ImportTimes:
    # The coach imports for herself: each recording of an athlete of hers would make a new roster.
    times, token = ImportTimes(), people["coach"]
    roster = [build_http_request(ROSTER_URL, people["coach"])]
    connection = HttpConnection(server.port)
    import_id, began = send_archive(server.port, token, path), monotonic()
    while True:
        times.roster_ms += measure_requests_ms(connection, roster, 1, 200)
        times.report = read_import(server.port, token, import_id)
        times.seconds = monotonic() - began
        times.shares.append((times.seconds, times.report["progress"]["share"]))
        own = read_memory_mb(worker)
        times.worker_mb = max(times.worker_mb, own)
        times.all_mb = max(times.all_mb, own + sum(map(read_memory_mb, list_child_pids(worker))))
        if times.report["status"] not in ("queued", "running"):
            return times
        time.sleep(POLL_S)


def read_memory_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has just ended
        return 0.0
    return next((int(line.split()[1]) / 1_000 for line in lines if line.startswith("VmRSS")), 0.0)


@contextmanager
def run_worker(environ: dict[str, str]) -> Iterator[int]:
    command = [sys.executable, "manage.py", "worker"]
    with subprocess.Popen(command, env=environ, start_new_session=True) as process:  # as `make run` does
        try:
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)


def format_report(times: ImportTimes, quiet_ms: list[float], floor_s: float, size: int) -> str:
    done = times.report["progress"]["done"]
    rate, floor = done / times.seconds, CORES / floor_s
    before, during = statistics.median(quiet_ms), statistics.median(times.roster_ms)
    targets = (
        rate >= TARGET_FILES_PER_S, times.worker_mb <= TARGET_MEMORY_MB,
        during / before <= TARGET_ROSTER_RATIO, times.find_largest_error() <= TARGET_ERROR,
    )  # fmt: skip
    outcomes = {name: number for name, number in times.report["outcomes"].items() if number}
    return "\n".join(
        [
            f"{format_machine(CORES, os.getloadavg()[1])}, {format_versions()}.",
            f"{done:,} files, {size / 1e6:,.0f} MB: {outcomes}. {times.seconds:,.0f} s.",
            "",
            "| | | target |",
            "|---|---|---|",
            f"| floor: files a second that {CORES} cores read and measure | {floor:.1f} | |",
            f"| **files a second that come in** | {rate:.1f} | {TARGET_FILES_PER_S} |",
            f"| memory of the worker | {times.worker_mb:.0f} MB | {TARGET_MEMORY_MB} MB |",
            f"| … and of the processes that read | {times.all_mb:.0f} MB | |",
            f"| roster: p50 before | {before:.1f} ms | |",
            f"| … and during the import | {during:.1f} ms | {TARGET_ROSTER_RATIO} × before |",
            f"| largest error of the progress | {times.find_largest_error():.2f} | {TARGET_ERROR} |",
            "",
            f"Targets: {'met' if all(targets) else 'missed'}.",
        ]
    )


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.http_load.settings"
    url = create_fresh_database(os.environ["DATABASE_URL"])
    with TemporaryDirectory() as folder:
        print(f"Writing {FILES:,} files …", file=sys.stderr, flush=True)
        archive = Path(folder) / "history.zip"
        floor_s = measure_floor_s(write_archive(archive, FILES))
        print(f"Preparing {CROWD_SIZE} athletes …", file=sys.stderr, flush=True)
        people = prepare_crowd(url, CROWD_SIZE)
        environ = os.environ | {"DATABASE_URL": url, "REDIS_PREFIX": "bench-imports", "LOG_FORMAT": "json"}
        environ["IMPORTS_DIR"] = str(Path(folder) / "imports")
        with run_server(environ) as server, run_worker(environ) as worker:
            roster = [build_http_request(ROSTER_URL, people["coach"])]
            quiet_ms = measure_requests_ms(HttpConnection(server.port), roster, ROSTER_CALLS, 200)
            times = watch_import(server, worker, people, archive)
        print(
            f"{datetime.now(UTC).date()}. {format_report(times, quiet_ms, floor_s, archive.stat().st_size)}"
        )


if __name__ == "__main__":
    main()
