"""The files of a ZIP. They are inflated piece by piece, and never written to disk."""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from metrics.files.errors import (
    FILE_TOO_LARGE,
    MAX_FILE_BYTES,
    MAX_RATIO,
    UNREADABLE_FILE,
    FileError,
    file_too_large_error,
)
from metrics.files.gzip_stream import MIN_BYTES_FOR_RATIO, PIECE_BYTES

from .members import Member
from .zip_directory import ZipEntry, read_zip_directory


class ZipMembers:
    """The files of a ZIP in its order. Close it after use. Several threads may read."""

    def __init__(self, archive: Path, name: str) -> None:
        """Raises FileError if the archive is refused."""
        try:
            self._file = archive.open("rb")
        except OSError as error:
            raise FileError(UNREADABLE_FILE, f"{name} cannot be opened.") from error
        try:
            self._entries = {entry.path: entry for entry in read_zip_directory(self._file, name)}
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        self._file.close()

    def list_members(self) -> Sequence[Member]:
        return [Member(entry.path, entry.size_bytes) for entry in self._entries.values()]

    def open_member(self, path: str) -> BinaryIO:
        return io.BufferedReader(ZipEntryStream(self._file.fileno(), self._find_entry(path)), PIECE_BYTES)

    def read_member(self, path: str) -> bytes:
        """A damaged file gives the bytes before the damage; its reader says what is wrong."""
        entry = self._find_entry(path)
        if entry.size_bytes > MAX_FILE_BYTES:
            raise file_too_large_error()
        inflated = bytearray()
        try:
            with ZipEntryStream(self._file.fileno(), entry) as stream:
                while piece := stream.read(PIECE_BYTES):
                    inflated += piece
        except FileError as error:
            if error.code != UNREADABLE_FILE or not inflated:
                raise
        return bytes(inflated)

    def _find_entry(self, path: str) -> ZipEntry:
        entry = self._entries.get(path)
        if entry is None:
            raise FileError(UNREADABLE_FILE, f"{path} isn't in the archive.")
        if not entry.is_readable:
            raise FileError(UNREADABLE_FILE, f"{path} is damaged or compressed by an unknown method.")
        return entry


class ZipEntryStream(io.RawIOBase):
    """The inflated bytes of one file. FileError: they are damaged, or not as many as the directory says."""

    def __init__(self, descriptor: int, entry: ZipEntry) -> None:
        super().__init__()
        self._descriptor, self._entry = descriptor, entry
        self._inflater = zlib.decompressobj(-15) if entry.is_deflated else None
        self._read_bytes = self._inflated_bytes = self._checksum = 0
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._inflate_piece(len(buffer))
        buffer[: len(piece)] = piece
        self._inflated_bytes += len(piece)
        self._checksum = zlib.crc32(piece, self._checksum)
        self._check_piece(is_end=not piece and len(buffer) > 0)
        return len(piece)

    def _inflate_piece(self, wanted: int) -> bytes:
        """At least one byte, or none at the end."""
        while True:
            if not self._waiting:
                self._waiting = self._read_compressed()
            if self._inflater is None:
                piece, self._waiting = self._waiting[:wanted], self._waiting[wanted:]
                return piece
            if self._inflater.eof:
                return b""
            is_at_end = not self._waiting
            try:
                piece = self._inflater.decompress(self._waiting, wanted)
            except zlib.error as error:
                raise self._create_error("is damaged") from error
            self._waiting = self._inflater.unconsumed_tail
            if piece or is_at_end:
                return piece

    def _read_compressed(self) -> bytes:
        entry = self._entry
        wanted = min(PIECE_BYTES, entry.compressed_bytes - self._read_bytes)
        piece = (
            os.pread(self._descriptor, wanted, entry.data_offset + self._read_bytes) if wanted > 0 else b""
        )
        self._read_bytes += len(piece)
        return piece

    def _check_piece(self, *, is_end: bool) -> None:
        entry, inflated = self._entry, self._inflated_bytes
        if inflated > entry.size_bytes:
            raise FileError(FILE_TOO_LARGE, f"{entry.path} is larger than its archive says.")
        if inflated > max(MIN_BYTES_FOR_RATIO, MAX_RATIO * entry.compressed_bytes):
            raise FileError(FILE_TOO_LARGE, f"{entry.path} inflates to more than {MAX_RATIO} times its size.")
        if is_end and (inflated < entry.size_bytes or self._checksum != entry.checksum):
            raise self._create_error("is damaged")

    def _create_error(self, what: str) -> FileError:
        return FileError(UNREADABLE_FILE, f"{self._entry.path} {what}.")
