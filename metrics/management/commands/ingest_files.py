"""manage.py ingest_files: store recordings from files, folders and ZIP archives."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from athletes.models import Athlete
from metrics.activities.encoded_recordings import EncodedRecording, read_and_encode
from metrics.activities.ingest import Upload, ingest_file, is_file_stored
from metrics.files.archive import read_archive
from metrics.files.errors import FileError
from metrics.files.parallel import count_cores, open_parallel_reader
from metrics.storage.quotas import QuotaReached

RECORDINGS = (".fit", ".gpx", ".tcx", ".fit.gz", ".gpx.gz", ".tcx.gz", ".zip")
LEAST_FILES_IN_PARALLEL = 8  # starting processes costs as much as reading some files


@dataclass(slots=True)
class IngestCounts:
    """Results so far. `refused` has a line for each refused file; `written` of them are on stderr."""

    files: int = 0
    stored: int = 0
    already_stored: int = 0
    second_recordings: int = 0
    refused: list[str] = field(default_factory=list)
    written: int = 0


class Command(BaseCommand):
    help = (
        "Store FIT, GPX and TCX files (plain, gzipped, in ZIPs and folders) for one athlete. An activity is "
        "never stored twice: a second recording is kept with it. You can run the command again after an "
        "interruption. Exit status 1 if a file was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--athlete", required=True, metavar="EMAIL")
        parser.add_argument(
            "--accept-partial", action="store_true", help="import incomplete files as far as possible"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        athlete = (
            Athlete.objects.select_related("user").filter(user__email=options["athlete"].lower()).first()
        )
        if athlete is None:
            raise CommandError(f"No account has the e-mail address {options['athlete']}.")
        files = list(find_recording_files(options["paths"]))
        counts, began = IngestCounts(), monotonic()
        are_many = len(files) >= LEAST_FILES_IN_PARALLEL or any(map(_is_archive, files))
        processes = count_cores() if are_many else 1
        with (
            tqdm(total=len(files), unit="file", disable=None) as bar,
            open_parallel_reader(read_and_encode, processes) as reader,
        ):
            uploads = _read_uploads(files, options["accept_partial"], counts, bar)
            for located, read in reader.read_ahead(_choose_to_read(athlete, uploads)):
                _ingest_upload(athlete, located, read, counts)
                self._write_refused(counts, bar)
            self._write_refused(counts, bar)
        seconds = max(monotonic() - began, 0.001)
        kept = format_count(counts.second_recordings, "second recording")
        second = f"{kept} kept, " if counts.second_recordings else ""
        self.stdout.write(
            f"{format_count(counts.files, 'file')} read. "
            f"{format_count(counts.stored, 'activity', 'activities')} stored, "
            f"{format_count(counts.already_stored, 'activity', 'activities')} already stored, "
            f"{second}"
            f"{format_count(len(counts.refused), 'file')} refused. "
            f"{counts.files / seconds:.1f} files a second."
        )
        if counts.refused:
            raise SystemExit(1)

    def _write_refused(self, counts: IngestCounts, bar: tqdm[Any]) -> None:
        """Write the new lines. Some files are refused before it is their turn to be stored."""
        for line in counts.refused[counts.written :]:
            bar.write(line, file=self.stderr)
        counts.written = len(counts.refused)


def format_count(number: int, singular: str, plural: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def find_recording_files(paths: list[Path]) -> Iterator[Path]:
    """Every named file, and the recordings in named folders, sorted by path."""
    for path in paths:
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file())
            yield from (file for file in files if file.name.lower().endswith(RECORDINGS))
        else:
            yield path


@dataclass(frozen=True, slots=True)
class LocatedUpload:
    """A file to store. `location` is its path, or that of its archive."""

    upload: Upload
    location: str


def _read_uploads(
    files: Iterable[Path], accept_partial: bool, counts: IngestCounts, bar: tqdm[Any]
) -> Iterator[LocatedUpload]:
    """The files, also those in archives. What cannot be opened is refused in `counts`."""
    for path in files:
        bar.set_postfix_str(path.name[-30:], refresh=False)
        try:
            for name, data in _read_contents(path):
                counts.files += 1
                if isinstance(data, FileError):
                    counts.refused.append(f"{path}/{name}: {data.code}: {data.message}")
                    continue
                not_after = timezone.now() + timedelta(days=1)
                upload = Upload(data, name, accept_partial=accept_partial, not_after=not_after)
                yield LocatedUpload(upload, f"{path}")
        except OSError as error:
            counts.files += 1
            counts.refused.append(f"{path}: {error.strerror or error}")
        except FileError as error:
            counts.refused.append(f"{path}: {error.code}: {error.message}")
        bar.update()


def _choose_to_read(
    athlete: Athlete, uploads: Iterable[LocatedUpload]
) -> Iterator[tuple[LocatedUpload, tuple[bytes, str, bool] | None]]:
    """Each upload with the arguments for its reader. Stored files are not read: a second run is quick."""
    for located in uploads:
        upload = located.upload
        is_stored = is_file_stored(athlete, upload.sha256)
        yield located, None if is_stored else (upload.data, upload.filename, upload.accept_partial)


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def _read_contents(path: Path) -> Iterator[tuple[str, bytes | FileError]]:
    if _is_archive(path):
        return read_archive(path, path.name)
    return iter([(path.name, path.read_bytes())])


def _ingest_upload(
    athlete: Athlete,
    located: LocatedUpload,
    read: Callable[[], tuple[EncodedRecording, ...]] | None,
    counts: IngestCounts,
) -> None:
    upload, location = located.upload, located.location
    try:
        ingested = ingest_file(athlete, upload, read)
    except FileError as error:
        member = "" if location.endswith(upload.filename) else f"/{upload.filename}"
        counts.refused.append(f"{location}{member}: {error.code}: {error.message}")
    except QuotaReached as error:
        counts.refused.append(f"{location}: {error.detail}")
    else:
        counts.stored += ingested.stored_count
        counts.second_recordings += ingested.second_count
        counts.already_stored += len(ingested.activities) - ingested.stored_count - ingested.second_count
