"""The manifest of a backup: what made it, and what must be in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from astral.backups.programs import BackupError
from astral.backups.table_contents import TableContent

FILENAME, DUMP_FILENAME = "manifest.json", "database.dump"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class FileFacts:
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """`migrations` are those that were applied, such as "metrics.0001_activities"."""

    astral_version: str
    postgresql_version: str
    created_at: str
    migrations: list[str]
    tables: dict[str, TableContent]
    files: dict[str, FileFacts]
    format: int = FORMAT


def measure_file(path: Path) -> FileFacts:
    with path.open("rb") as file:
        return FileFacts(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def write_manifest(folder: Path, manifest: BackupManifest) -> None:
    (folder / FILENAME).touch(mode=0o600)
    (folder / FILENAME).write_text(json.dumps(asdict(manifest), indent=1) + "\n")


def read_manifest(folder: Path) -> BackupManifest:
    """Raises BackupError if the folder holds no backup that this version can read."""
    try:
        values: dict[str, Any] = json.loads((folder / FILENAME).read_text())
        tables = {name: TableContent(**content) for name, content in values.pop("tables").items()}
        files = {name: FileFacts(**facts) for name, facts in values.pop("files").items()}
        manifest = BackupManifest(**values, tables=tables, files=files)
    except FileNotFoundError:
        raise BackupError(f"{folder} is no backup: it has no {FILENAME}.") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise BackupError(f"{folder / FILENAME} cannot be read.") from None
    if manifest.format != FORMAT:
        raise BackupError(
            f"This backup has format {manifest.format}, but this version reads format {FORMAT}."
        )
    return manifest


def check_files(folder: Path, manifest: BackupManifest) -> None:
    """Raises BackupError if a file is missing or is not as it was written."""
    for name, facts in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise BackupError(f"The backup is not complete: {name} is missing.")
        if measure_file(path) != facts:
            raise BackupError(f"The backup is damaged: {name} is not as it was written.")
