"""Find files of an archive that are larger than its directory says. Only inflating shows it."""

from __future__ import annotations

from metrics.files.errors import FileError
from metrics.files.gzip_stream import PIECE_BYTES

from .members import Members
from .zip_directory import RefusedArchiveError

CHECKED_BYTES = 16_000_000
"""The smallest files up to this sum are inflated; a liar states a small size. This takes 0.1 s."""


def refuse_false_sizes(members: Members) -> None:
    """Raises RefusedArchiveError. Larger files are checked while they are read, and refused alone."""
    bytes_left = CHECKED_BYTES
    for member in sorted(members.list_members(), key=lambda member: member.size_bytes):
        bytes_left -= member.size_bytes
        if bytes_left < 0:
            return
        try:
            with members.open_member(member.path) as file:
                while file.read(PIECE_BYTES):
                    pass
        except RefusedArchiveError:
            raise
        except FileError:
            pass  # it is damaged: the report names it
