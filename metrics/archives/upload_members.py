"""Open an upload: a folder, a ZIP, or one file. What an import wrote itself is below “work/”."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from .folder_members import FolderMembers, SingleFileMembers, open_file, read_file
from .members import Member, Members
from .zip_directory import ZIP_SIGNATURES
from .zip_members import ZipMembers

WORK_PREFIX = "work/"


class UploadMembers:
    """The files of an upload, and those of the import's work folder.

    A file of the upload whose own path begins with “work/” is listed as “./work/…”.
    """

    def __init__(self, members: Members, work_folder: Path) -> None:
        self._members, self._work_folder = members, work_folder

    def list_members(self) -> Sequence[Member]:
        return [
            Member(f"./{member.path}", member.size_bytes) if member.path.startswith(WORK_PREFIX) else member
            for member in self._members.list_members()
        ]

    def open_member(self, path: str) -> BinaryIO:
        if path.startswith(WORK_PREFIX):
            return open_file(self._find_work_file(path), path)
        return self._members.open_member(_restore_path(path))

    def read_member(self, path: str) -> bytes:
        if path.startswith(WORK_PREFIX):
            return read_file(self._find_work_file(path), path)
        return self._members.read_member(_restore_path(path))

    def _find_work_file(self, path: str) -> Path | None:
        file = (self._work_folder / path.removeprefix(WORK_PREFIX)).resolve()
        return file if file.is_relative_to(self._work_folder.resolve()) else None


@contextmanager
def open_members(path: Path, work_folder: Path, filename: str = "") -> Iterator[UploadMembers]:
    """The files of an upload. `path` is a folder, a ZIP or any other file; the content decides.

    `filename` is the name that its owner gave to the file.
    Raises FileError if an archive is refused: UNREADABLE_FILE, FILE_TOO_LARGE.
    """
    with ExitStack() as stack:
        name = filename or path.name
        members: Members
        if path.is_dir():
            members = FolderMembers(path)
        elif is_zip(path):
            members = ZipMembers(path, name)
            stack.callback(members.close)
        else:
            members = SingleFileMembers(path, name)
        yield UploadMembers(members, work_folder)


def is_zip(file: Path) -> bool:
    """Whether the file is a ZIP, by its first bytes."""
    with open_file(file, file.name) as opened:
        return opened.read(4) in ZIP_SIGNATURES


def _restore_path(path: str) -> str:
    return path.removeprefix("./") if path.startswith(f"./{WORK_PREFIX}") else path
