"""Fixtures that plan Apple Health exports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.metrics.archives.apple.planned_exports import PlanExport, PlannedExport, plan_files
from tests.support.apple_exports import build_export


@pytest.fixture
def plan_export(tmp_path: Path) -> PlanExport:
    """Plan an export with these elements, and with other files of its folder."""

    def plan(*elements: str, files: dict[str, bytes] | None = None, dtd: str | None = None) -> PlannedExport:
        export = build_export(*elements) if dtd is None else build_export(*elements, dtd=dtd)
        planned = plan_files(
            tmp_path,
            {
                f"apple_health_export/{path}": data
                for path, data in ({"export.xml": export} | (files or {})).items()
            },
        )
        assert planned is not None
        return planned

    return plan
