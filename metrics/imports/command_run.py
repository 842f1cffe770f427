"""Run an import in this process, with a progress bar. The worker does the same without one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Q
from tqdm import tqdm

from astral.database.key_pages import read_rows
from athletes.models import Athlete
from metrics.files.parallel import count_cores
from metrics.imports.create import ImportOptions, create_command_import, lock_imports
from metrics.imports.files.outcomes import FileOutcome, Status
from metrics.imports.files.run import WorkSlice, run_import
from metrics.imports.files.unknown_sports import apply_named_sport
from metrics.imports.work_folder import copy_files, delete_folder
from metrics.models import Import, ImportFile

FILES_PER_PAGE = 1_000
NAMES = {
    Status.STORED: "stored",
    Status.ALREADY_THERE: "already stored",
    Status.SECOND_RECORDING: "second recordings kept",
    Status.SKIPPED: "not read",
    Status.REFUSED: "refused",
}


@dataclass(frozen=True, slots=True)
class CommandRun:
    """`write` and `write_error` take lines."""

    athlete: Athlete
    options: ImportOptions
    now: Callable[[], datetime]
    write: Callable[[str], Any]
    write_error: Callable[[str], Any]


def run_command_import(run: CommandRun, sources: Sequence[Path]) -> bool:
    """Import a folder, an archive, or several files. False: something was refused, or it failed."""
    with copy_files(sources) as source:
        filename = sources[0].name if len(sources) == 1 else f"{len(sources)} files"
        parent = create_command_import(run.athlete, source, filename, run.options)
        began, counts = monotonic(), Counter[str]()
        try:
            with tqdm(unit="file", disable=None, desc="Planning") as bar:
                work = WorkSlice(run.now, processes=count_cores(), report=_build_report(bar, parent, counts))
                run_import(parent.pk, work, source)
                apply_named_sport(parent.pk, work)
        except KeyboardInterrupt:
            _stop(parent, run.now())
            run.write_error("Stopped. The same command goes on where it stopped.")
            raise SystemExit(130) from None
    done = Import.objects.get(pk=parent.pk)
    if not done.is_dry_run:
        delete_folder(done.pk)
    return _write_summary(run, done, sum(counts.values()) / max(monotonic() - began, 0.001))


def _build_report(
    bar: tqdm[Any], parent: Import, counts: Counter[str]
) -> Callable[[ImportFile, FileOutcome], None]:
    """Count each file, and move the bar."""

    def report(file: ImportFile, outcome: FileOutcome) -> None:
        if not counts:
            state = Import.objects.get(pk=parent.pk)
            bar.reset(total=state.file_count)
            bar.set_description("Importing")
            bar.update(state.done_count - 1)
        counts[outcome.status] += 1
        bar.set_postfix(counts, refresh=False)
        bar.update()

    return report


@transaction.atomic
def _stop(parent: Import, now: datetime) -> None:
    lock_imports(parent.athlete_id)
    running = Import.objects.filter(pk=parent.pk, status=Import.Status.RUNNING)
    running.update(status=Import.Status.CANCELLED, finished_at=now)


def _write_summary(run: CommandRun, parent: Import, files_per_s: float) -> bool:
    files = parent.files.without_content().order_by("position")
    statuses = Counter(files.values_list("status", flat=True))
    not_read = Q(status__in=(Status.REFUSED, Status.SKIPPED)) | Q(kept_bytes__gt=0)
    unread = files.filter(not_read)
    for file in read_rows(unread, ("position",), lambda file: (file.position,), FILES_PER_PAGE):
        run.write_error(f"{file.name}: {file.code}: {file.reason}")
    if parent.status == Import.Status.FAILED:
        run.write_error(f"{parent.filename}: {parent.code}: {parent.message}")
    found = ", ".join(f"{statuses[status]:,} {name}" for status, name in NAMES.items() if statuses[status])
    kind = parent.get_kind_display() or "nothing"
    if parent.is_dry_run:
        waiting = f"{statuses['']:,} file{'' if statuses[''] == 1 else 's'}"
        run.write(f"{parent.filename} ({kind}): {waiting} would come. Nothing is stored.")
    else:
        run.write(f"{parent.filename} ({kind}): {found or 'no files'}. {files_per_s:.1f} files a second.")
    return parent.status == Import.Status.DONE and not statuses[Status.REFUSED]
