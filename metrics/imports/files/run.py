"""Go through the files of an import. Each is stored in a transaction of its own, together with its outcome.

So a killed run goes on where it stopped: a file is either done or still waits. Nothing is stored twice,
because storing finds what is there.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from django.db import DataError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from athletes.models import Athlete
from athletes.rights import Category
from metrics.activities.encoded_recordings import read_and_encode
from metrics.activities.ingest import is_file_stored
from metrics.archives.health import read_health_days
from metrics.archives.items import ImportItem, ItemKind
from metrics.archives.members import Members
from metrics.archives.upload_members import WORK_PREFIX, UploadMembers, open_members
from metrics.files.errors import FileError
from metrics.files.parallel import open_parallel_reader
from metrics.imports.astral_export.health_days import restore_days
from metrics.imports.astral_export.store_rows import parse_rows, store_rows
from metrics.imports.files.kept_members import KeptMembers
from metrics.imports.files.outcomes import FileOutcome, Status, shorten_reason, write_outcome
from metrics.imports.files.plan import FAULTS, build_plan, count_work, plan_import
from metrics.imports.files.progress import choose_planning_share
from metrics.imports.files.store_days import store_days
from metrics.imports.files.store_items import (
    BROKEN_READER,
    FileData,
    ReadRecordings,
    build_upload,
    catch_faults,
    store_entry,
    store_recording,
    store_totals_of_refused,
)
from metrics.imports.makers import may_restore_rows, may_store
from metrics.imports.notices.import_end import tell_import_end
from metrics.imports.work_folder import delete_folder, find_upload, find_work_folder, prepare_work_folder
from metrics.models import Import, ImportFile
from metrics.storage.quotas import QuotaReached

ROWS_PER_QUERY = 100
LEAST_FILES_IN_PARALLEL = 8  # starting processes costs as much as reading some files
PLANNING_REPORT_S = 1.0
NICENESS = 10  # of the processes that read: pages come first
ARCHIVE_GONE, NOT_ALLOWED, UNREADABLE_VALUES = "ARCHIVE_GONE", "NOT_ALLOWED", "UNREADABLE_VALUES"
NO_RIGHT_TO_RECORD = "Its sender may no longer record for this athlete. What came before that stays."
NO_RIGHT_TO_HEALTH = (
    "Health data of this athlete can only be recorded by the athlete and by coaches who see it."
)
ONLY_THE_ATHLETE = "Only the athlete may bring settings, races and plans back."

log = structlog.get_logger("astral.imports")


class ImportStopped(Exception):
    """The import was cancelled, or this run has to end."""


@dataclass(frozen=True, slots=True)
class WorkSlice:
    """One turn of the worker. `is_over`: others wait. `must_stop`: the worker ends, also while it plans."""

    now: Callable[[], datetime]
    is_over: Callable[[], bool] = lambda: False
    must_stop: Callable[[], bool] = lambda: False
    processes: int = 1
    report: Callable[[ImportFile, FileOutcome], None] = lambda file, outcome: None


def run_import(import_id: UUID, work: WorkSlice, source: Path | None = None) -> bool:
    """Do as much as this turn allows. False: there is more to do.

    `source`: what to read, if it is not in the folder of the import.
    """
    parent = _begin(import_id, work.now())
    if parent is None:
        return True
    athlete = Athlete.objects.select_related("user").get(pk=parent.athlete_id)
    try:
        is_lost = prepare_work_folder(parent.pk, parent.planned_at is not None)
        with _open_upload(parent, source) as members:
            is_done = ImportRun(parent, athlete, members, work).run(is_lost)
    except ImportStopped:
        return False
    except FileError as error:  # of the upload as a whole
        _finish(parent, work.now(), Import.Status.FAILED, error.code, error.message)
        delete_folder(parent.pk)
        return True
    except QuotaReached as error:  # it can go on, when there is room
        _finish(parent, work.now(), Import.Status.FAILED, error.details["code"], str(error.detail))
        return True
    if is_done:
        _finish(parent, work.now(), Import.Status.DONE)
        if not parent.is_dry_run:
            delete_folder(parent.pk)
    return is_done


class ImportRun:
    """One turn on one import. `members` is None if what was sent is deleted."""

    def __init__(
        self, parent: Import, athlete: Athlete, members: UploadMembers | None, work: WorkSlice
    ) -> None:
        self.parent, self.athlete, self.members, self.work = parent, athlete, members, work
        self.counted_at = monotonic()
        self.planning_share = 0.0

    def run(self, is_work_lost: bool) -> bool:
        """`is_work_lost`: what the planner has written is deleted. Then it writes that again."""
        if self.parent.planned_at is None:
            self._plan()
        elif is_work_lost and self.members and self._needs_work_files():
            build_plan(self.parent, self.athlete, self.members, self._advance)
        return self.parent.is_dry_run or self._store_files()

    def _plan(self) -> None:
        if self.members is None:
            raise FileError(ARCHIVE_GONE, "What was sent is not there any more. Send it again.")
        sizes = ((member.path, member.size_bytes) for member in self.members.list_members())
        self.planning_share = choose_planning_share(sizes)
        plan_import(self.parent, self.athlete, self.members, self._advance, self.work.now)
        seconds = self._count_seconds()
        rows = Import.objects.filter(pk=self.parent.pk)
        rows.update(planning_s=F("worked_s") + seconds, worked_s=F("worked_s") + seconds)

    def _needs_work_files(self) -> bool:
        waiting = ImportFile.objects.waiting().filter(parent=self.parent)
        return waiting.filter(locator__startswith=WORK_PREFIX).exists()

    def _advance(self, share: float) -> None:
        """Report the progress of planning. Raises ImportStopped."""
        if self.work.must_stop():
            raise ImportStopped
        if monotonic() - self.counted_at >= PLANNING_REPORT_S:
            share *= self.planning_share
            self._update_running(planned_share=share, worked_s=F("worked_s") + self._count_seconds())

    def _store_files(self) -> bool:
        waiting = ImportFile.objects.waiting().filter(parent=self.parent)
        recordings = waiting.filter(kind=ImportFile.Kind.RECORDING).count()
        processes = self.work.processes if recordings >= LEAST_FILES_IN_PARALLEL else 1
        with open_parallel_reader(read_and_encode, processes, NICENESS) as reader:
            for file, read in reader.read_ahead(self._choose_files(), lambda file: len(file.data)):
                self._finish_file(file, read)
        return not waiting.exists()

    def _choose_files(self) -> Iterator[tuple[FileData, tuple[Any, ...] | None]]:
        """The waiting files, and what a process has to read. Known bytes are not read again."""
        for row in self._iterate_waiting():
            if self.work.is_over() or self.work.must_stop():
                return
            if row.kind != ImportFile.Kind.RECORDING:
                yield FileData(row), None
                continue
            file = self._load_data(row)
            upload = build_upload(self.parent, file, self.work.now())
            is_known = bool(file.error) or is_file_stored(self.athlete, upload.sha256)
            yield file, None if is_known else upload.reader_arguments

    def _iterate_waiting(self) -> Iterator[ImportFile]:
        position = -1
        waiting = ImportFile.objects.waiting().filter(parent=self.parent).order_by("position")
        while rows := list(waiting.filter(position__gt=position).without_content()[:ROWS_PER_QUERY]):
            yield from rows
            position = rows[-1].position

    def _load_data(self, row: ImportFile) -> FileData:
        try:
            return FileData(row, self._find_members(row).read_member(row.locator))
        except FileError as error:
            return FileData(row, error=error)

    def _find_members(self, row: ImportFile) -> Members:
        """What the file can be read from: the bytes that were kept of it, else the upload."""
        if row.kept_bytes:
            content = ImportFile.objects.values_list("content", flat=True).get(pk=row.pk)
            return KeptMembers(row.name, zlib.decompress(content or b""))
        if self.members is None:
            raise FileError(ARCHIVE_GONE, "What was sent is not there any more. Send it again.")
        return self.members

    def _finish_file(self, file: FileData, read: ReadRecordings | None) -> None:
        """Store one file and write its outcome, or nothing of both."""
        if not may_store(self.parent, Category.ACTIVITIES):
            raise FileError(NOT_ALLOWED, NO_RIGHT_TO_RECORD)
        try:
            with transaction.atomic():
                outcome = self._store_file(file, read)
                self._write(file.file, outcome)
        except (DataError, *FAULTS):  # a value that no column takes, or that no reader expects
            log.warning("import_file_refused", file=str(file.file.pk), exc_info=True)
            outcome = FileOutcome(Status.REFUSED, UNREADABLE_VALUES, BROKEN_READER, content=file.data)
            with transaction.atomic():
                self._write(file.file, outcome)
        self.work.report(file.file, outcome)

    def _write(self, row: ImportFile, outcome: FileOutcome) -> None:
        if not write_outcome(row, outcome, self.work.now()):
            raise ImportStopped  # another process has done it
        self._update_running(
            done_count=F("done_count") + 1,
            work_done=F("work_done") + count_work(row),
            worked_s=F("worked_s") + self._count_seconds(),
        )

    def _store_file(self, file: FileData, read: ReadRecordings | None) -> FileOutcome:
        try:
            if file.file.kind == ImportFile.Kind.ENTRY:
                return store_entry(self.athlete, self.parent, file.file, self.work.now())
            if file.file.kind == ImportFile.Kind.HEALTH:
                return self._store_health(file.file)
            if file.file.kind in (ImportFile.Kind.SETTINGS, ImportFile.Kind.ROWS):
                return self._store_rows(file.file)
            if file.error:
                raise file.error
            upload = build_upload(self.parent, file, self.work.now())
            return store_recording(self.athlete, upload, catch_faults(read, upload, file.file))
        except FileError as error:
            content = file.data or self._read_kept(file.file)
            refused = FileOutcome(Status.REFUSED, error.code, error.message, content=content)
            if error.code == ARCHIVE_GONE:  # it can be sent again
                return refused
            return store_totals_of_refused(self.athlete, self.parent, refused, file.file, self.work.now())

    def _store_health(self, row: ImportFile) -> FileOutcome:
        if not self.parent.may_write_health or not may_store(self.parent, Category.HEALTH):
            return FileOutcome(Status.SKIPPED, NOT_ALLOWED, NO_RIGHT_TO_HEALTH)
        now = self.work.now()
        if row.details.get("table"):
            data = self._find_members(row).read_member(row.locator)
            return restore_days(self.athlete, parse_rows(data), now)
        item = ImportItem(row.name, ItemKind.HEALTH, row.locator, row.size_bytes)
        today = self.athlete.local_date(now)
        export = read_health_days(self._find_members(row), item, self.athlete.zone, today)
        return store_days(self.athlete, export, now)

    def _store_rows(self, row: ImportFile) -> FileOutcome:
        """Settings may move the athlete to another time zone, so the athlete is read again."""
        if not may_restore_rows(self.parent):
            return FileOutcome(Status.SKIPPED, NOT_ALLOWED, ONLY_THE_ATHLETE)
        data = self._find_members(row).read_member(row.locator)
        outcome = store_rows(self.athlete, row, data, self.work.now())
        self.athlete = Athlete.objects.select_related("user").get(pk=self.athlete.pk)
        return outcome

    def _read_kept(self, row: ImportFile) -> bytes | None:
        """The bytes of a refused file with health data."""
        try:
            return self._find_members(row).read_member(row.locator) if row.locator else None
        except FileError:
            return None

    def _update_running(self, **changes: object) -> None:
        """Write progress. Raises ImportStopped if the import was cancelled meanwhile."""
        running = Import.objects.filter(pk=self.parent.pk, status=Import.Status.RUNNING)
        if not running.update(**changes):
            raise ImportStopped

    def _count_seconds(self) -> float:
        """Seconds since the last call."""
        before, self.counted_at = self.counted_at, monotonic()
        return self.counted_at - before


def _begin(import_id: UUID, now: datetime) -> Import | None:
    """Mark the import as running. None if there is nothing to do."""
    waiting = Import.objects.filter(pk=import_id, status__in=(Import.Status.QUEUED, Import.Status.RUNNING))
    if not waiting.update(status=Import.Status.RUNNING, started_at=Coalesce("started_at", now)):
        return None
    return Import.objects.get(pk=import_id)


@transaction.atomic
def _finish(parent: Import, now: datetime, status: str, code: str = "", message: str = "") -> None:
    running = Import.objects.filter(pk=parent.pk, status=Import.Status.RUNNING)
    if running.update(status=status, code=code[:40], message=shorten_reason(message), finished_at=now):
        tell_import_end(parent, now)


def _open_upload(parent: Import, source: Path | None) -> AbstractContextManager[UploadMembers | None]:
    path = source or find_upload(parent.pk)
    return nullcontext() if path is None else open_members(path, find_work_folder(parent.pk))
