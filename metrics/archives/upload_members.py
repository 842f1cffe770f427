"""Open an upload: a folder, a ZIP, or one file. What an import wrote itself is below “work/”."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from metrics.files.errors import FileError

from .folder_members import FolderMembers, SingleFileMembers, is_zip, open_file, read_whole_file
from .members import Member, Members
from .nested_zips import open_disk_zips, open_inner_zips, remove_unpacked_zips
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
            return read_whole_file(self._find_work_file(path), path)
        return self._members.read_member(_restore_path(path))

    def _find_work_file(self, path: str) -> Path | None:
        file = (self._work_folder / path.removeprefix(WORK_PREFIX)).resolve()
        return file if file.is_relative_to(self._work_folder.resolve()) else None


@contextmanager
def open_members(path: Path, work_folder: Path, filename: str = "") -> Iterator[UploadMembers]:
    """The files of an upload. `path` is a folder, a ZIP or any other file; the content decides.

    `filename` is the name that its owner gave to the file. ZIPs inside are opened, one level deep.
    Raises FileError if an archive is refused: UNREADABLE_FILE, FILE_TOO_LARGE. Nothing unpacked is left then,
    also if the planning refuses it.
    """
    try:
        yield UploadMembers(_find_members(path, work_folder, filename or path.name), work_folder)
    except FileError:
        remove_unpacked_zips(work_folder)
        raise


def _find_members(path: Path, work_folder: Path, name: str) -> Members:
    if path.is_dir():
        members = open_disk_zips(FolderMembers(path), path)
        archive_bytes = sum(member.size_bytes for member in members.list_members())
        return open_inner_zips(members, work_folder, archive_bytes)
    if is_zip(path):
        return open_inner_zips(ZipMembers(path, name), work_folder, path.stat().st_size)
    return SingleFileMembers(path, name)


def _restore_path(path: str) -> str:
    return path.removeprefix("./") if path.startswith(f"./{WORK_PREFIX}") else path
