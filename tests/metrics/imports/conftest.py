"""Each test has a folder for imports of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def imports_dir(tmp_path: Path, settings: Any) -> Path:
    settings.IMPORTS_DIR = settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "imports"
    settings.IMPORTS_DIR.mkdir()
    return tmp_path / "imports"
