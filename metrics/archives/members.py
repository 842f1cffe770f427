"""The files of an upload, wherever they lie: in a folder, in a ZIP, or in a ZIP inside a ZIP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

HIDDEN_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Member:
    """One file. `path` has slashes; a member of a nested ZIP is “Part1.zip/12.fit”."""

    path: str
    size_bytes: int  # as the directory says; nobody relies on it while reading

    @property
    def base_name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


def is_hidden_file(path: str) -> bool:
    """Whether a computer made this file beside the owner's files: `._run.fit`, `.DS_Store`, `__MACOSX/…`."""
    base_name = path.rsplit("/", 1)[-1]
    return base_name.startswith("._") or "__MACOSX" in path.split("/") or base_name in HIDDEN_FILES


def replace_unprintable(text: str) -> str:
    """The text with a question mark for each character that cannot be shown."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


class Members(Protocol):
    """The files of an upload. Reading is bounded, whatever a directory says of sizes."""

    def list_members(self) -> Sequence[Member]:
        """All files, in the order of the archive or sorted by path. Never a folder, a link or a `._` file."""
        ...

    def open_member(self, path: str) -> BinaryIO:
        """A stream of the inflated bytes. It raises FileError if they are damaged or too many."""
        ...

    def read_member(self, path: str) -> bytes:
        """All bytes of a small file. Raises FileError: FILE_TOO_LARGE, UNREADABLE_FILE."""
        ...
