"""Open the ZIPs inside an upload. Garmin's export has its activities in such parts.

A ZIP in a ZIP is unpacked to the work folder, because its directory lies at its end. ZIPs in those stay
closed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from metrics.files.errors import FILE_TOO_LARGE, UNREADABLE_FILE, FileError
from metrics.files.gzip_stream import PIECE_BYTES

from .folder_members import is_zip
from .members import Member, Members
from .zip_directory import MAX_MEMBERS, RefusedArchiveError, count_zip_entries
from .zip_members import ZipMembers

MAX_ALL_MEMBERS = 3 * MAX_MEMBERS
MAX_UNPACKED_BYTES = 4_000_000_000
MAX_UNPACKED_RATIO = 10
"""Unpacked ÷ archive bytes. An honest ZIP hardly gets smaller in another one; a nested bomb does."""
MIN_UNPACKED_BYTES = 50_000_000
"""So much may be unpacked from any archive."""
FOLDER_NAME = "zips"
ZIP_ENDING = ".zip"


class MembersWithZips:
    """The files of an upload with the files of its ZIPs in their place: “Part1.zip/12.fit”.

    `open_zip` gives the files of a ZIP; a ZIP that it cannot read stays a file.
    """

    def __init__(self, members: Members, open_zip: Callable[[str], Members]) -> None:
        self._sources: dict[str, tuple[Members, str]] = {}
        self._members: list[Member] = []
        for member in members.list_members():
            inside = _open_or_none(member.path, open_zip)
            if inside is None:
                self._add(member.path, members, member)
                continue
            for inner in inside.list_members():
                self._add(f"{member.path}/{inner.path}", inside, inner)

    def list_members(self) -> Sequence[Member]:
        return self._members

    def open_member(self, path: str) -> BinaryIO:
        members, inner_path = self._find_source(path)
        return members.open_member(inner_path)

    def read_member(self, path: str) -> bytes:
        members, inner_path = self._find_source(path)
        return members.read_member(inner_path)

    def _add(self, path: str, source: Members, member: Member) -> None:
        check_member_count(len(self._members) + 1)
        while path in self._sources:
            path += "~"  # a folder and a ZIP may have the same name
        self._sources[path] = (source, member.path)
        self._members.append(Member(path, member.size_bytes))

    def _find_source(self, path: str) -> tuple[Members, str]:
        if path not in self._sources:
            raise FileError(UNREADABLE_FILE, f"{path} isn't in the upload.")
        return self._sources[path]


class ZipUnpacker:
    """Unpack the ZIPs of an archive to the work folder. A ZIP that is already there is not unpacked again."""

    def __init__(self, members: Members, work_folder: Path, archive_bytes: int) -> None:
        self._members, self._folder = members, work_folder / FOLDER_NAME
        most = max(MIN_UNPACKED_BYTES, MAX_UNPACKED_RATIO * archive_bytes)
        self._bytes_left = min(MAX_UNPACKED_BYTES, most)
        self._files: dict[str, Path] = {}

    def unpack_all(self) -> None:
        """Raises RefusedArchiveError if the ZIPs are too large, or contain too many files together."""
        listed = self._members.list_members()
        count = len(listed)
        for place, member in enumerate(member for member in listed if is_zip_path(member.path)):
            self._bytes_left -= member.size_bytes
            if self._bytes_left < 0:
                message = f"{member.path} and the ZIPs before it inflate too much."
                raise RefusedArchiveError(FILE_TOO_LARGE, message)
            try:
                target = self._unpack(member, self._folder / f"{place}.zip")
                with target.open("rb") as file:
                    count += count_zip_entries(file, member.path)
            except RefusedArchiveError:
                raise
            except FileError:
                continue  # it is damaged, and stays a file
            self._files[member.path] = target
            check_member_count(count)

    def open_zip(self, path: str) -> Members:
        """The files of a ZIP. Raises FileError: it is damaged; RefusedArchiveError: it is hostile."""
        if path not in self._files:
            raise FileError(UNREADABLE_FILE, f"{path} isn't a readable ZIP archive.")
        return ZipMembers(self._files[path], path)

    def _unpack(self, member: Member, target: Path) -> Path:
        """The file gets its name when it is complete."""
        if target.exists() and target.stat().st_size == member.size_bytes:
            return target
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        with self._members.open_member(member.path) as source, partial.open("wb") as file:
            while piece := source.read(PIECE_BYTES):
                file.write(piece)
        os.replace(partial, target)
        return target


def is_zip_path(path: str) -> bool:
    return path.lower().endswith(ZIP_ENDING)


def check_member_count(count: int) -> None:
    """Raises RefusedArchiveError."""
    if count > MAX_ALL_MEMBERS:
        message = f"The upload contains more than {MAX_ALL_MEMBERS:,} files."
        raise RefusedArchiveError(FILE_TOO_LARGE, message)


def open_disk_zips(members: Members, folder: Path) -> Members:
    """The files of a folder, and those of the ZIPs in it."""

    def open_zip(path: str) -> Members:
        file = folder / path
        if not is_zip(file):
            raise FileError(UNREADABLE_FILE, f"{path} isn't a ZIP archive.")
        return ZipMembers(file, path)

    return MembersWithZips(members, open_zip)


def open_inner_zips(members: Members, work_folder: Path, archive_bytes: int) -> Members:
    """The files of an archive, and those of the ZIPs in it. They are unpacked to the work folder."""
    unpacker = ZipUnpacker(members, work_folder, archive_bytes)
    unpacker.unpack_all()
    return MembersWithZips(members, unpacker.open_zip)


def remove_unpacked_zips(work_folder: Path) -> None:
    shutil.rmtree(work_folder / FOLDER_NAME, ignore_errors=True)


def _open_or_none(path: str, open_zip: Callable[[str], Members]) -> Members | None:
    if not is_zip_path(path):
        return None
    try:
        return open_zip(path)
    except RefusedArchiveError:
        raise
    except FileError:
        return None  # the report names it
