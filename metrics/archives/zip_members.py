"""The files of a ZIP. They are inflated piece by piece, and never written to disk."""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator, Sequence
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

from .folder_members import open_file
from .members import Member
from .zip_directory import RefusedArchiveError, ZipEntry, read_zip_directory

DAMAGED_PIECE_BYTES = 256
"""What is inflated at once of a damaged file. The piece with the damage is lost."""
BUFFER_BYTES = 8_192  # planning reads only the first bytes of most files


class ZipMembers:
    """The files of a ZIP in its order. No file stays open between two reads. Several threads may read."""

    def __init__(self, archive: Path, name: str) -> None:
        """Raises FileError: the archive is damaged; RefusedArchiveError: it is hostile."""
        self._archive, self._name = archive, name
        with open_file(archive, name) as file:
            self._entries = {entry.path: entry for entry in read_zip_directory(file, name)}

    def list_members(self) -> Sequence[Member]:
        return [Member(entry.path, entry.size_bytes) for entry in self._entries.values()]

    def open_member(self, path: str) -> BinaryIO:
        return io.BufferedReader(self._open_stream(path), BUFFER_BYTES)

    def read_member(self, path: str) -> bytes:
        """A damaged file gives the bytes before the damage; its reader says what is wrong."""
        try:
            return b"".join(self._iterate_pieces(path, PIECE_BYTES))
        except RefusedArchiveError:
            raise
        except FileError as error:
            readable = bytearray()
            try:
                for piece in self._iterate_pieces(path, DAMAGED_PIECE_BYTES):
                    readable += piece
            except FileError:
                if error.code != UNREADABLE_FILE or not readable:
                    raise
            return bytes(readable)

    def _iterate_pieces(self, path: str, piece_bytes: int) -> Iterator[bytes]:
        read_bytes = 0
        with self._open_stream(path) as stream:
            while piece := stream.read(piece_bytes):
                read_bytes += len(piece)
                if read_bytes > MAX_FILE_BYTES:
                    raise file_too_large_error()
                yield piece

    def _open_stream(self, path: str) -> ZipEntryStream:
        entry = self._find_entry(path)
        return ZipEntryStream(open_file(self._archive, self._name), entry)

    def _find_entry(self, path: str) -> ZipEntry:
        entry = self._entries.get(path)
        if entry is None:
            raise FileError(UNREADABLE_FILE, f"{path} isn't in the archive.")
        if not entry.is_readable:
            raise FileError(UNREADABLE_FILE, f"{path} is damaged or compressed by an unknown method.")
        return entry


class ZipEntryStream(io.RawIOBase):
    """The inflated bytes of one file. FileError: they are damaged, or not as many as the directory says."""

    def __init__(self, archive: BinaryIO, entry: ZipEntry) -> None:
        """The stream closes the archive when it is closed itself."""
        super().__init__()
        self._archive, self._entry = archive, entry
        self._inflater = zlib.decompressobj(-15) if entry.is_deflated else None
        self._read_bytes = self._inflated_bytes = self._checksum = 0
        self._waiting = b""

    def close(self) -> None:
        self._archive.close()
        super().close()

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
            os.pread(self._archive.fileno(), wanted, entry.data_offset + self._read_bytes)
            if wanted > 0
            else b""
        )
        self._read_bytes += len(piece)
        return piece

    def _check_piece(self, *, is_end: bool) -> None:
        entry, inflated = self._entry, self._inflated_bytes
        if inflated > entry.size_bytes:
            raise RefusedArchiveError(UNREADABLE_FILE, f"{entry.path} is larger than its archive says.")
        if inflated > max(MIN_BYTES_FOR_RATIO, MAX_RATIO * entry.compressed_bytes):
            raise FileError(FILE_TOO_LARGE, f"{entry.path} inflates to more than {MAX_RATIO} times its size.")
        if is_end and (inflated < entry.size_bytes or self._checksum != entry.checksum):
            raise self._create_error("is damaged")

    def _create_error(self, what: str) -> FileError:
        return FileError(UNREADABLE_FILE, f"{self._entry.path} {what}.")
