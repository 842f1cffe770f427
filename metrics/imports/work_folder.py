"""The files of an import on disk: what was sent, and what the planner made of it.

IMPORTS_DIR/<import>/upload/   the file that was sent, or several
IMPORTS_DIR/<import>/work/     files that a planner has written; a locator names them “work/…”
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

MAX_NAME_BYTES = 200  # a file system takes 255


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """What arrived. `filename` is the name of the only file, or says how many there are."""

    filename: str
    size_bytes: int
    sha256: bytes


def find_folder(import_id: UUID) -> Path:
    return Path(settings.IMPORTS_DIR) / import_id.hex


def find_upload(import_id: UUID) -> Path | None:
    """The only file that was sent, or the folder of several. None if it is deleted."""
    folder = find_folder(import_id) / "upload"
    files = list(folder.iterdir()) if folder.is_dir() else []
    return files[0] if len(files) == 1 else folder if files else None


def find_work_folder(import_id: UUID) -> Path:
    return find_folder(import_id) / "work"


def prepare_work_folder(import_id: UUID, is_planned: bool) -> bool:
    """Make the folder. A planner begins with an empty one. True: what it has written is lost."""
    folder = find_work_folder(import_id)
    if not is_planned:
        shutil.rmtree(folder, ignore_errors=True)
    is_lost = is_planned and not folder.is_dir()
    folder.mkdir(parents=True, exist_ok=True)
    return is_lost


def store_upload(import_id: UUID, files: Iterable[UploadedFile[Any] | Path]) -> StoredUpload:
    """Move arrived files into the folder of the import; a Path is copied. Large files are only renamed."""
    folder = find_folder(import_id) / "upload"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    digests, size_bytes, names = [], 0, []
    for file in files:
        name = _choose_name(folder, file.name or "file")
        _move_file(file, folder / name)
        with (folder / name).open("rb") as opened:
            digests.append(hashlib.file_digest(opened, "sha256").digest())
        size_bytes += (folder / name).stat().st_size
        names.append(name)
    if len(digests) == 1:
        return StoredUpload(names[0], size_bytes, digests[0])
    return StoredUpload(f"{len(names)} files", size_bytes, hashlib.sha256(b"".join(sorted(digests))).digest())


@contextmanager
def copy_files(sources: Sequence[Path]) -> Iterator[Path]:
    """One source as it is, else a folder with copies of all, until the end of the block."""
    if len(sources) == 1:
        yield sources[0]
        return
    with TemporaryDirectory(prefix="files-", dir=settings.IMPORTS_DIR) as name:
        folder = Path(name)
        for source in sources:
            target = folder / _choose_name(folder, source.name)
            shutil.copy2(source, target)  # with its time, so that the same files again are known
        yield folder


def move_upload(source_id: UUID, target_id: UUID) -> None:
    """Give what was sent to another import, which has lost its own."""
    target = find_folder(target_id) / "upload"
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    (find_folder(source_id) / "upload").rename(target)
    delete_folder(source_id)


def delete_folder(import_id: UUID) -> None:
    shutil.rmtree(find_folder(import_id), ignore_errors=True)


def list_folders() -> Iterator[tuple[UUID, float]]:
    """Each import with a folder, and when that was changed last, as seconds."""
    for folder in Path(settings.IMPORTS_DIR).iterdir():
        with suppress(ValueError, FileNotFoundError):
            yield UUID(hex=folder.name), folder.stat().st_mtime


def delete_old_arrivals(before_s: float) -> None:
    """Delete files that never arrived whole: the web server was killed."""
    for file in Path(settings.IMPORTS_DIR).glob("*.upload*"):
        with suppress(OSError):
            if file.is_file() and file.stat().st_mtime < before_s:
                file.unlink()


def _choose_name(folder: Path, name: str) -> str:
    """The name that its owner gave, if the file system takes it. Equal names get a number."""
    name = "".join(letter for letter in Path(name).name if letter.isprintable() and letter != "/")
    while len(name.encode(errors="replace")) > MAX_NAME_BYTES:
        name = name[1:]  # the end tells the format
    name = name.encode(errors="replace").decode().strip(". ") or "file"
    stem, dot, ending = name.partition(".")
    number = 1
    while (folder / name).exists():
        number += 1
        name = f"{stem} ({number}){dot}{ending}"
    return name


def _move_file(file: UploadedFile[Any] | Path, target: Path) -> None:
    if isinstance(file, Path):
        shutil.copyfile(file, target)
        return
    get_path = getattr(file, "temporary_file_path", None)
    if get_path is None:  # a small file, in memory
        with target.open("wb") as opened:
            for chunk in file.chunks():
                opened.write(chunk)
    else:
        file.flush()
        shutil.move(get_path(), target)
