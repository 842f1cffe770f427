"""A plugin: the test process runs with the mutant that ASTRAL_MUTANT names."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionstart() -> None:
    """Apply the mutant before the tests are imported, because they may use the code during the import."""
    # Imported here: it needs Django, which is not set up yet when plugins are imported.
    check = import_module("tests.mutation.check")
    mutants: list[Any] = [case.values[0] for case in (*check.ROW_MUTANTS, *check.CODE_MUTANTS)]
    (mutant,) = [mutant for mutant in mutants if str(mutant) == os.environ["ASTRAL_MUTANT"]]
    mutant.apply()
