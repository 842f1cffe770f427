"""The folders of the project and of real files."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECORDINGS = Path(os.environ.get("ASTRAL_RECORDINGS", ROOT / "../shared/data"))
"""Real files, which are not part of the project. Tests that need them are skipped without the folder."""
