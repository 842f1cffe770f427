"""Build uploads, and plan them."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, tzinfo
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from metrics.archives.items import ImportItem, ItemKind
from metrics.archives.planning import PlanningContext, UploadPlan, plan_upload
from metrics.archives.upload_members import UploadMembers, open_members
from metrics.files.xml.writer import encode_gpx
from tests.metrics.files.example_recordings import build_run

RUN = encode_gpx(build_run(20))
EMPTY_GPX = b'<gpx version="1.1"><wpt lat="1" lon="2"/></gpx>'


def pack_zip(files: dict[str, bytes] | Sequence[tuple[str | ZipInfo, bytes]]) -> bytes:
    """A deflated ZIP. With pairs, a path may be repeated."""
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, data, ZIP_DEFLATED)
    return file.getvalue()


def write_folder(folder: Path, files: dict[str, bytes]) -> Path:
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


@contextmanager
def open_upload(tmp_path: Path, upload: bytes | Path) -> Iterator[UploadMembers]:
    """The members of bytes or of a folder. The work folder is `tmp_path / "work"`."""
    path = upload if isinstance(upload, Path) else tmp_path / "upload.zip"
    if isinstance(upload, bytes):
        path.write_bytes(upload)
    work_folder = tmp_path / "work"
    work_folder.mkdir(exist_ok=True)
    with open_members(path, work_folder) as members:
        yield members


def plan(
    tmp_path: Path, upload: bytes | Path, zone: tzinfo = UTC, advance: Callable[[float], None] = print
) -> UploadPlan:
    with open_upload(tmp_path, upload) as members:
        return plan_upload(PlanningContext(members, tmp_path / "work", zone, advance))


def count_kinds(items: Sequence[ImportItem]) -> dict[str, int]:
    return dict(Counter(item.kind.value for item in items))


def select(items: Sequence[ImportItem], kind: ItemKind) -> list[ImportItem]:
    return [item for item in items if item.kind == kind]
