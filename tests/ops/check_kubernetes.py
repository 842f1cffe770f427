"""deploy/kubernetes against the schemas of Kubernetes. Needs `pip install kubernetes-validate` (100 MB)."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.support.paths import ROOT

FILES = sorted(
    path for path in (ROOT / "deploy" / "kubernetes").glob("*.yaml") if path.name != "kustomization.yaml"
)


@pytest.mark.skipif(not find_spec("kubernetes_validate"), reason="pip install kubernetes-validate")
def test_manifests_have_the_fields_that_kubernetes_knows():
    command = [sys.executable, "-m", "kubernetes_validate", "--strict", "--no-warn", *map(str, FILES)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
