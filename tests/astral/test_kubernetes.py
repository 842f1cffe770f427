"""deploy/kubernetes: what belongs together fits together. `make test-ops` checks it with a schema."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.house.test_rules import read_settings_table
from tests.support.paths import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
NOT_APPLIED = {"kustomization.yaml", "secret.example.yaml"}


def load(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((FOLDER / name).read_text()))


@pytest.fixture(scope="module")
def resources() -> dict[tuple[str, str], dict[str, Any]]:
    names = [path.name for path in FOLDER.glob("*.yaml") if path.name != "kustomization.yaml"]
    return {(found["kind"], found["metadata"]["name"]): found for name in names for found in load(name)}


def list_pods(resources: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    return {
        name: found["spec"]["template"]
        for (_, name), found in resources.items()
        if "template" in found.get("spec", {})
    }


def test_the_kustomization_names_every_file():
    [kustomization] = load("kustomization.yaml")
    assert set(kustomization["resources"]) == {path.name for path in FOLDER.glob("*")} - NOT_APPLIED


def test_every_setting_exists(resources):
    maps = [found.get("data") or found.get("stringData") or {} for found in resources.values()]
    settings = {name for named in maps for name in named}
    assert {"SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS"} < settings <= read_settings_table()


def test_pods_run_the_commands_of_compose_without_rights(resources):
    pods = list_pods(resources)
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(pods) == {"web", "worker", "migrate"}
    for name, pod in pods.items():
        [container] = pod["spec"]["containers"]
        assert container["image"] == "astral"
        assert container.get("command") == services[name].get("command")
        assert pod["spec"]["securityContext"]["runAsNonRoot"]
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        for source in container["envFrom"]:
            [(kind, named)] = source.items()
            assert ({"configMapRef": "ConfigMap", "secretRef": "Secret"}[kind], named["name"]) in resources


def test_service_and_budget_select_the_web_servers(resources):
    labels = list_pods(resources)["web"]["metadata"]["labels"]
    assert resources["Service", "web"]["spec"]["selector"] == labels
    assert resources["PodDisruptionBudget", "web"]["spec"]["selector"]["matchLabels"] == labels
    assert resources["NetworkPolicy", "web"]["spec"]["podSelector"]["matchLabels"] == labels
    assert (
        resources["NetworkPolicy", "closed"]["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    )
    pod = list_pods(resources)["web"]["spec"]
    assert pod["terminationGracePeriodSeconds"] > 20 + 5  # answers under way, and the pause before
