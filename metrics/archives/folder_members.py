"""The files of a folder, or one file alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from metrics.files.errors import MAX_FILE_BYTES, UNREADABLE_FILE, FileError, file_too_large_error

from .members import Member, is_hidden_file

ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")


class FolderMembers:
    """The files below a folder, sorted by path. Links, devices and hidden files are omitted."""

    def __init__(self, folder: Path) -> None:
        self._files = {_name_member(file, folder): file for file in _list_files(folder)}

    def list_members(self) -> Sequence[Member]:
        return [Member(path, file.stat().st_size) for path, file in self._files.items()]

    def open_member(self, path: str) -> BinaryIO:
        return open_file(self._files.get(path), path)

    def read_member(self, path: str) -> bytes:
        return read_whole_file(self._files.get(path), path)


class SingleFileMembers:
    """One file that is no ZIP. `filename` is the name that its owner gave it."""

    def __init__(self, file: Path, filename: str) -> None:
        self._file, self._filename = file, filename

    def list_members(self) -> Sequence[Member]:
        return [Member(self._filename, self._file.stat().st_size)]

    def open_member(self, path: str) -> BinaryIO:
        return open_file(self._find_file(path), path)

    def read_member(self, path: str) -> bytes:
        return read_whole_file(self._find_file(path), path)

    def _find_file(self, path: str) -> Path | None:
        return self._file if path == self._filename else None


def _name_member(file: Path, folder: Path) -> str:
    """The path below the folder. Bytes that are no UTF-8 are replaced; a database would refuse them."""
    return os.fsencode(file.relative_to(folder)).decode("utf-8", "replace")


def open_file(file: Path | None, path: str) -> BinaryIO:
    """A stream of the file. Raises FileError (UNREADABLE_FILE) if it is not there."""
    try:
        if file is not None:
            return file.open("rb")
    except OSError as error:
        raise _create_unreadable_error(path) from error
    raise _create_unreadable_error(path)


def read_whole_file(file: Path | None, path: str) -> bytes:
    """All bytes of a file. Raises FileError (FILE_TOO_LARGE, UNREADABLE_FILE)."""
    try:
        with open_file(file, path) as opened:
            data = opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise _create_unreadable_error(path) from error
    if len(data) > MAX_FILE_BYTES:
        raise file_too_large_error()
    return data


def _create_unreadable_error(path: str) -> FileError:
    return FileError(UNREADABLE_FILE, f"{path} cannot be opened.")


def _list_files(folder: Path) -> Iterator[Path]:
    """Folders are walked in the order of their paths, so that two walks give the same list."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _list_files(Path(entry.path))
        elif entry.is_file(follow_symlinks=False) and not is_hidden_file(entry.name):
            yield Path(entry.path)


def is_zip(file: Path) -> bool:
    """Whether a file is a ZIP, by its first bytes."""
    with open_file(file, file.name) as opened:
        return opened.read(4) in ZIP_SIGNATURES
