"""The table of signals is complete and documented, and its code is pure."""

import ast
import sys

from coaching.attention import RULES_BY_CODE, SIGNAL_RULES
from coaching.attention.registry import build_signal_table
from tests.support.paths import ROOT

PURE = sorted(
    path for folder in ("attention", "science") for path in (ROOT / "coaching" / folder).rglob("*.py")
)
TABLE = {
    "recovery": [
        "HRV_BELOW_BASELINE",
        "HRV_FALLING",
        "RHR_ELEVATED",
        "POSSIBLE_ILLNESS",
        "RECOVERY_LOW",
        "RECOVERY_FALLING",
        "FATIGUE_HIGH",
        "PAIN_REPORTED",
        "ILL_REPORTED",
        "SORENESS_HIGH",
        "TIREDNESS_HIGH",
        "FEEL_LOW",
    ],
    "load": ["SESSION_SPIKE", "PLANNED_SPIKE", "LOAD_JUMP", "RAMP_HIGH", "MONOTONY_HIGH"],
    "adherence": ["INACTIVITY", "COMPLIANCE_LOW", "SESSIONS_MISSED", "PLAN_EXCEEDED"],
    "intensity": ["INTENSITY_HEAVY", "EASY_TOO_HARD"],
    "performance": ["VO2MAX_DECLINING", "VO2MAX_DROP", "THRESHOLD_OUTDATED"],
    "race": ["RACE_FORM_LOW", "TAPER_MISSING", "RACE_UNDERPREPARED"],
    "data": ["SYNC_STALE", "WELLNESS_GAP", "PROFILE_INCOMPLETE", "DATA_SUSPECT"],
    "positive": ["NEW_PB", "VDOT_UP", "CONSISTENT", "FITNESS_PEAK", "HRV_RECOVERED"],
}


def test_signal_rules_match_the_table_in_order():
    assert [(signal.domain, signal.code) for signal in SIGNAL_RULES] == [
        (domain, code) for domain, codes in TABLE.items() for code in codes
    ]
    assert len(RULES_BY_CODE) == len(SIGNAL_RULES)


def test_signal_rules_have_description_is_not_and_source():
    for signal in SIGNAL_RULES:
        assert signal.description.endswith("."), signal.code
        assert signal.is_not.startswith("Not "), signal.code
        assert signal.source, signal.code


def test_formulas_document_contains_the_signal_table():
    assert build_signal_table() in (ROOT / "docs" / "FORMULAS.md").read_text()


def test_attention_priority_and_compliance_import_only_pure_modules():
    allowed = sys.stdlib_module_names | {"numpy", "orjson"}
    pure_modules = (
        "coaching.attention", "coaching.science", "coaching.steps", "metrics.science", "metrics.recording",
    )  # fmt: skip
    for path in PURE:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names.append(node.module or "")
            for name in names:
                assert name.startswith(pure_modules) or name.split(".")[0] in allowed, (
                    f"{path.name} imports {name}"
                )
