"""The dashboard, the alerts, the guide and the runbook speak of the metrics that exist."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from astral.monitoring.scrape import build_scrape
from tests.support.paths import ROOT

FOLDER = ROOT / "deploy" / "monitoring"
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
NAME = re.compile(r"\bastral_\w+")


@pytest.fixture
def names(db: None) -> set[str]:
    families = text_string_to_metric_families(build_scrape(timezone.now()).decode())
    return {
        family.name + suffix
        for family in families
        if not family.name.endswith("_created")
        for suffix in SUFFIXES[family.type]
    }


def load_dashboard() -> Any:
    return json.loads((FOLDER / "grafana-dashboard.json").read_text())


def load_rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "prometheus-alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def list_headings() -> set[str]:
    """The anchors that a heading of the runbook has."""
    headings = re.findall(r"^## (.+)$", (ROOT / "docs" / "RUNBOOK.md").read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_each_panel_asks_for_metrics_that_exist(names: set[str]):
    panels = load_dashboard()["panels"]
    assert len(panels) >= 10
    for panel in panels:
        for target in panel["targets"]:
            assert NAME.findall(target["expr"]), panel["title"]
            assert set(NAME.findall(target["expr"])) <= names, panel["title"]


def test_each_alert_asks_for_metrics_that_exist_and_names_its_part_of_the_runbook(names: set[str]):
    rules = load_rules()
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 10
    for rule in rules:
        assert set(NAME.findall(rule["expr"])) <= names, rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        file, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert (file, anchor in list_headings()) == ("docs/RUNBOOK.md", True), rule["alert"]


def test_the_dashboard_shows_every_metric_and_the_guide_explains_it(names: set[str]):
    shown = {name for panel in load_dashboard()["panels"] for name in NAME.findall(json.dumps(panel))}
    plain = {re.sub(r"_(bucket|count|sum)$", "", name) for name in names}
    assert {re.sub(r"_bucket$", "", name) for name in shown} == plain
    guide = (ROOT / "docs" / "guides" / "monitoring.md").read_text()
    assert set(re.findall(r"^\| `(astral_\w+)`", guide, re.MULTILINE)) == plain


def test_the_runbook_has_eleven_situations_each_with_looking_and_doing():
    parts = re.split(r"^## ", (ROOT / "docs" / "RUNBOOK.md").read_text(), flags=re.MULTILINE)[1:]
    assert [int(part.split()[0]) for part in parts] == list(range(1, 12))
    assert all("**Look:**" in part and "**Do:**" in part for part in parts)
