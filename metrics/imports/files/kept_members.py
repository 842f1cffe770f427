"""The bytes of one file that was refused and is tried again."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import BinaryIO

from metrics.archives.members import Member


class KeptMembers:
    """An upload of this one file, whatever its path was."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name, self.data = name, data

    def list_members(self) -> Sequence[Member]:
        return [Member(self.name, len(self.data))]

    def open_member(self, path: str) -> BinaryIO:
        return io.BytesIO(self.data)

    def read_member(self, path: str) -> bytes:
        return self.data
