"""A plugin: the whole test process runs as the mutant that ASTRAL_MUTANT names."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionstart() -> None:
    """Before the tests are imported: what they make of the code while imported is the mutant's too."""
    check = import_module(
        "tests.mutation.check"
    )  # needs Django, which is not yet there when plugins are imported
    every: list[Any] = [parameters.values[0] for parameters in (*check.ROWS, *check.EDITS)]
    (mutant,) = [one for one in every if str(one) == os.environ["ASTRAL_MUTANT"]]
    mutant.applied()
